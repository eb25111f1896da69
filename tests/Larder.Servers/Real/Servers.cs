namespace Larder.Servers;

/// <summary>Whether real servers can be started here, and with which programs.</summary>
public static class Servers
{
    /// <summary>The environment variable that, set to 1, turns a missing server from a failure into skipped tests.</summary>
    public const string SkipVariable = "LARDER_WITHOUT_SERVERS";

    // What xunit takes for a skipped test, so that this library needs no reference to it.
    private const string SkipToken = "$XunitDynamicSkip$";

    private static readonly string? Found = Find("redis-server") ?? Find("valkey-server");

    /// <summary>Whether a server program is there.</summary>
    public static bool Available => Found is not null;

    /// <summary>Why there is none; null where there is one.</summary>
    public static string? Reason => Available
        ? null
        : "Neither redis-server nor valkey-server is on the PATH; install one (apt-get install redis-server), or set"
        + $" {SkipVariable}=1 to skip the tests that need it.";

    /// <summary>The server program; a test that asks for it without there being one fails, or is skipped where the environment says so.</summary>
    public static string Program => Found
        ?? throw new InvalidOperationException(
            (Environment.GetEnvironmentVariable(SkipVariable) == "1" ? SkipToken : "") + Reason);

    internal static string? Find(string program) => (Environment.GetEnvironmentVariable("PATH") ?? "")
        .Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
        .Select(folder => Path.Combine(folder, program))
        .FirstOrDefault(File.Exists);
}
