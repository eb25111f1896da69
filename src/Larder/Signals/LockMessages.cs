using Microsoft.Extensions.Logging;

namespace Larder.Signals;

/// <summary>The log messages of locks. Names of locks are not told.</summary>
internal static partial class LockMessages
{
    [LoggerMessage(50, LogLevel.Debug, "A lock could not be given back ({Failure}); it ends by itself.")]
    internal static partial void LockNotGivenBack(this ILogger logger, string failure);

    [LoggerMessage(51, LogLevel.Error, "What the owner of a lock does when it is lost threw.")]
    internal static partial void LossCallbackFailed(this ILogger logger, Exception failed);
}
