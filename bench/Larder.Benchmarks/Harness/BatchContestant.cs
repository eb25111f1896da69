namespace Larder.Benchmarks.Harness;

/// <summary>
/// A fixed batch of operations that changes what it works on, so that everything must be made ready before each turn.
/// </summary>
/// <param name="name">The row's id, or the peer's name.</param>
/// <param name="operations">Operations of a batch.</param>
/// <param name="run">Does the batch.</param>
internal sealed class BatchContestant(string name, int operations, Action run) : Contestant(name)
{
    /// <summary>Done before each turn, untimed.</summary>
    internal Action? Before { get; init; }

    /// <summary>Done after each turn, untimed: the place to check that the batch did what it should.</summary>
    internal Action? After { get; init; }

    /// <summary>Replaces the warm-up by whole batches, for batches whose preparation takes long.</summary>
    internal Action? OtherWarmUp { get; init; }

    /// <summary>
    /// True when other threads take part in the work: then their bytes count too, and the elapsed time instead of this
    /// thread's.
    /// </summary>
    internal bool HasHelpers { get; init; }

    /// <summary>
    /// True when a part of the work is done in the background by and by: then the processor time of the whole process
    /// counts, and whatever is left over must be waited for in <see cref="After"/>.
    /// </summary>
    internal bool HasBackground { get; init; }

    /// <summary>The share of hits in the last batch, in percent, where the batch counts them.</summary>
    internal Func<double>? HitPercent { get; init; }

    /// <summary>True when a batch is so short that reading the thread's time would take a good part of it.</summary>
    internal bool IsShort { get; init; }

    internal override void WarmUp()
    {
        if (OtherWarmUp is not null)
        {
            OtherWarmUp();
        }
        else
        {
            Measure();
        }
    }

    internal override Round Measure()
    {
        Before?.Invoke();
        var allocated = Allocated();
        var elapsed = HasBackground ? Elapsed(ThreadTime.NowOfProcess) : HasHelpers || IsShort ? Elapsed(WallTime.Now) : Elapsed(ThreadTime.Now);
        allocated = Allocated() - allocated;
        After?.Invoke();
        return Round.Of(operations, elapsed, allocated) with { HitPercent = HitPercent?.Invoke() ?? double.NaN };
    }

    private double Elapsed(Func<double> clock)
    {
        var start = clock();
        run();
        return clock() - start;
    }

    private long Allocated() => HasHelpers ? GC.GetTotalAllocatedBytes(precise: true) : GC.GetAllocatedBytesForCurrentThread();
}
