using Larder.Memory;

namespace Larder.HitRatio;

/// <summary>Larder's own map on a trace: reproducible with one thread, and replayed by several as they come.</summary>
internal static class MapSimulation
{
    private const int Seed = 20261120;

    internal static Ratio Run(IReadOnlyList<Access> trace, long capacity, bool weighted, int threads)
    {
        var map = new BoundedMap<ulong, long>(new BoundedMapOptions<ulong, long>
        {
            Capacity = capacity,
            Weigher = weighted ? static (_, size) => size : null,
            Scheduler = threads == 1 ? MapScheduler.Inline : MapScheduler.Pool,
            ConcurrencyLevel = threads == 1 ? 1 : Environment.ProcessorCount,
            Random = new Random(Seed),
        });
        var next = -1;
        if (threads == 1)
        {
            return Play(map, trace, ref next);
        }

        var parts = new Ratio[threads];
        var players = new Thread[threads];
        for (var i = 0; i < threads; i++)
        {
            var part = i;
            players[i] = new Thread(() => parts[part] = Play(map, trace, ref next));
            players[i].Start();
        }

        foreach (var player in players)
        {
            player.Join();
        }

        return parts.Aggregate(default(Ratio), (sum, part) => sum.Plus(part));
    }

    /// <summary>Plays the requests that are nobody else's: whoever is free takes the next, so the order of the trace is nearly kept.</summary>
    private static Ratio Play(BoundedMap<ulong, long> map, IReadOnlyList<Access> trace, ref int next)
    {
        var ratio = default(Ratio);
        for (var i = Interlocked.Increment(ref next); i < trace.Count; i = Interlocked.Increment(ref next))
        {
            var access = trace[i];
            var hit = map.TryGet(access.Key, out var size);
            ratio = ratio.Plus(access, hit);
            if (!hit || size != access.Size)
            {
                map.Set(access.Key, access.Size);
            }
        }

        return ratio;
    }
}
