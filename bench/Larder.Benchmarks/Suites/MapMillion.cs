using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Larder.Benchmarks.Harness;
using Larder.Memory;
using Microsoft.Extensions.Caching.Memory;

namespace Larder.Benchmarks.Suites;

/// <summary>
/// What a million entries cost. memory/overhead: bytes of the heap beyond keys and values, a share of each entry, with
/// table, policy and timer wheel. memory/gc: a full blocking collection while nothing else is on the heap than a map
/// or a memory cache of a million entries, whose keys and values were made one after the other as they were stored.
/// </summary>
internal static class MapMillion
{
    private const int Entries = 1_000_000;
    private const int FewestBuilds = 2;
    private const int MostBuilds = 5;
    private const int CollectionsPerBuild = 3;
    private const double LongEnough = 6e9;
    private static readonly TimeSpan Long = TimeSpan.FromHours(1);

    internal static SuiteResult Overhead()
    {
        var keys = new KeySet(Entries).Stored;
        var result = new RaceResult();
        result.Add(Peers.ConcurrentDictionary, Weigh(keys, static () => new ConcurrentDictionary<string, string>(), static (map, key) => map[key] = MapLoops.Value));
        result.Add(Peers.MemoryCache, Weigh(keys, static () => new MemoryCache(new MemoryCacheOptions()), static (map, key) => map.Set(key, MapLoops.Value, Long)));
        result.Add("memory/overhead", Weigh(keys, NewMap, static (map, key) => map.Set(key, MapLoops.Value)));
        result.Add("memory/overhead-expiry", Weigh(keys, NewMap, static (map, key) => map.Set(key, MapLoops.Value, EntryExpiry.After(Long))));
        result.Add("memory/overhead-sliding", Weigh(keys, NewMap, static (map, key) => map.Set(key, MapLoops.Value, EntryExpiry.Sliding(Long))));
        return new SuiteResult(
            [
                result.Beside("memory/overhead", Peers.MemoryCache, Metric.Size),
                result.Beside("memory/overhead-expiry", Peers.MemoryCache, Metric.Size),
                result.Beside("memory/overhead-sliding", Peers.MemoryCache, Metric.Size),
            ],
            [
                result.Alone(Peers.ConcurrentDictionary, Metric.Size) with { Id = $"{Peers.ConcurrentDictionary}-overhead" },
                result.Alone(Peers.MemoryCache, Metric.Size) with { Id = $"{Peers.MemoryCache}-overhead" },
            ]);
    }

    internal static SuiteResult Collection()
    {
        var result = new RaceResult();
        var start = WallTime.Now();
        for (var build = 0; build < MostBuilds && (build < FewestBuilds || WallTime.Now() - start < LongEnough); build++)
        {
            Collect(result, Peers.MemoryCache, static () => new MemoryCache(new MemoryCacheOptions()), static (map, key) => map.Set(key, KeySet.ValueOf(key), Long));
            Collect(result, "memory/gc", NewMap, static (map, key) => map.Set(key, KeySet.ValueOf(key)));
            Collect(result, "memory/gc-expiry", NewMap, static (map, key) => map.Set(key, KeySet.ValueOf(key), EntryExpiry.After(Long)));
        }

        return new SuiteResult(
            [
                result.Beside("memory/gc", Peers.MemoryCache, Metric.Time),
                result.Beside("memory/gc-expiry", Peers.MemoryCache, Metric.Time),
            ],
            [result.Alone(Peers.MemoryCache, Metric.Time) with { Id = $"{Peers.MemoryCache}-gc" }]);
    }

    private static BoundedMap<string, string> NewMap() => new(Entries);

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static Round Weigh<T>(string[] keys, Func<T> create, Action<T, string> store)
    {
        var before = GC.GetTotalMemory(forceFullCollection: true);
        var map = create();
        foreach (var key in keys)
        {
            store(map, key);
        }

        var after = GC.GetTotalMemory(forceFullCollection: true);
        GC.KeepAlive(map);
        (map as IDisposable)?.Dispose();
        return Round.OfSize((double)(after - before) / keys.Length);
    }

    // A method of its own, so that nothing of it is left on the stack, and on the heap, when the next one's turn has come.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Collect<T>(RaceResult result, string name, Func<T> create, Action<T, string> store)
    {
        var map = create();
        for (var i = 0; i < Entries; i++)
        {
            store(map, KeySet.Key(KeySet.FirstId + i));
        }

        // What moves the survivors to the oldest generation is not what comes again and again.
        GC.Collect();
        GC.Collect();
        for (var i = 0; i < CollectionsPerBuild; i++)
        {
            var start = ThreadTime.Now();
            GC.Collect(GC.MaxGeneration, GCCollectionMode.Forced, blocking: true);
            result.Add(name, Round.Of(1, ThreadTime.Now() - start, allocatedBytes: 0) with { BytesPerOperation = null });
        }

        GC.KeepAlive(map);
        (map as IDisposable)?.Dispose();
    }
}
