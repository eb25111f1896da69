using Larder.Benchmarks.Harness;
using Larder.Memory;

namespace Larder.Benchmarks.Suites;

/// <summary>
/// memory/insert: a map at its bound of 100,000 entries takes in keys that it does not hold, so that each evicts
/// another. No key comes twice.
/// </summary>
internal static class MapInsert
{
    private const int Capacity = 100_000;
    private const int Batch = 80_000;
    private const int Rounds = 15;

    internal static SuiteResult Run()
    {
        var keys = new string[Batch];
        var map = new BoundedMap<string, string>(Capacity);
        var next = KeySet.FirstId;
        var evicted = 0L;
        while (map.Count < Capacity)
        {
            map.Set(KeySet.Key(next++), MapLoops.Value);
        }

        var race = Race.Run(
            Rounds,
            new BatchContestant("memory/insert", Batch, () => MapLoops.Set(map, keys))
            {
                Before = () =>
                {
                    for (var i = 0; i < Batch; i++)
                    {
                        keys[i] = KeySet.Key(next++);
                    }

                    GC.Collect();
                    evicted = map.Statistics.EvictedForCapacity;
                },
                After = () =>
                {
                    map.Maintain();
                    if (map.Statistics.EvictedForCapacity - evicted != Batch || map.Count != Capacity)
                    {
                        throw new InvalidOperationException("memory/insert: not every insert has evicted another entry.");
                    }
                },
            });
        return new SuiteResult([race.Alone("memory/insert", Metric.Time)], []);
    }
}
