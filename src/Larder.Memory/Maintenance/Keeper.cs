using Larder.Memory.Buffers;
using Larder.Memory.Scheduling;
using Larder.Memory.Table;

namespace Larder.Memory.Maintenance;

/// <summary>
/// Keeps a map within its bound. A write changes the table, leaves word there and then tries the maintenance lock:
/// who gets it does what is waiting, who does not leaves it to the holder, who looks again after letting go. So
/// nobody waits for maintenance, unless the bound would be passed or too many words are waiting: then the
/// writer waits for the lock and helps.
/// </summary>
internal sealed class Keeper<TKey, TValue> : ISweepable
{
    /// <summary>So many transfers, expirations or evictions at most are done in one hold of the lock.</summary>
    internal const int Quota = 1000;

    /// <summary>With so many writes waiting for the policy a writer helps before it adds its own.</summary>
    internal const int MostPending = 256;

    private const int WriterRounds = 2;
    private const int BackgroundRounds = 16;

    private readonly Lock _gate = new();
    private readonly NodeTable<TKey, TValue> _table;
    private readonly Shelves<TKey, TValue> _shelves;
    private readonly WeightBudget _budget;
    private readonly ReadBuffer _reads;
    private readonly Notices<TKey, TValue> _notices;
    private readonly Clock _clock;
    private readonly MapScheduler _scheduler;
    private readonly ILockProbe? _probe;
    private readonly Action _background;
    private readonly int _writerRounds;
    private int _isScheduled;
    private bool _isSwept;

    internal Keeper(NodeTable<TKey, TValue> table, KeeperSettings<TKey, TValue> settings)
    {
        _table = table;
        _clock = settings.Clock;
        _scheduler = settings.Scheduler;
        _probe = settings.Probe;
        _reads = new ReadBuffer(settings.Concurrency, settings.Capacity);
        Desk = new ReadDesk<TKey, TValue>(_reads, settings.Clock, settings.CountsReads, Fetch);
        _budget = new WeightBudget(settings.Capacity);
        _notices = new Notices<TKey, TValue>(settings.OnEvicted, settings.Scheduler);
        _shelves = new Shelves<TKey, TValue>(table, settings, _budget, _reads);
        _background = RunInBackground;
        _writerRounds = ReferenceEquals(settings.Scheduler, MapScheduler.Inline) ? int.MaxValue : WriterRounds;
    }

    internal ReadDesk<TKey, TValue> Desk { get; }

    internal Shelves<TKey, TValue> Shelves => _shelves;

    internal WeightBudget Budget => _budget;

    internal ReadBuffer Reads => _reads;

    internal long CallbackFailures => _notices.Failures;

    internal WriteOutcome<TKey, TValue> Write(in Write<TKey, TValue> write)
    {
        if (_table.Pending >= MostPending)
        {
            Help();
        }

        var weight = write.Weight;
        if (weight != 0 && !_budget.TryReserve(weight))
        {
            var late = ApplyUnderLock(write);
            Settle(_writerRounds);
            return late;
        }

        if (_gate.TryEnter())
        {
            return ApplyAndLeave(write);
        }

        var outcome = Apply(write, isHeard: false);
        if (outcome.HasChanged)
        {
            Settle(_writerRounds);
        }

        return outcome;
    }

    /// <summary>Reports a value that was not taken in.</summary>
    internal void Refuse(Node<TKey, TValue> node)
    {
        List<Notice<TKey, TValue>>? notices;
        Enter();
        try
        {
            _shelves.Count(node, EvictionReason.TooHeavy);
            notices = _shelves.TakeNotices();
        }
        finally
        {
            Leave();
        }

        Tell(notices);
        Settle(_writerRounds);
    }

    /// <summary>Does what is waiting, unless somebody else is at it; hands over to the scheduler after some rounds.</summary>
    internal void Settle(int rounds)
    {
        var more = true;
        for (var round = 0; more && round < rounds; round++)
        {
            if (!_gate.TryEnter())
            {
                return;
            }

            more = RunAndLeave();
        }

        if (more)
        {
            Schedule();
        }
    }

    /// <summary>Waits for the lock and does everything that is waiting.</summary>
    internal void SettleAll()
    {
        bool more;
        do
        {
            _gate.Enter();
            more = RunAndLeave();
        }
        while (more);
    }

    /// <summary>Gives up entries until the map weighs no more than the target.</summary>
    internal void Trim(long target)
    {
        var more = true;
        while (more)
        {
            List<Notice<TKey, TValue>>? notices;
            Enter();
            try
            {
                Run(out _);
                more = _shelves.Evict(Quota, target, EvictionReason.Trimmed);
                notices = _shelves.TakeNotices();
            }
            finally
            {
                Leave();
            }

            Tell(notices);
        }

        _table.Compact();
        Settle(_writerRounds);
    }

    /// <summary>Drops everything that is there when this begins.</summary>
    internal void Clear()
    {
        for (var place = 0; place < _table.Segments; place++)
        {
            Enter();
            try
            {
                _shelves.Clear(place);
            }
            finally
            {
                Leave();
            }
        }

        Settle(_writerRounds);
    }

    bool ISweepable.Sweep()
    {
        Settle(BackgroundRounds);
        var goesOn = Inspect(() => _isSwept = _shelves.Wheel is { Count: > 0 });
        Settle(1);
        return goesOn;
    }

    /// <summary>Calls the given function under the maintenance lock; for the audit.</summary>
    internal T Inspect<T>(Func<T> look)
    {
        lock (_gate)
        {
            return look();
        }
    }

    /// <summary>Hands a reader's notes to the policy, unless somebody else has the lock.</summary>
    private void Fetch(ReadStripe stripe)
    {
        if (!_gate.TryEnter())
        {
            return;
        }

        _probe?.Taken();
        try
        {
            _shelves.FetchReads(stripe);
        }
        finally
        {
            Leave();
        }

        // A writer that came meanwhile has left its work to the holder of the lock, which was this reader.
        Interlocked.MemoryBarrier();
        if (_table.Pending > 0)
        {
            Settle(1);
        }
    }

    private WriteOutcome<TKey, TValue> Apply(in Write<TKey, TValue> write, bool isHeard)
    {
        var outcome = default(WriteOutcome<TKey, TValue>);
        try
        {
            outcome = _table.Apply(write, isHeard);
            return outcome;
        }
        finally
        {
            var unused = outcome.Done ? 0 : write.Weight;
            var freed = unused + (outcome.Died?.Weight ?? 0);
            if (freed > 0)
            {
                _budget.Release(freed);
            }
        }
    }

    /// <summary>A write by whoever has found the maintenance lock free: no word needs to wait in a queue.</summary>
    private WriteOutcome<TKey, TValue> ApplyAndLeave(in Write<TKey, TValue> write)
    {
        WriteOutcome<TKey, TValue> outcome = default;
        var isHandedOn = false;
        _probe?.Taken();
        try
        {
            outcome = Apply(write, isHeard: true);
            if (outcome.HasChanged && !outcome.IsQueued)
            {
                // Reads from before the write come first, as they would through the queue.
                _shelves.FetchManyReads();
                _shelves.Hear(outcome.Word(write));
            }

            isHandedOn = true;
        }
        finally
        {
            if (!isHandedOn)
            {
                Leave();
            }
        }

        if (RunAndLeave(isProbed: true, allReads: false))
        {
            Settle(_writerRounds);
        }

        return outcome;
    }

    private WriteOutcome<TKey, TValue> ApplyUnderLock(in Write<TKey, TValue> write)
    {
        while (true)
        {
            var isApplied = false;
            WriteOutcome<TKey, TValue> outcome = default;
            List<Notice<TKey, TValue>>? notices;
            Enter();
            try
            {
                // Room is made first. An entry that then goes over the bound is the only one that does.
                Run(out var isOver);
                if (!isOver)
                {
                    _budget.Force(write.Weight);
                    outcome = Apply(write, isHeard: false);
                    isApplied = true;
                    Run(out _);
                }

                notices = _shelves.TakeNotices();
            }
            finally
            {
                Leave();
            }

            Tell(notices);
            if (isApplied)
            {
                return outcome;
            }
        }
    }

    private void Help()
    {
        _gate.Enter();
        if (RunAndLeave())
        {
            Settle(_writerRounds);
        }
    }

    /// <summary>One run under the lock, which it gives back; true when there is more to do.</summary>
    private bool RunAndLeave(bool isProbed = false, bool allReads = true)
    {
        if (!isProbed)
        {
            _probe?.Taken();
        }

        bool more;
        bool mustBeSwept;
        List<Notice<TKey, TValue>>? notices;
        try
        {
            more = Run(out _, allReads);
            notices = _shelves.TakeNotices();
            mustBeSwept = !_isSwept && _shelves.Wheel is { Count: > 0 };
            _isSwept |= mustBeSwept;
        }
        finally
        {
            Leave();
        }

        if (mustBeSwept)
        {
            SweepTimer.For(_clock.TimeProvider).Add(this);
        }

        Tell(notices);

        // Whoever failed to get the lock meanwhile has left word before trying: it is seen here.
        Interlocked.MemoryBarrier();
        return more || (_table.Pending > 0 && _table.NextDirty(0) >= 0);
    }

    private bool Run(out bool isOver, bool allReads = true)
    {
        if (allReads)
        {
            _shelves.FetchReads();
        }

        _shelves.FetchWrites();
        var more = _shelves.Expire(Quota);
        isOver = _shelves.Evict(Quota, _budget.Capacity, EvictionReason.Capacity);
        _shelves.Tune();
        Desk.Turn(_shelves.Epoch);
        return more || isOver;
    }

    private void Enter()
    {
        _gate.Enter();
        _probe?.Taken();
    }

    private void Leave()
    {
        _probe?.Leaving();
        _gate.Exit();
    }

    private void Tell(List<Notice<TKey, TValue>>? notices)
    {
        if (notices is not null)
        {
            _notices.Deliver(notices);
        }
    }

    private void Schedule()
    {
        if (Interlocked.Exchange(ref _isScheduled, 1) == 0)
        {
            _scheduler.Schedule(_background);
        }
    }

    private void RunInBackground()
    {
        Volatile.Write(ref _isScheduled, 0);
        Settle(BackgroundRounds);
    }
}
