namespace QuickStart;

/// <summary>What the program tells the shell.</summary>
internal static class ExitCode
{
    /// <summary>All that was shown is what was promised.</summary>
    internal const int Good = 0;

    /// <summary>A scene did not hold, or there is no documentation of that name.</summary>
    internal const int Failed = 1;

    internal const int BadArguments = 2;

    internal const int NoDocumentation = 3;
}
