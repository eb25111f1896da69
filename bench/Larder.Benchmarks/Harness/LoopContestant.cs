namespace Larder.Benchmarks.Harness;

/// <summary>
/// A loop of one thread that can run any number of times: it goes over its keys as often as fills a round.
/// </summary>
/// <param name="name">The row's id, or the peer's name.</param>
/// <param name="operationsPerPass">Operations of one pass over the keys.</param>
/// <param name="run">Makes that many passes and returns how many operations found what they should; that must be all.</param>
internal sealed class LoopContestant(string name, int operationsPerPass, Func<int, long> run) : Contestant(name)
{
    private const int WarmUpPasses = 40;
    private const double RoundNanoseconds = 30e6;
    private int _passes = 1;

    /// <summary>Done before each turn, untimed.</summary>
    internal Action? Before { get; init; }

    /// <summary>Done after each turn, untimed.</summary>
    internal Action? After { get; init; }

    internal override void WarmUp()
    {
        Before?.Invoke();
        for (var i = 0; i < WarmUpPasses; i++)
        {
            run(1);
        }

        After?.Invoke();
    }

    internal override void Calibrate()
    {
        var start = ThreadTime.Now();
        var passes = 0;
        while (ThreadTime.Now() - start < RoundNanoseconds)
        {
            run(1);
            passes++;
        }

        _passes = passes;
    }

    internal override Round Measure()
    {
        Before?.Invoke();
        var allocated = GC.GetAllocatedBytesForCurrentThread();
        var start = ThreadTime.Now();
        var found = run(_passes);
        var elapsed = ThreadTime.Now() - start;
        allocated = GC.GetAllocatedBytesForCurrentThread() - allocated;
        After?.Invoke();
        var operations = (long)_passes * operationsPerPass;
        return found == operations
            ? Round.Of(operations, elapsed, allocated)
            : throw new InvalidOperationException($"{Name}: only {found} of {operations} operations did what they should.");
    }
}
