namespace Larder.Memory.Tests.Kit;

/// <summary>Time that stands still until it is told to move, and timers that fire while it moves.</summary>
internal sealed class FakeClock : TimeProvider
{
    private readonly object _gate = new();
    private readonly List<FakeTimer> _timers = [];
    private long _now = TimeSpan.FromDays(365).Ticks;

    /// <summary>How often somebody has looked at the time.</summary>
    internal int Reads { get; private set; }

    internal int Timers
    {
        get
        {
            lock (_gate)
            {
                return _timers.Count;
            }
        }
    }

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override long GetTimestamp()
    {
        lock (_gate)
        {
            Reads++;
            return _now;
        }
    }

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new FakeTimer(this, callback, state, period);
        lock (_gate)
        {
            timer.Due = _now + dueTime.Ticks;
            _timers.Add(timer);
        }

        return timer;
    }

    /// <summary>Moves time by any span, also backwards, without firing timers.</summary>
    internal void Jump(TimeSpan time)
    {
        lock (_gate)
        {
            _now += time.Ticks;
        }
    }

    /// <summary>Moves time on and fires what comes due, in order.</summary>
    internal void Advance(TimeSpan time)
    {
        long end;
        lock (_gate)
        {
            end = _now + time.Ticks;
        }

        while (NextDue(end) is { } timer)
        {
            timer.Fire();
        }

        lock (_gate)
        {
            _now = end;
        }
    }

    private FakeTimer? NextDue(long end)
    {
        lock (_gate)
        {
            var timer = _timers.Where(timer => timer.Due <= end).MinBy(timer => timer.Due);
            if (timer is not null)
            {
                _now = Math.Max(_now, timer.Due);
                timer.Due = timer.Period > TimeSpan.Zero ? timer.Due + timer.Period.Ticks : long.MaxValue;
            }

            return timer;
        }
    }

    private sealed class FakeTimer(FakeClock clock, TimerCallback callback, object? state, TimeSpan period) : ITimer
    {
        internal long Due { get; set; }

        internal TimeSpan Period { get; } = period;

        public bool Change(TimeSpan dueTime, TimeSpan period) => throw new NotSupportedException();

        public void Dispose()
        {
            lock (clock._gate)
            {
                clock._timers.Remove(this);
            }
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return default;
        }

        internal void Fire() => callback(state);
    }
}
