using Microsoft.Extensions.Logging;

namespace Larder.Resp.Signals;

/// <summary>Everything that is logged. No password, key or value is ever among the arguments.</summary>
internal static partial class RespLog
{
    internal const string Category = "Larder.Resp";

    [LoggerMessage(1, LogLevel.Information, "Connected to {EndPoint} (connection {Epoch})")]
    internal static partial void Connected(ILogger logger, string endPoint, long epoch);

    [LoggerMessage(2, LogLevel.Warning, "Lost connection {Epoch} to {EndPoint}: {Reason} {Resent} commands will be sent again, {Failed} failed, {Indeterminate} of them are indeterminate")]
    internal static partial void Lost(ILogger logger, string endPoint, long epoch, string reason, int resent, int failed, int indeterminate);

    [LoggerMessage(9, LogLevel.Information, "Closed connection {Epoch} to {EndPoint}: {Reason}")]
    internal static partial void Closed(ILogger logger, string endPoint, long epoch, string reason);

    [LoggerMessage(3, LogLevel.Warning, "Could not connect to {EndPoint}: {Reason} The next attempt is in {Delay}")]
    internal static partial void CouldNotConnect(ILogger logger, string endPoint, string reason, TimeSpan delay);

    [LoggerMessage(4, LogLevel.Error, "{EndPoint} refused the log-in or the certificate: {Reason} The next attempt is in {Delay}; the settings need mending first")]
    internal static partial void Refused(ILogger logger, string endPoint, string reason, TimeSpan delay);

    [LoggerMessage(5, LogLevel.Warning, "{Count} commands timed out {Diagnostics}")]
    internal static partial void TimedOut(ILogger logger, int count, string diagnostics);

    [LoggerMessage(6, LogLevel.Error, "A handler of pushes or gaps failed")]
    internal static partial void HandlerFailed(ILogger logger, Exception failure);

    [LoggerMessage(7, LogLevel.Warning, "Could not subscribe again on {EndPoint}: {Reason}")]
    internal static partial void CouldNotResubscribe(ILogger logger, string endPoint, string reason);

    [LoggerMessage(8, LogLevel.Warning, "Could not learn anew where the servers are: {Reason}")]
    internal static partial void CouldNotRefresh(ILogger logger, string reason);
}
