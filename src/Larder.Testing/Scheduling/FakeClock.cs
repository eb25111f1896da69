namespace Larder.Testing;

/// <summary>
/// A clock that stands still until a test moves it. Timers that fall due fire inside <see cref="Advance"/>, in the order in which they
/// are due, on the thread that calls it.
/// </summary>
/// <remarks>
/// It has two hands, as a computer has: the monotonic one (<see cref="GetTimestamp"/>), which timers follow and which never goes back, and the
/// wall clock (<see cref="GetUtcNow"/>). <see cref="Advance"/> moves both; <see cref="JumpWall"/> moves them apart. Thread-safe; but two threads that
/// advance at once share the timers between them.
/// </remarks>
/// <example><code>
/// var clock = new FakeClock();
/// await using var cache = LarderCache.Create(options => options.TimeProvider = clock);
/// clock.Advance(TimeSpan.FromMinutes(2));
/// </code></example>
public sealed class FakeClock : TimeProvider
{
    // Of a timer with a period so many firings in one Advance are made one by one.
    private const int MostFirings = 1_000;

    private readonly object _gate = new();
    private readonly SortedSet<FakeTimer> _timers = new(Comparer<FakeTimer>.Create(static (left, right) =>
        left.Due != right.Due ? left.Due.CompareTo(right.Due) : left.Sequence.CompareTo(right.Sequence)));

    private readonly Action<FakeTimer> _due;
    private long _monotonic = TimeSpan.FromHours(1).Ticks;
    private long _wall;
    private long _sequence;
    private double _rate = 1;

    /// <summary>Makes a clock.</summary>
    /// <param name="start">What the wall clock shows at first; null for the beginning of 2030 (UTC).</param>
    public FakeClock(DateTimeOffset? start = null)
        : this(start, static timer => timer.Fire())
    {
    }

    /// <summary>Runs before the monotonic hand is read.</summary>
    internal Action? Reading { get; set; }

    internal FakeClock(DateTimeOffset? start, Action<FakeTimer> due)
    {
        _wall = (start ?? new DateTimeOffset(2030, 1, 1, 0, 0, 0, TimeSpan.Zero)).UtcTicks;
        _due = due;
    }

    /// <inheritdoc/>
    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    /// <summary>
    /// How fast both hands go compared with the time that <see cref="Advance"/> is given: 1 by default, 1.01 for a clock that gains one second in a
    /// hundred. More than zero.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is not a positive, finite number.</exception>
    public double Rate
    {
        get => Volatile.Read(ref _rate);
        set
        {
            if (!double.IsFinite(value) || value <= 0)
            {
                throw new ArgumentOutOfRangeException(nameof(value), value, $"Rate is {value}; set it to a finite number above zero, such as 1.01.");
            }

            Volatile.Write(ref _rate, value);
        }
    }

    /// <summary>How many timers are set that fire once: not fired yet, and not disposed.</summary>
    public int PendingTimers
    {
        get
        {
            lock (_gate)
            {
                return _timers.Count(static timer => timer.Period <= TimeSpan.Zero);
            }
        }
    }

    /// <summary>How many timers are set that fire again and again, such as the one by which idle caches drop what is over.</summary>
    public int PeriodicTimers
    {
        get
        {
            lock (_gate)
            {
                return _timers.Count(static timer => timer.Period > TimeSpan.Zero);
            }
        }
    }

    /// <summary>How long this clock must be advanced until the next timer fires; null when none is set.</summary>
    public TimeSpan? UntilNextTimer
    {
        get
        {
            lock (_gate)
            {
                if (_timers.Min is not { } next)
                {
                    return null;
                }

                // Rounded up, and a tick more where the rate rounds: who advances by this reaches the timer.
                var ticks = Math.Max(0, next.Due - _monotonic);
                return TimeSpan.FromTicks(_rate == 1 || ticks == 0 ? ticks : (long)Math.Ceiling(ticks / _rate) + 1);
            }
        }
    }

    /// <inheritdoc/>
    public override long GetTimestamp()
    {
        Reading?.Invoke();
        return Interlocked.Read(ref _monotonic);
    }

    /// <inheritdoc/>
    public override DateTimeOffset GetUtcNow() => new(Interlocked.Read(ref _wall), TimeSpan.Zero);

    /// <inheritdoc/>
    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        ArgumentNullException.ThrowIfNull(callback);
        var timer = new FakeTimer(this, callback, state);
        timer.Change(dueTime, period);
        return timer;
    }

    /// <summary>
    /// Moves both hands on, stopping at every timer on the way. Of a timer with a period that would fire far more than a thousand times, only
    /// the first time and the last thousand are made.
    /// </summary>
    /// <param name="by">How long; zero fires the timers that are due now. Times <see cref="Rate"/>.</param>
    /// <exception cref="ArgumentOutOfRangeException">The time is negative. Use <see cref="JumpWall"/> to set the wall clock back.</exception>
    public void Advance(TimeSpan by)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(by, TimeSpan.Zero);
        var until = Interlocked.Read(ref _monotonic) + (Rate == 1 ? by.Ticks : (long)Math.Round(by.Ticks * Rate));
        while (TakeDue(until) is { } timer)
        {
            _due(timer);
        }

        lock (_gate)
        {
            MoveTo(until);
        }
    }

    /// <summary>
    /// Moves the wall clock alone, as an administrator or a time server does: the monotonic hand and the timers do not notice. A computer that was
    /// suspended with its monotonic clock stopped looks like this too.
    /// </summary>
    /// <param name="by">How far; negative sets it back.</param>
    public void JumpWall(TimeSpan by) => Interlocked.Add(ref _wall, by.Ticks);

    internal bool Set(FakeTimer timer, TimeSpan dueTime, TimeSpan period)
    {
        lock (_gate)
        {
            _timers.Remove(timer);
            timer.Period = period;
            if (dueTime != Timeout.InfiniteTimeSpan)
            {
                timer.Due = _monotonic + dueTime.Ticks;
                timer.Sequence = ++_sequence;
                _timers.Add(timer);
            }
        }

        return true;
    }

    internal void Cancel(FakeTimer timer)
    {
        lock (_gate)
        {
            timer.Period = TimeSpan.Zero;
            _timers.Remove(timer);
        }
    }

    /// <summary>Forgets all timers, as a computer does that is switched off.</summary>
    internal void CancelAll()
    {
        lock (_gate)
        {
            _timers.Clear();
        }
    }

    private FakeTimer? TakeDue(long until)
    {
        lock (_gate)
        {
            if (_timers.Min is not { } next || next.Due > until)
            {
                return null;
            }

            MoveTo(next.Due);
            _timers.Remove(next);
            if (next.Period > TimeSpan.Zero)
            {
                var skipped = Math.Max(0, ((until - next.Due) / next.Period.Ticks) - MostFirings);
                Set(next, next.Period * (skipped + 1), next.Period);
            }

            return next;
        }
    }

    private void MoveTo(long monotonic)
    {
        if (monotonic > _monotonic)
        {
            Interlocked.Add(ref _wall, monotonic - _monotonic);
            Interlocked.Exchange(ref _monotonic, monotonic);
        }
    }
}
