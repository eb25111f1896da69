using System.Collections.Concurrent;
using Larder.Benchmarks.Harness;
using Larder.Memory;
using Microsoft.Extensions.Caching.Memory;

namespace Larder.Benchmarks.Suites;

/// <summary>
/// memory/hit, memory/hit-expiry and memory/hit-2threads: look-ups that all find their entry, among 10,000 in a map
/// that has room for them all. Filled as an application fills its caches, see <see cref="FilledCaches"/>.
/// </summary>
internal static class MapHits
{
    private const int Entries = 10_000;
    private const int Threads = 2;
    private const int Rounds = 15;
    private const int ThreadRounds = 11;
    private const int OtherOrderSeed = 7;
    private const int Portions = 4;
    private static readonly TimeSpan TieringPause = TimeSpan.FromMilliseconds(150);
    private static readonly EntryExpiry Long = EntryExpiry.After(TimeSpan.FromHours(1));

    internal static SuiteResult Run()
    {
        var keys = new KeySet(Entries);
        var other = keys.Asked.ToArray();
        new Random(OtherOrderSeed).Shuffle(other);
        string[][] asked = [keys.Asked, other];
        var dictionary = new ConcurrentDictionary<string, string>();
        using var memory = new MemoryCache(new MemoryCacheOptions());
        var plain = new BoundedMap<string, string>(Entries * 2);
        var timed = new BoundedMap<string, string>(Entries * 2);
        for (var i = 0; i < Entries; i++)
        {
            var key = keys.Stored[i];
            var value = KeySet.ValueOf(key);
            dictionary.GetOrAdd(key, value);
            memory.GetOrCreate(key, _ => value);
            plain.GetOrAdd(key, static (_, value) => value, value);
            timed.GetOrAdd(key, static (_, value) => value, value, Long);
            if (i % (Entries / Portions) == 0)
            {
                Thread.Sleep(TieringPause);
            }
        }

        var misses = plain.Statistics.Misses + timed.Statistics.Misses;

        var one = Race.Run(
            Rounds,
            new LoopContestant(Peers.ConcurrentDictionary, Entries, passes => HitLoops.TryGetDictionary(dictionary, asked[0], passes)),
            new LoopContestant(Peers.MemoryCache, Entries, passes => HitLoops.TryGetMemoryCache(memory, asked[0], passes)),
            new LoopContestant("memory/hit", Entries, passes => MapLoops.TryGet(plain, asked[0], passes)),
            new LoopContestant("memory/hit-expiry", Entries, passes => MapLoops.TryGet(timed, asked[0], passes)));
        var two = Race.Run(
            ThreadRounds,
            Together($"{Peers.ConcurrentDictionary}-2threads", thread => HitLoops.TryGetDictionary(dictionary, asked[thread], passes: 1)),
            Together("memory/hit-2threads", thread => MapLoops.TryGet(plain, asked[thread], passes: 1)));

        if (plain.Statistics.Misses + timed.Statistics.Misses != misses)
        {
            throw new InvalidOperationException("memory/hit: a map has served other things than hits.");
        }

        return new SuiteResult(
            [
                one.Beside("memory/hit", Peers.ConcurrentDictionary, Metric.Time),
                one.Beside("memory/hit", Peers.MemoryCache, Metric.Time),
                one.Beside("memory/hit-expiry", Peers.ConcurrentDictionary, Metric.Time),
                one.Beside("memory/hit-expiry", Peers.MemoryCache, Metric.Time),
                two.Beside("memory/hit-2threads", $"{Peers.ConcurrentDictionary}-2threads", Metric.Throughput) with { To = Peers.ConcurrentDictionary },
            ],
            [
                one.Alone(Peers.ConcurrentDictionary, Metric.Time),
                one.Alone(Peers.MemoryCache, Metric.Time),
                two.Alone($"{Peers.ConcurrentDictionary}-2threads", Metric.Throughput),
            ]);
    }

    private static ThreadsContestant Together(string name, Func<int, long> pass) =>
        new(name, Threads, Entries, pass) { NeverWaits = true };
}
