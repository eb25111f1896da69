using Larder.Benchmarks.Harness;

namespace Larder.Benchmarks.Suites;

/// <summary>
/// TryGet hits of two threads over the same 10,000 entries: what both do together in a second. Each thread goes over
/// the keys in an order of its own.
/// </summary>
internal sealed class ThreadsSuite : Suite
{
    private const int Entries = 10_000;
    private const int Threads = 2;
    private const int Rounds = 41;
    private const int OtherOrderSeed = 7;

    internal override string Name => "threads";

    internal override string Description => "TryGet hits of two threads, operations of both together.";

    internal override SuiteResult Run()
    {
        var keys = new KeySet(Entries);
        var other = keys.Asked.ToArray();
        new Random(OtherOrderSeed).Shuffle(other);
        string[][] asked = [keys.Asked, other];
        using var caches = new FilledCaches(keys);
        var before = caches.Plain.Statistics;

        var race = Race.Run(
            Rounds,
            Loop(Peers.ConcurrentDictionary, thread => HitLoops.TryGetDictionary(caches.Dictionary, asked[thread], passes: 1)),
            Loop(Peers.MemoryCache, thread => HitLoops.TryGetMemoryCache(caches.Memory, asked[thread], passes: 1)),
            Loop("threads/2", thread => HitLoops.TryGet(caches.Plain, asked[thread], passes: 1)));

        var after = caches.Plain.Statistics;
        Require(after.Requests - before.Requests == after.Hits - before.Hits, "threads/2 has served other things than hits.");
        return new SuiteResult(
            [
                race.Beside("threads/2", Peers.ConcurrentDictionary, Metric.Throughput),
                race.Beside("threads/2", Peers.MemoryCache, Metric.Throughput),
            ],
            [
                race.Alone(Peers.ConcurrentDictionary, Metric.Throughput),
                race.Alone(Peers.MemoryCache, Metric.Throughput),
            ]);
    }

    private static ThreadsContestant Loop(string name, Func<int, long> pass) =>
        new(name, Threads, Entries, pass) { NeverWaits = true };
}
