namespace TwoNodes;

/// <summary>What the program tells the shell.</summary>
internal static class ExitCode
{
    /// <summary>All that was shown is what was promised.</summary>
    internal const int Good = 0;

    /// <summary>Something was not as promised.</summary>
    internal const int Failed = 1;

    internal const int BadArguments = 2;

    /// <summary>No server was named, and none can be started.</summary>
    internal const int NoServer = 3;
}
