using Larder.Fences;

namespace Larder.Flights;

/// <summary>All running flights of a cache by key, in stripes that are locked one at a time.</summary>
internal sealed class FlightTable
{
    private const int StripeCount = 256;
    private readonly FlightStripe[] _stripes = new FlightStripe[StripeCount];
    private readonly HashSet<Flight> _running = [];
    private readonly object _gate = new();
    private TaskCompletionSource<bool>? _empty;
    private bool _isClosed;
    private long _order;

    internal FlightTable()
    {
        for (var i = 0; i < _stripes.Length; i++)
        {
            _stripes[i] = new FlightStripe(Versions);
        }
    }

    /// <summary>Flights whose source has not answered yet, detached ones included.</summary>
    internal int RunningCount
    {
        get
        {
            lock (_gate)
            {
                return _running.Count;
            }
        }
    }

    /// <summary>True when nothing is left of any flight: none runs, no key has one, and nothing is observed for one.</summary>
    internal bool IsIdle => RunningCount == 0 && Array.TrueForAll(_stripes, static stripe => stripe.IsIdle);

    /// <summary>
    /// A number larger than all before. Where a node may not trust its memory, a caller that has taken one joins only flights with a larger one: they began after it came, so that
    /// nothing they have read is older.
    /// </summary>
    internal long NextOrder() => Interlocked.Increment(ref _order);

    /// <summary>Counts changes of keys for those who took snapshots.</summary>
    internal KeyVersions Versions { get; } = new();

    /// <summary>Changes of these keys may have been missed: nothing that is being read of them is kept, and nobody joins it.</summary>
    internal void Missed(Func<string, bool> areThey)
    {
        foreach (var stripe in _stripes)
        {
            lock (stripe)
            {
                stripe.Missed(areThey);
            }
        }
    }

    internal FlightStripe StripeOf(string key) => _stripes[key.GetHashCode(StringComparison.Ordinal) & (StripeCount - 1)];

    /// <summary>
    /// Remembers a flight whose source did not answer at once, until <see cref="Landed"/>. False when the cache is gone
    /// already: the caller must end the flight.
    /// </summary>
    internal bool TookOff(Flight flight)
    {
        lock (_gate)
        {
            return !_isClosed && _running.Add(flight);
        }
    }

    /// <summary>The same for several at once; none of them takes off when the cache is gone.</summary>
    internal bool TookOff(IEnumerable<Flight> flights)
    {
        lock (_gate)
        {
            if (!_isClosed)
            {
                _running.UnionWith(flights);
            }

            return !_isClosed;
        }
    }

    internal void Landed(Flight flight)
    {
        TaskCompletionSource<bool>? empty = null;
        lock (_gate)
        {
            if (_running.Remove(flight) && _running.Count == 0)
            {
                empty = _empty;
            }
        }

        empty?.TrySetResult(true);
    }

    /// <summary>Done when every flight's source has answered. Asked once, when no new flights begin.</summary>
    internal Task WhenEmptyAsync(TaskCompletionSource<bool> completion)
    {
        lock (_gate)
        {
            if (_running.Count == 0)
            {
                return Task.CompletedTask;
            }

            _empty = completion;
            return completion.Task;
        }
    }

    /// <summary>The flights that are running now, for the last time: none takes off any more.</summary>
    internal Flight[] Close()
    {
        lock (_gate)
        {
            _isClosed = true;
            return [.. _running];
        }
    }
}
