using Larder.Benchmarks.Harness;

namespace Larder.Benchmarks.Suites;

/// <summary>
/// Hits of one thread over 10,000 entries, see <see cref="FilledCaches"/>. The values are strings, one for each key.
/// Every call goes through <see cref="ICache"/>, as an application's does.
/// </summary>
/// <remarks>
/// <para>
/// hit/stale: the entries are stale from the start, and their source has failed once and is left alone for an hour, so
/// that what is timed is the serving of stale values and not the refreshes. hit/listener: see
/// <see cref="MetricsListening"/>; it listens during the turns of this row only.
/// </para>
/// </remarks>
internal sealed class HitSuite : Suite
{
    private const int Entries = 10_000;
    private const int Rounds = 41;
    private static readonly TimeSpan Long = TimeSpan.FromHours(1);

    internal override string Name => "hit";

    internal override string Description => "Hits of one thread.";

    internal override SuiteResult Run()
    {
        var keys = new KeySet(Entries);
        var asked = keys.Asked;
        using var caches = new FilledCaches(keys);
        var plain = caches.Plain;
        var tagged = caches.Tagged;
        var stale = StaleCache(keys);
        var misses = (Plain: plain.Statistics.Misses, Tagged: tagged.Statistics.Misses);
        var sourceCalls = stale.Statistics.SourceCalls;
        MetricsListening? listening = null;

        Contestant[] contestants =
        [
            Loop(Peers.ConcurrentDictionary, passes => HitLoops.TryGetDictionary(caches.Dictionary, asked, passes)),
            Loop(Peers.MemoryCache, passes => HitLoops.TryGetMemoryCache(caches.Memory, asked, passes)),
            Loop("hit/async", passes => HitLoops.GetOrCreate(plain, asked, passes)),
            Loop("hit/state", passes => HitLoops.GetOrCreateWithState(plain, asked, keys.Ids, passes)),
            Loop("hit/tryget", passes => HitLoops.TryGet(plain, asked, passes)),
            Loop("hit/interpolated", passes => HitLoops.GetOrCreateInterpolated(plain, keys.Ids, passes)),
            Loop("hit/resolve", passes => HitLoops.Resolve(plain, asked, passes)),
            Loop("hit/tags3", passes => HitLoops.GetOrCreate(tagged, asked, passes)),
            Loop("hit/stale", passes => HitLoops.GetOrCreate(stale, asked, passes)),
            new LoopContestant("hit/listener", Entries, passes => HitLoops.GetOrCreate(plain, asked, passes))
            {
                Before = () => listening = new MetricsListening(),
                After = () =>
                {
                    Require(listening!.Measurements > 0, "hit/listener: the listener was told nothing.");
                    listening.Dispose();
                },
            },
        ];
        var race = Race.Run(Rounds, contestants);

        Require(plain.Statistics.Misses == misses.Plain && plain.Statistics.StaleHits == 0, "The plain cache has served other things than hits.");
        Require(tagged.Statistics.Misses == misses.Tagged && tagged.Statistics.StaleHits == 0, "The tagged cache has served other things than hits.");
        Require(stale.Statistics is { Misses: 0, Hits: 0 }, "The stale cache has served other things than stale values.");
        Require(stale.Statistics.SourceCalls == sourceCalls, "hit/stale: refreshes ran in the timed loop.");
        Close(stale);
        return new SuiteResult(Rows(race), [race.Alone(Peers.ConcurrentDictionary, Metric.Time), race.Alone(Peers.MemoryCache, Metric.Time)]);
    }

    private static List<Row> Rows(RaceResult race)
    {
        var rows = new List<Row>();
        Add("hit/async", Peers.ConcurrentDictionary, Peers.MemoryCache);
        Add("hit/state", Peers.ConcurrentDictionary, Peers.MemoryCache);
        Add("hit/tryget", Peers.ConcurrentDictionary, Peers.MemoryCache);
        Add("hit/interpolated", Peers.ConcurrentDictionary);
        Add("hit/tags3", Peers.HitAsync);
        Add("hit/stale", Peers.HitAsync);
        Add("hit/listener", Peers.HitAsync);
        Add("hit/resolve", Peers.ConcurrentDictionary, Peers.HitAsync);
        return rows;

        void Add(string id, params ReadOnlySpan<string> peers)
        {
            foreach (var peer in peers)
            {
                rows.Add(race.Beside(id, peer, Metric.Time));
            }
        }
    }

    private static ICache StaleCache(KeySet keys)
    {
        var cache = LarderCache.Create(
            static options =>
            {
                options.Defaults.FreshFor = TimeSpan.Zero;
                options.Defaults.StaleFor = Long;
                options.Defaults.FailureThrottle = Long;
                options.MaxConcurrentRefreshes = Entries;
            },
            "stale");
        foreach (var key in keys.Stored)
        {
            Require(cache.SetAsync(key, KeySet.ValueOf(key)).IsCompletedSuccessfully, "A value was not stored at once.");
            var value = cache.GetOrCreateAsync(key, static _ => ValueTask.FromException<string>(new TimeoutException("The source is down.")));
            Require(value is { IsCompletedSuccessfully: true }, "hit/stale: a stale value was not served at once.");
        }

        var hasFailed = SpinWait.SpinUntil(() => cache.Statistics.SourceFailures == Entries, TimeSpan.FromSeconds(10));
        Require(hasFailed, "hit/stale: not every first refresh has ended.");
        return cache;
    }

    private static LoopContestant Loop(string name, Func<int, long> run) => new(name, Entries, run);
}
