using System.Runtime.CompilerServices;

namespace Larder.Signals;

/// <summary>
/// The counters of one cache, one stripe a processor, so that two threads on two processors never write the same
/// cache line. They are always on, because reading them is what statistics and observable instruments do: a memory
/// hit pays one uncontended increment whether or not anybody listens.
/// </summary>
internal sealed class CacheCounters
{
    // 32 longs are 256 bytes: whole cache lines, with the neighbour line that processors fetch along.
    private const int StripeLength = 32;
    private readonly long[] _cells;
    private readonly int _mask;

    internal CacheCounters()
    {
        var stripes = (int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)Math.Clamp(Environment.ProcessorCount, 1, 64));
        _mask = stripes - 1;

        // One stripe more: the array's header shares the first line, which stays unused.
        _cells = new long[(stripes + 1) * StripeLength];
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void Count(Counter counter)
    {
        var stripe = (Thread.GetCurrentProcessorId() & _mask) + 1;
        Interlocked.Increment(ref _cells[(stripe * StripeLength) + (int)counter]);
    }

    /// <summary>Counts where an answer from below memory was found, beside its status.</summary>
    internal void CountBelow(CacheStatus status, CacheTier tier)
    {
        var first = tier == CacheTier.Disk ? Counter.DiskHit : Counter.RemoteHit;
        if (tier is CacheTier.Disk or CacheTier.Remote && StepOf(status) is { } step)
        {
            Count(first + step);
        }
    }

    /// <summary>Answers of all statuses that came from below memory.</summary>
    internal long TotalBelow()
    {
        var total = 0L;
        for (var counter = Counter.DiskHit; counter <= Counter.RemoteFallback; counter++)
        {
            total += Total(counter);
        }

        return total;
    }

    internal void Add(Counter counter, long amount)
    {
        if (amount != 0)
        {
            var stripe = (Thread.GetCurrentProcessorId() & _mask) + 1;
            Interlocked.Add(ref _cells[(stripe * StripeLength) + (int)counter], amount);
        }
    }

    internal long Total(Counter counter)
    {
        var total = 0L;
        for (var at = StripeLength + (int)counter; at < _cells.Length; at += StripeLength)
        {
            total += Volatile.Read(ref _cells[at]);
        }

        return total;
    }

    private static int? StepOf(CacheStatus status) => status switch
    {
        CacheStatus.Hit => 0,
        CacheStatus.Stale => 1,
        CacheStatus.Expired => 2,
        CacheStatus.Fallback => 3,
        _ => null,
    };
}
