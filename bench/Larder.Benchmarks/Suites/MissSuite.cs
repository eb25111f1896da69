using System.Collections.Concurrent;
using Larder.Benchmarks.Harness;
using Microsoft.Extensions.Caching.Memory;

namespace Larder.Benchmarks.Suites;

/// <summary>
/// Misses of one thread, each of another key that was made beforehand, with a factory that answers at once. The cache
/// has its default options. The garbage of other contestants is collected before each turn, a contestant's own
/// garbage at its own cost.
/// </summary>
/// <remarks>
/// miss/async: a cache that has held as many entries before, so that its map has its size, and which is below its
/// bound. miss/filling: a new cache, so that the growth of its map is part of it. miss/evicting: a cache at its bound
/// of 100,000 entries, so that each miss evicts another entry.
/// </remarks>
internal sealed class MissSuite : Suite
{
    private const int Batch = 80_000;
    private const int Bound = 100_000;
    private const int Rounds = 17;
    private const string Value = "a value";
    private static readonly TimeSpan FiveMinutes = TimeSpan.FromMinutes(5);

    internal override string Name => "miss";

    internal override string Description => "Misses of one thread with a factory that answers at once.";

    internal override SuiteResult Run()
    {
        var keys = new KeySet(Batch).Asked;
        var race = Race.Run(Rounds, Dictionary(keys), Memory(keys), Steady(keys), Filling(keys), Evicting());
        return new SuiteResult(
            [
                race.Alone("miss/async", Metric.Time),
                race.Alone("miss/filling", Metric.Time),
                race.Alone("miss/evicting", Metric.Time),
            ],
            [
                race.Alone(Peers.ConcurrentDictionary, Metric.Time),
                race.Alone(Peers.MemoryCache, Metric.Time),
            ]);
    }

    private static BatchContestant Dictionary(string[] keys)
    {
        var dictionary = new ConcurrentDictionary<string, string>();
        return new BatchContestant(Peers.ConcurrentDictionary, Batch, () => GetOrAdd(dictionary, keys))
        {
            Before = () =>
            {
                foreach (var key in keys)
                {
                    dictionary.TryRemove(key, out _);
                }

                GC.Collect();
            },
        };
    }

    private static BatchContestant Memory(string[] keys)
    {
        var memory = new MemoryCache(new MemoryCacheOptions());
        return new BatchContestant(Peers.MemoryCache, Batch, () => GetOrCreate(memory, keys))
        {
            Before = () =>
            {
                foreach (var key in keys)
                {
                    memory.Remove(key);
                }

                GC.Collect();
            },
        };
    }

    private static BatchContestant Steady(string[] keys)
    {
        var cache = LarderCache.Create(name: "steady");
        var misses = 0L;
        return new BatchContestant("miss/async", Batch, () => GetOrCreate(cache, keys))
        {
            Before = () =>
            {
                foreach (var key in keys)
                {
                    _ = cache.RemoveAsync(key);
                }

                misses = cache.Statistics.Misses;
                GC.Collect();
            },
            After = () => Require(cache.Statistics.Misses - misses == Batch, "miss/async: not every call was a miss."),
        };
    }

    private static BatchContestant Filling(string[] keys)
    {
        var cache = LarderCache.Create(name: "filling");
        return new BatchContestant("miss/filling", Batch, () => GetOrCreate(cache, keys))
        {
            Before = () =>
            {
                Close(cache);
                cache = LarderCache.Create(name: "filling");
                GC.Collect();
            },
            After = () => Require(cache.Statistics is { Misses: Batch, Entries: Batch }, "miss/filling: not every call was a miss."),
        };
    }

    private static BatchContestant Evicting()
    {
        // No key comes twice: what the cache has admitted once it may keep for long, however much passes by.
        var cache = LarderCache.Create(name: "evicting");
        var keys = Array.Empty<string>();
        var offset = Batch;
        var before = cache.Statistics;
        Renew();
        Fill();
        Renew();
        Fill();
        return new BatchContestant("miss/evicting", Batch, Fill)
        {
            Before = () =>
            {
                Renew();
                before = cache.Statistics;
                GC.Collect();
            },
            After = () =>
            {
                var after = cache.Statistics;
                var isSteady = after.Misses - before.Misses == Batch && after.Evictions - before.Evictions == Batch && after.Entries == Bound;
                Require(isSteady, "miss/evicting: not every call was a miss that evicted another entry.");
            },
        };

        void Fill() => GetOrCreate(cache, keys);

        void Renew()
        {
            keys = new KeySet(Batch, offset).Asked;
            offset += Batch;
        }
    }

    private static void GetOrCreate(ICache cache, string[] keys)
    {
        foreach (var key in keys)
        {
            Require(cache.GetOrCreateAsync(key, static _ => new ValueTask<string>(Value)).IsCompletedSuccessfully, "A miss has waited.");
        }
    }

    private static void GetOrAdd(ConcurrentDictionary<string, string> dictionary, string[] keys)
    {
        foreach (var key in keys)
        {
            dictionary.GetOrAdd(key, static _ => Value);
        }
    }

    private static void GetOrCreate(IMemoryCache memory, string[] keys)
    {
        foreach (var key in keys)
        {
            memory.GetOrCreate(key, static entry =>
            {
                entry.AbsoluteExpirationRelativeToNow = FiveMinutes;
                return Value;
            });
        }
    }
}
