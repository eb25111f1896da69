using Larder.Benchmarks.Harness;
using Larder.Memory;
using Microsoft.Extensions.Caching.Memory;

namespace Larder.Benchmarks.Suites;

/// <summary>
/// memory/zipf: keys of Zipf 0.99 over ten times the capacity, looked up and inserted where they are missing, in a
/// map at its bound and in a memory cache at its <c>SizeLimit</c>. A throughput without its hit ratio says little, so
/// that is a row too: refusing what is new, as the memory cache does while it is full, is quick work.
/// </summary>
/// <remarks>
/// What counts is the processor time of the whole process, the background included: the memory cache makes room
/// there, by sorting all its entries. Keys are made before each turn. What is left over in the background after a
/// turn of the memory cache is waited for and counts for nobody.
/// </remarks>
internal static class MapZipf
{
    private const int KeysPerEntry = 10;
    private const int Batch = 100_000;
    private const int Rounds = 11;

    // How long a compaction of the memory cache may still be under way after its turn.
    private static readonly TimeSpan Rest = TimeSpan.FromMilliseconds(40);

    internal static SuiteResult Run(string id, int capacity)
    {
        var map = new BoundedMap<string, string>(capacity);
        using var memory = new MemoryCache(new MemoryCacheOptions { SizeLimit = capacity });
        var race = Race.Run(
            Rounds,
            Contestant(Peers.MemoryCache, capacity, keys => MapLoops.GetOrInsert(memory, keys), static () => Thread.Sleep(Rest)),
            Contestant(id, capacity, keys => MapLoops.GetOrInsert(map, keys)));
        if (map.Statistics.EvictedForCapacity == 0 || memory.Count > capacity)
        {
            throw new InvalidOperationException($"{id}: a bound was not reached, or not kept.");
        }

        var peer = $"{Peers.MemoryCache}-{id[(id.IndexOf('/', StringComparison.Ordinal) + 1)..]}";
        return new SuiteResult(
            [
                race.Beside(id, Peers.MemoryCache, Metric.Throughput),
                race.Beside(id, Peers.MemoryCache, Metric.HitRatio) with { Id = $"{id}-hits", Bytes = null },
            ],
            [
                race.Alone(Peers.MemoryCache, Metric.Throughput) with { Id = peer },
                race.Alone(Peers.MemoryCache, Metric.HitRatio) with { Id = $"{peer}-hits", Bytes = null },
            ]);
    }

    private static BatchContestant Contestant(string name, int capacity, Func<string[], long> run, Action? after = null)
    {
        var row = new ZipfKeys(capacity * KeysPerEntry);
        var keys = new string[Batch];
        var found = 0L;
        return new BatchContestant(name, Batch, () => found = run(keys))
        {
            HasBackground = true,
            HitPercent = () => found * 100.0 / Batch,
            Before = () =>
            {
                row.Fill(keys);
                GC.Collect();
            },
            After = after,
        };
    }
}
