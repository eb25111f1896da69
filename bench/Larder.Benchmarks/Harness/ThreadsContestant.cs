namespace Larder.Benchmarks.Harness;

/// <summary>
/// Several threads that do the same at the same time. They are started once and wait at a barrier between their turns.
/// A turn is bounded by time, not by work, so that no thread ever runs the last stretch alone and uncontended; each
/// thread counts and times its own work, and the rates are added up. A turn in which another process took a processor
/// away is repeated a few times, because threads that share one processor do not get in each other's way.
/// </summary>
internal sealed class ThreadsContestant : Contestant
{
    private const int WarmUpMilliseconds = 30;
    private const int RoundMilliseconds = 60;
    private const int Attempts = 5;
    private const double WholeProcessor = 0.95;
    private readonly int _operationsPerPass;
    private readonly Func<int, long> _pass;
    private readonly Barrier _barrier;
    private readonly Thread[] _threads;
    private readonly Round[] _rounds;
    private readonly double[] _shares;
    private volatile bool _isOver;
    private volatile bool _isClosed;
    private volatile string? _problem;

    /// <summary>Starts the threads, which wait for their first turn.</summary>
    /// <param name="name">The row's id, or the peer's name.</param>
    /// <param name="threads">How many work at once.</param>
    /// <param name="operationsPerPass">Operations of one pass over the keys.</param>
    /// <param name="pass">Makes one pass for the thread of that number and returns how many operations found what they should.</param>
    internal ThreadsContestant(string name, int threads, int operationsPerPass, Func<int, long> pass)
        : base(name)
    {
        _operationsPerPass = operationsPerPass;
        _pass = pass;
        _barrier = new Barrier(threads + 1);
        _rounds = new Round[threads];
        _shares = new double[threads];
        _threads = new Thread[threads];
        for (var i = 0; i < threads; i++)
        {
            var number = i;
            _threads[i] = new Thread(() => Work(number)) { IsBackground = true, Name = $"{name} {number}" };
            _threads[i].Start();
        }
    }

    /// <summary>
    /// True when the threads never wait for each other or for anything else. Then the time in which they had a
    /// processor counts, so that what other processes took away is not taken for slowness.
    /// </summary>
    internal bool NeverWaits { get; init; }

    internal override void WarmUp() => Turn(WarmUpMilliseconds);

    internal override Round Measure()
    {
        Round best = default;
        var bestShare = 0.0;
        for (var attempt = 0; attempt < Attempts && bestShare < WholeProcessor; attempt++)
        {
            Turn(RoundMilliseconds);
            if (_shares.Min() > bestShare)
            {
                bestShare = _shares.Min();
                best = Together();
            }
        }

        return best;
    }

    public override void Dispose()
    {
        _isClosed = true;
        _barrier.SignalAndWait();
        foreach (var thread in _threads)
        {
            thread.Join();
        }

        _barrier.Dispose();
        base.Dispose();
    }

    private Round Together() =>
        new(
            _rounds.Average(static round => round.NanosecondsPerOperation),
            _rounds.Sum(static round => round.OperationsPerSecond),
            _rounds.Average(static round => round.BytesPerOperation));

    private void Turn(int milliseconds)
    {
        _isOver = false;
        _barrier.SignalAndWait();
        Thread.Sleep(milliseconds);
        _isOver = true;
        _barrier.SignalAndWait();
        if (_problem is { } problem)
        {
            throw new InvalidOperationException(problem);
        }
    }

    private void Work(int number)
    {
        while (true)
        {
            _barrier.SignalAndWait();
            if (_isClosed)
            {
                return;
            }

            _rounds[number] = Race(number);
            _barrier.SignalAndWait();
        }
    }

    private Round Race(int number)
    {
        var allocated = GC.GetAllocatedBytesForCurrentThread();
        var start = WallTime.Now();
        var ownStart = ThreadTime.Now();
        var operations = 0L;
        var found = 0L;
        do
        {
            found += _pass(number);
            operations += _operationsPerPass;
        }
        while (!_isOver);
        var elapsed = WallTime.Now() - start;
        var own = ThreadTime.Now() - ownStart;
        _shares[number] = own / elapsed;
        allocated = GC.GetAllocatedBytesForCurrentThread() - allocated;
        if (found != operations)
        {
            _problem = $"{Name}: only {found} of {operations} operations did what they should.";
        }

        return Round.Of(operations, NeverWaits ? own : elapsed, allocated);
    }
}
