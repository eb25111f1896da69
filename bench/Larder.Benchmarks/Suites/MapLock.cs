using Larder.Benchmarks.Harness;
using Larder.Memory;

namespace Larder.Benchmarks.Suites;

/// <summary>
/// memory/lock: how long the maintenance lock is held, at the 99.9th percentile of all times that it is taken, while
/// keys of Zipf 0.99 over two million are looked up and inserted in a map full with a million entries. By the clock on
/// the wall: what the garbage collector and other processes take while the lock is held belongs to it.
/// </summary>
internal static class MapLock
{
    private const int Entries = 1_000_000;
    private const int DifferentKeys = 2 * Entries;
    private const int Batch = 200_000;
    private const int Rounds = 7;
    private const int HoldsPerOperation = 4;

    internal static SuiteResult Run()
    {
        var probe = new HoldTimes();
        var map = new BoundedMap<string, string>(new BoundedMapOptions<string, string> { Capacity = Entries }, probe);
        MapLoops.Set(map, new KeySet(Entries, offset: DifferentKeys).Stored);
        var row = new ZipfKeys(DifferentKeys);
        var keys = new string[Batch];
        var result = new RaceResult();
        Turn();
        for (var round = 0; round < Rounds; round++)
        {
            result.Add("memory/lock", Round.Of(1, Turn(), allocatedBytes: 0) with { BytesPerOperation = null });
        }

        return new SuiteResult([result.Alone("memory/lock", Metric.Time)], []);

        double Turn()
        {
            row.Fill(keys);
            probe.Restart(Batch * HoldsPerOperation);
            MapLoops.GetOrInsert(map, keys);
            return probe.Longest();
        }
    }
}
