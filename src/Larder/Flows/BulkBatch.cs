using Larder.Entries;
using Larder.Flights;
using Larder.Scheduling;

namespace Larder.Flows;

/// <summary>
/// The flights that one call loads together: one clock and one call of the loader. It is the cancellation source of the loader's token, which is
/// cancelled when nobody wants any of the keys any more.
/// </summary>
internal sealed class BulkBatch<T> : CancellationTokenSource, IThreadPoolWorkItem
{
    private static readonly TimerCallback DeadlinePassed = static state =>
    {
        var (batch, settler) = ((BulkBatch<T>, IFlightSettler))state!;
        batch.OnDeadline(settler);
    };

    private readonly object _gate = new();
    private readonly BulkSourceFlow _source;
    private readonly LoadFences _fences;
    private readonly FlightTable? _orders;
    private readonly CacheParts _parts;
    private ITimer? _timer;
    private bool _isArmed;
    private bool _isComplete;
    private bool _isOverdue;
    private int _wanted;

    // One more than the flights that have not landed, until the batch is complete.
    private int _open = 1;

    internal BulkBatch(BulkCall<T> call, in LoadFences fences, bool isRefresh, BulkSourceFlow source, CacheParts parts)
    {
        Call = call;
        IsRefresh = isRefresh;
        _fences = fences;
        _source = source;
        _parts = parts;
        _orders = parts.Chain is null ? null : parts.Flights;
    }

    internal BulkCall<T> Call { get; }

    internal bool IsRefresh { get; }

    /// <summary>The flights, in the order of their keys. Whoever makes the batch adds to them, under the lock of each flight's stripe.</summary>
    internal List<BulkFlight<T>> Flights { get; } = [];

    public void Execute() => _source.Run(this);

    /// <summary>Makes the flight of a key. Guarded by the key's stripe.</summary>
    internal BulkFlight<T> Add(BulkKey key, Entry? before)
    {
        var start = _source.Start(key.Whole, Call.Settings, in _fences, before, IsRefresh);
        var flight = new BulkFlight<T>(in start, this, key.Given)
        {
            MayAddTags = _orders is not null,
            Below = _orders is null ? null : new FlightBelow(_orders.NextOrder()),
            StandsForCall = Flights.Count == 0,
        };
        lock (_gate)
        {
            Flights.Add(flight);
        }

        Interlocked.Increment(ref _open);
        return flight;
    }

    /// <summary>No more flights come.</summary>
    internal void Complete(IFlightSettler settler)
    {
        bool isOverdue;
        lock (_gate)
        {
            _isComplete = true;
            isOverdue = _isOverdue;
        }

        if (isOverdue)
        {
            OnDeadline(settler);
        }

        Landed();
    }

    /// <summary>Starts the clock, once.</summary>
    internal void Arm(Scheduler scheduler, IFlightSettler settler)
    {
        BulkFlight<T> first;
        lock (_gate)
        {
            if (_isArmed || Flights.Count == 0)
            {
                return;
            }

            first = Flights[0];
            _isArmed = first.Timeout != 0;
        }

        if (first.Timeout == 0 || Volatile.Read(ref _open) == 0)
        {
            return;
        }

        var timer = scheduler.StartTimer(DeadlinePassed, (this, settler), first.StartedAt + first.Timeout - scheduler.Clock.Now);
        Interlocked.Exchange(ref _timer, timer);
        if (Volatile.Read(ref _open) == 0)
        {
            timer.Dispose();
        }
    }

    /// <summary>Chooses the flights that the loader is asked for: those that are still open, and wanted by somebody.</summary>
    internal List<BulkFlight<T>> Choose(List<BulkFlight<T>> candidates)
    {
        lock (_gate)
        {
            var chosen = candidates.Exists(static flight => flight.IsSettled || flight.IsGivenUp)
                ? candidates.FindAll(static flight => !flight.IsSettled && !flight.IsGivenUp)
                : candidates;
            for (var i = 0; i < chosen.Count; i++)
            {
                chosen[i].IsAsked = true;
                chosen[i].StandsForCall = i == 0;
            }

            _wanted = chosen.Count;
            return chosen;
        }
    }

    /// <summary>Nobody waits for the flight any more. When it was the last that the loader is asked for, the loader is told.</summary>
    internal void GiveUp(BulkFlight<T> flight)
    {
        lock (_gate)
        {
            if (flight.IsGivenUp)
            {
                return;
            }

            flight.IsGivenUp = true;
            if (!flight.IsAsked || --_wanted > 0)
            {
                return;
            }
        }

        try
        {
            Cancel();
        }
        catch (AggregateException)
        {
            // What a loader registered with its own token failed; the load is over all the same.
        }
    }

    /// <summary>One flight has let everybody go who waits for it.</summary>
    internal void Landed()
    {
        if (Interlocked.Decrement(ref _open) != 0)
        {
            return;
        }

        Volatile.Read(ref _timer)?.Dispose();
        if (IsRefresh)
        {
            _parts.Refreshes.Leave();
        }
    }

    private void OnDeadline(IFlightSettler settler)
    {
        lock (_gate)
        {
            _isOverdue = true;
            if (!_isComplete)
            {
                return;
            }
        }

        foreach (var flight in Flights)
        {
            flight.OnDeadline(settler);
        }
    }
}
