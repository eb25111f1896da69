using Microsoft.Extensions.Logging;

namespace Larder.Signals;

/// <summary>Every log message of the engine with its stable event id. Keys come through <see cref="KeyDisplay"/>; values never appear.</summary>
internal static partial class LogMessages
{
    [LoggerMessage(1, LogLevel.Warning, "Cache {Cache}: the source failed for {Key}, and a value {Age} old was served instead.")]
    internal static partial void FallbackServed(this ILogger logger, string cache, string key, TimeSpan age, Exception failed);

    [LoggerMessage(2, LogLevel.Warning, "Cache {Cache}: the refresh of {Key} failed; the next one may start in {Throttle}.")]
    internal static partial void RefreshFailed(this ILogger logger, string cache, string key, TimeSpan throttle, Exception failed);

    [LoggerMessage(3, LogLevel.Warning, "Cache {Cache}: the refresh of {Key} was not started because {Limit} refreshes are running (MaxConcurrentRefreshes).")]
    internal static partial void RefreshShed(this ILogger logger, string cache, string key, int limit);

    [LoggerMessage(4, LogLevel.Debug, "Cache {Cache}: what was loaded for {Key} is not stored, because a removal or a newer value came first.")]
    internal static partial void FencedOff(this ILogger logger, string cache, string key);

    [LoggerMessage(5, LogLevel.Warning, "Cache {Cache}: the value of {Key} is served but not stored, because it is too large (MaximumValueBytes, MemoryLimit, or what the tier below takes).")]
    internal static partial void TooLarge(this ILogger logger, string cache, string key);

    [LoggerMessage(6, LogLevel.Error, "Cache {Cache}: the value of {Key} is served but not stored, because making its stored form failed.")]
    internal static partial void NotSealed(this ILogger logger, string cache, string key, Exception failed);

    [LoggerMessage(7, LogLevel.Error, "Cache {Cache}: the stored value of {Key} could not be read; it was dropped.")]
    internal static partial void Unreadable(this ILogger logger, string cache, string key, Exception failed);

    [LoggerMessage(8, LogLevel.Error, "Cache {Cache}: {Handler} threw; the cache goes on.")]
    internal static partial void HandlerFailed(this ILogger logger, string cache, string handler, Exception failed);

    [LoggerMessage(9, LogLevel.Warning, "Cache {Cache} was disposed while {Count} loads were running; they were cancelled after a wait of {Waited} (DrainTimeout).")]
    internal static partial void DisposedWithLoads(this ILogger logger, string cache, int count, TimeSpan waited);

    [LoggerMessage(13, LogLevel.Warning, "Cache {Cache} was disposed before {Untold} queued removals could be told to its authority, and {Unsent} to the feeds of other nodes; they are lost. A Journal keeps queued removals.")]
    internal static partial void RemovalsLost(this ILogger logger, string cache, int untold, int unsent);

    [LoggerMessage(11, LogLevel.Warning, "Cache {Cache}: what a lower tier had under {Key} could not be used ({Fault}); it counts as a miss.{More}")]
    internal static partial void UnreadableBelow(this ILogger logger, string cache, string key, string fault, LeftOut more, Exception? failed);

    [LoggerMessage(12, LogLevel.Warning, "Cache {Cache}: the tier {Tier} did not answer; reads go on without it.{More}")]
    internal static partial void TierFailed(this ILogger logger, string cache, string tier, LeftOut more, Exception? failed);

    [LoggerMessage(14, LogLevel.Warning, "Cache {Cache}: the tier {Tier} did not confirm a change. Whoever made it is told so, unless it is queued (QueueRemovals).{More}")]
    internal static partial void ChangeFailed(this ILogger logger, string cache, string tier, LeftOut more, Exception? failed);

    [LoggerMessage(10, LogLevel.Debug, "Cache {Cache}: the source failed for {Key}.")]
    internal static partial void SourceFailed(this ILogger logger, string cache, string key, Exception failed);
}
