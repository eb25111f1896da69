using Microsoft.Extensions.Logging;

namespace Larder.Redis.Feeding;

/// <summary>Messages about the feed of removals. No keys, values or secrets.</summary>
internal static partial class FeedLog
{
    [LoggerMessage(2, LogLevel.Warning, "The feed of removals can not listen ({Code}); it is tried again every second. See the permissions in docs/redis.md.")]
    internal static partial void CanNotListen(ILogger logger, string code);
}
