using Microsoft.Extensions.Logging;

namespace Larder.Redis.Connecting;

/// <summary>Messages about the connection. No keys, values or secrets.</summary>
internal static partial class HubLog
{
    internal const string Category = "Larder.Redis";

    [LoggerMessage(1, LogLevel.Error, "Redis can not be used by the caches, which go on without it. {Obstacle}")]
    internal static partial void CanNotBeUsed(ILogger logger, Exception? failure, string obstacle);

    [LoggerMessage(3, LogLevel.Error, "A cache failed when it was told of a connection. If it was a new one it is given up, and opened again a second later.")]
    internal static partial void CacheFailed(ILogger logger, Exception failure);
}
