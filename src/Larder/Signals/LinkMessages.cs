using Microsoft.Extensions.Logging;

namespace Larder.Signals;

/// <summary>The log messages of the link to a shared store, one for each change of its state.</summary>
internal static partial class LinkMessages
{
    [LoggerMessage(40, LogLevel.Information, "Cache {Cache}: {Tier} is connected.")]
    internal static partial void LinkConnected(this ILogger logger, string cache, string tier);

    [LoggerMessage(41, LogLevel.Warning, "Cache {Cache}: the connection to {Tier} is given up; memory was dropped. {Reason}")]
    internal static partial void LinkLost(this ILogger logger, string cache, string tier, string reason, Exception? failed);

    [LoggerMessage(42, LogLevel.Error, "Cache {Cache}: memory is bypassed: {Difference}")]
    internal static partial void ForeignRegistry(this ILogger logger, string cache, string difference);

    [LoggerMessage(43, LogLevel.Information, "Cache {Cache}: all nodes on {Tier} have agreed again; memory is used.")]
    internal static partial void CommonRegistry(this ILogger logger, string cache, string tier);

    [LoggerMessage(44, LogLevel.Warning, "Cache {Cache}: Level is {Level} here, but other nodes on {Tier} have Strict, so the changes of this node wait for them as theirs do; set Level to the same on all nodes.")]
    internal static partial void StricterNodes(this ILogger logger, string cache, string tier, string level);

    [LoggerMessage(45, LogLevel.Information, "Cache {Cache}: no other node on {Tier} has Level Strict any more; changes of this node wait for nobody.")]
    internal static partial void NoStricterNodes(this ILogger logger, string cache, string tier);
}
