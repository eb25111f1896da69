using System.Globalization;
using System.Text;
using Larder.Ports;
using Larder.Signals;
using Microsoft.Extensions.Logging;

namespace Larder.Coherence;

/// <summary>
/// How the connections of all ranges are, in words. Logged is only when the first of them is lost and when all are there again, away from the reader, because a logger is the application's code.
/// </summary>
internal sealed class ShardReport(TierHost host, string tier, string level, int ranges)
{
    private readonly ILogger _logger = new QuietLogger(host.Logger);
    private readonly object _noting = new();
    private readonly bool[] _isConnected = new bool[ranges];
    private readonly Disagreement?[] _disagreements = new Disagreement?[ranges];
    private readonly bool[] _isStricter = new bool[ranges];
    private int _connected;
    private int _stricter;
    private int _foreign;
    private DateTimeOffset _since = host.TimeProvider.GetUtcNow();
    private string? _reason;
    private LineRefusal? _refusal;

    /// <summary>True while there is any connection.</summary>
    internal bool HasConnection => Volatile.Read(ref _connected) > 0;

    internal void Connected(int range)
    {
        lock (_noting)
        {
            if (_isConnected[range])
            {
                return;
            }

            _isConnected[range] = true;
            if (++_connected < ranges)
            {
                return;
            }

            _since = host.TimeProvider.GetUtcNow();
        }

        Tell(() => _logger.LinkConnected(host.CacheName, tier));
    }

    internal void Lost(int range, Exception? failure)
    {
        lock (_noting)
        {
            if (!_isConnected[range])
            {
                return;
            }

            _isConnected[range] = false;
            _reason = LineReport.Words(failure) ?? _reason;
            if (_connected-- < ranges)
            {
                return;
            }

            _since = host.TimeProvider.GetUtcNow();
        }

        Tell(() => _logger.LinkLost(host.CacheName, tier, LineReport.LossOf(failure), failure));
    }

    internal void Agreement(int range, Disagreement? disagreement)
    {
        var isForeign = disagreement is not null;
        lock (_noting)
        {
            var wasForeign = _disagreements[range] is not null;
            _disagreements[range] = disagreement;
            if (wasForeign == isForeign)
            {
                return;
            }

            _foreign += isForeign ? 1 : -1;
            if (_foreign != (isForeign ? 1 : 0))
            {
                return;
            }
        }

        if (disagreement is { } other)
        {
            Tell(() => _logger.ForeignRegistry(host.CacheName, other.Describe(tier)));
        }
        else
        {
            Tell(() => _logger.CommonRegistry(host.CacheName, tier));
        }
    }

    internal void StricterNodes(int range, bool areThere)
    {
        lock (_noting)
        {
            if (_isStricter[range] == areThere)
            {
                return;
            }

            _isStricter[range] = areThere;
            _stricter += areThere ? 1 : -1;
            if (_stricter != (areThere ? 1 : 0))
            {
                return;
            }
        }

        if (areThere)
        {
            Tell(() => _logger.StricterNodes(host.CacheName, tier, level));
        }
        else
        {
            Tell(() => _logger.NoStricterNodes(host.CacheName, tier));
        }
    }

    /// <summary>A store had no room for a command.</summary>
    internal void Refused(Exception failure) => Volatile.Write(ref _refusal, new LineRefusal(host.TimeProvider.GetUtcNow(), failure));

    internal string Describe() => DescribeConnections() + LineRefusal.Describe(Volatile.Read(ref _refusal));

    private string DescribeConnections()
    {
        lock (_noting)
        {
            var since = _since.ToString("u", CultureInfo.InvariantCulture);
            var reason = _reason is null ? "" : $" ({_reason})";
            var before = _reason is null ? "" : $", after some were lost ({_reason})";
            if (_connected == 0)
            {
                return $"{tier} is not connected since {since}{reason}; coherence {level}.";
            }

            if (_connected < ranges)
            {
                return $"{tier} is connected for {_connected} of {ranges} ranges of keys since {since}, but not for {Away()}{reason}; coherence {level}.";
            }

            return Array.Find(_disagreements, static one => one is not null) is { } other
                ? $"{tier} is connected since {since}{before}; memory is bypassed: {other.Describe(tier)} Coherence {level}."
                : $"{tier} is connected for all {ranges} ranges of keys since {since}{before}; coherence {level}.";
        }
    }

    /// <summary>The ranges without a connection: "3, 8-11".</summary>
    private string Away()
    {
        var text = new StringBuilder();
        for (var range = 0; range < ranges; range++)
        {
            if (_isConnected[range])
            {
                continue;
            }

            var first = range;
            while (range + 1 < ranges && !_isConnected[range + 1])
            {
                range++;
            }

            text.Append(text.Length == 0 ? "" : ", ").Append(CultureInfo.InvariantCulture, $"{first}");
            if (range > first)
            {
                text.Append(CultureInfo.InvariantCulture, $"-{range}");
            }
        }

        return text.ToString();
    }

    private void Tell(Action message) => host.Scheduler.Queue(new ReportMessage(message));
}
