using Larder.Benchmarks.Harness;

namespace Larder.Benchmarks.Suites;

/// <summary>
/// Removing a tag that a million entries carry, beside removing one key of the same million.
/// </summary>
/// <remarks>
/// Before each round every entry is stored anew with all the tags, so that what is removed is really there and alive:
/// some keys first, then the tags, of which the first takes the million entries with it (and the others are still
/// carried by them in memory). A turn is therefore only a few removals, right after a million stores: both contestants
/// run with cold processor caches, and their times are longer than in a loop. After each round it is checked that a
/// sample of the entries was served before and is not served any more.
/// </remarks>
internal sealed class RemoveSuite : Suite
{
    private const int Entries = 1_000_000;
    private const int Limit = 1_200_000;
    private const int Removals = 4;
    private const int Rounds = 15;
    private const int SampleStep = 997;
    private const string Value = "a value";
    private static readonly TimeSpan Long = TimeSpan.FromHours(1);
    private static readonly string[] Tags = [.. Enumerable.Range(0, Removals).Select(static i => $"tag:{i}")];

    // Equal to the tags that were stored, but other instances.
    private static readonly string[] AskedTags = [.. Enumerable.Range(0, Removals).Select(static i => $"tag:{i}")];

    internal override string Name => "remove";

    internal override string Description => "Removing a tag that a million entries carry, and removing one key.";

    internal override SuiteResult Run()
    {
        var keys = new KeySet(Entries);
        var cache = LarderCache.Create(
            static options =>
            {
                options.Defaults.FreshFor = Long;
                options.MemoryLimit = MemoryLimit.Entries(Limit);
            },
            "remove");
        var byKey = new BatchContestant(Peers.RemoveKey, Removals, () => RemoveKeys(cache, keys.Asked))
        {
            Before = () =>
            {
                Fill(cache, keys.Stored);
                Require(cache.Statistics.Entries == Entries, "remove: not every entry is in memory.");
                Require(Served(cache, keys.Asked) == SampleSize, "remove: an entry is missing before the removal.");
            },
            IsShort = true,
            After = () => Require(cache.Statistics.Entries == Entries - Removals, "remove/key: an entry is still there."),
            OtherWarmUp = WarmUp,
        };
        var byTag = new BatchContestant("remove/tag1M", Removals, () => RemoveTags(cache, AskedTags))
        {
            IsShort = true,
            After = () =>
            {
                Require(Served(cache, keys.Asked) == 0, "remove/tag1M: a removed entry was served.");

                // Storing a million entries over a million dead ones takes twice as long as into an empty cache.
                _ = cache.ClearAsync();
            },
            OtherWarmUp = static () => { },
        };
        var race = Race.Run(Rounds, byKey, byTag);

        Close(cache);
        return new SuiteResult([race.Beside("remove/tag1M", Peers.RemoveKey, Metric.Time)], [race.Alone(Peers.RemoveKey, Metric.Time)]);
    }

    private static int SampleSize => (Entries - Removals - 1) / SampleStep + 1;

    private static void Fill(ICache cache, string[] keys)
    {
        foreach (var key in keys)
        {
            Require(cache.SetAsync(key, Value, options: null, Tags).IsCompletedSuccessfully, "A value was not stored at once.");
        }
    }

    private static void RemoveKeys(ICache cache, string[] keys)
    {
        for (var i = 0; i < Removals; i++)
        {
            Require(cache.RemoveAsync(keys[i]).IsCompletedSuccessfully, "A removal has waited.");
        }
    }

    private static void RemoveTags(ICache cache, string[] tags)
    {
        for (var i = 0; i < Removals; i++)
        {
            Require(cache.RemoveByTagAsync(tags[i]).IsCompletedSuccessfully, "A removal has waited.");
        }
    }

    /// <summary>How many of a sample of the keys, other than those removed one by one, are served.</summary>
    private static int Served(ICache cache, string[] keys)
    {
        var served = 0;
        for (var i = Removals; i < keys.Length; i += SampleStep)
        {
            served += cache.TryGet<string>(keys[i], out _) ? 1 : 0;
        }

        return served;
    }

    /// <summary>The same verbs many times on a small cache: a million stores a time would take too long.</summary>
    private static void WarmUp()
    {
        const int Times = 200;
        var keys = new KeySet(Removals).Asked;
        var cache = LarderCache.Create(name: "small");
        for (var i = 0; i < Times; i++)
        {
            Fill(cache, keys);
            RemoveKeys(cache, keys);
            Fill(cache, keys);
            RemoveTags(cache, AskedTags);
            Served(cache, keys);
        }

        Close(cache);
    }
}
