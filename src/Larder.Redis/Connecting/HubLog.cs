using Microsoft.Extensions.Logging;

namespace Larder.Redis.Connecting;

/// <summary>Messages about the connection. No keys, values or secrets.</summary>
internal static partial class HubLog
{
    internal const string Category = "Larder.Redis";

    [LoggerMessage(1, LogLevel.Error, "Redis can not be used by the caches, which go on without it. {Obstacle}")]
    internal static partial void CanNotBeUsed(ILogger logger, Exception? failure, string obstacle);
}
