using Larder.Resp;

namespace Larder.Redis.Connecting;

/// <summary>How soon the client of caches dials again: changes fail until it has, so a cache waits less long than a client that may queue.</summary>
internal static class Reconnecting
{
    /// <summary>The longest pause between two attempts, unless the application has chosen one. Pauses are drawn from zero up.</summary>
    internal static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(2);

    private static readonly TimeSpan Unchosen = new RespOptions().ReconnectMaximum;

    /// <summary>The same settings, with the pauses of a cache.</summary>
    internal static RespOptions Soon(RespOptions options) => options.ReconnectMaximum != Unchosen
        ? options
        : options with { ReconnectMaximum = options.ReconnectMinimum > LongestPause ? options.ReconnectMinimum : LongestPause };
}
