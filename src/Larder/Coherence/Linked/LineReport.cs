using System.Globalization;
using Larder.Ports;
using Larder.Signals;
using Microsoft.Extensions.Logging;

namespace Larder.Coherence;

/// <summary>How the connection is, in words. Transitions are logged away from the reader, because a logger is the application's code.</summary>
internal sealed class LineReport(TierHost host, string tier, string level) : ILineNews
{
    private readonly ILogger _logger = new QuietLogger(host.Logger);
    private volatile LineState _state = new(IsConnected: false, host.TimeProvider.GetUtcNow(), Reason: null);

    // Since the connection came to stand.
    private volatile LineRefusal? _refusal;

    internal string Describe() => DescribeConnection() + LineRefusal.Describe(_refusal);

    private string DescribeConnection()
    {
        var state = _state;
        var since = state.Since.ToString("u", CultureInfo.InvariantCulture);
        var reason = state.Reason is null ? "" : $" ({state.Reason})";
        return !state.IsConnected
            ? $"{tier} is not connected since {since}{reason}; coherence {level}."
            : state.Disagreement is { } disagreement
            ? $"{tier} is connected since {since}{Before(state)}; memory is bypassed: {disagreement.Describe(tier)} Coherence {level}."
            : $"{tier} is connected since {since}{Before(state)}; coherence {level}.";
    }

    /// <summary>What a failure says of itself. Links promise that it holds no keys, values or secrets.</summary>
    internal static string? Words(Exception? failure) => failure is null ? null : $"{failure.GetType().Name}: {failure.Message.TrimEnd('.')}";

    /// <summary>The same as a sentence for the log.</summary>
    internal static string LossOf(Exception? failure) => Words(failure) is { } words ? $"{words}." : "It was closed, or lost on the way.";

    private static string Before(LineState state) => state.Reason is { } reason ? $", after it was lost ({reason})" : "";

    public void Connected()
    {
        _refusal = null;
        _state = new LineState(IsConnected: true, host.TimeProvider.GetUtcNow(), _state.Reason);
        Tell(static report => report._logger.LinkConnected(report.Cache, report.Tier));
    }

    public void Lost(Exception? failure)
    {
        _state = new LineState(IsConnected: false, host.TimeProvider.GetUtcNow(), Words(failure));
        Tell(report => report._logger.LinkLost(report.Cache, report.Tier, LossOf(failure), failure));
    }

    public void Refused(Exception failure) => _refusal = new LineRefusal(host.TimeProvider.GetUtcNow(), failure);

    public void Agreement(Disagreement? disagreement)
    {
        _state = _state with { Disagreement = disagreement };
        Tell(disagreement is { } other
            ? report => report._logger.ForeignRegistry(report.Cache, other.Describe(report.Tier))
            : static report => report._logger.CommonRegistry(report.Cache, report.Tier));
    }

    public void StricterNodes(bool areThere) => Tell(areThere
        ? static report => report._logger.StricterNodes(report.Cache, report.Tier, report.Level)
        : static report => report._logger.NoStricterNodes(report.Cache, report.Tier));

    private string Level => level;

    private string Cache => host.CacheName;

    private string Tier => tier;

    private void Tell(Action<LineReport> message) => host.Scheduler.Queue(new LineMessage(this, message));
}
