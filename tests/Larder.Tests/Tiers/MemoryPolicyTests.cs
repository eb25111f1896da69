using Larder.Entrance;
using Larder.Tests.Support;
using static Larder.Tests.Support.TestCache;

namespace Larder.Tests.Tiers;

/// <summary>Whom memory gives up when it is full: not what is in demand.</summary>
public sealed class MemoryPolicyTests
{
    private const int Limit = 1_000;
    private const int Popular = 500;

    private readonly FakeClock _clock = new();

    [Fact]
    public async Task Scan_OfTenTimesTheLimit_LeavesThePopularEntriesInMemory()
    {
        await using var cache = Filled();
        for (var i = 0; i < 10 * Limit; i++)
        {
            await cache.GetOrCreateAsync($"once{i}", Returns(i));
        }

        // A policy of recency alone would have none of them left, and one of chance a few.
        AssertPopularSurvive(cache);
        Assert.InRange(cache.Statistics.Entries, Limit - 1, Limit);
    }

    [Fact]
    public async Task Scan_BoundedByBytes_LeavesThePopularEntriesInMemory()
    {
        await using var cache = Filled(options =>
        {
            options.MemoryLimit = MemoryLimit.Bytes(Limit * 1_000);
            options.Sizer = _ => 600;
        });
        for (var i = 0; i < 10 * Limit; i++)
        {
            await cache.GetOrCreateAsync($"once{i}", Returns(i));
        }

        AssertPopularSurvive(cache);
    }

    [Fact]
    public async Task Loop_LongerThanTheLimit_IsPartlyServed()
    {
        await using var cache = TestCache.Create(_clock, options => options.MemoryLimit = MemoryLimit.Entries(Limit));
        const int length = Limit * 3 / 2;
        for (var i = 0; i < 20 * length; i++)
        {
            await cache.GetOrCreateAsync($"k{i % length}", Returns(i));
        }

        // The least recently used entry is always the one that is asked for next, so a policy of recency would never hit.
        Assert.InRange(cache.Statistics.HitRatio, 0.5, 0.67);
    }

    [Fact]
    public async Task EntriesOfARemovedTag_NobodyReadsThem_MakeRoomForLivingOnes()
    {
        await using var cache = TestCache.Create(_clock, options => options.MemoryLimit = MemoryLimit.Entries(Limit));
        for (var i = 0; i < Limit; i++)
        {
            await cache.SetAsync($"dead{i}", i, tags: ["t"]);
            cache.TryGet<int>($"dead{i}", out _);
            cache.TryGet<int>($"dead{i}", out _);
        }

        await cache.RemoveByTagAsync("t");
        for (var i = 0; i < Limit * 3 / 4; i++)
        {
            await cache.SetAsync($"new{i}", i);
        }

        // Two are looked at for each store, so all of the dead are gone; admission by demand alone would have kept them.
        Assert.Equal(Limit * 3 / 4, Enumerable.Range(0, Limit).Count(i => cache.TryGet<int>($"new{i}", out _)));
        Assert.Equal(Limit, cache.Statistics.Invalidations + cache.Statistics.Evictions);
        Assert.True(cache.Statistics.Invalidations > Limit * 3 / 4);
    }

    [Fact]
    public async Task Clear_AfterATagRemovalHalfSweptAway_KeepsNothingOfTheEntriesAlive()
    {
        await using var cache = TestCache.Create(_clock);
        var values = await FillAndClearAsync(cache);

        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect();

        Assert.Equal(0, values.Count(value => value.IsAlive));
    }

    private static async Task<List<WeakReference>> FillAndClearAsync(ICache cache)
    {
        var values = new List<WeakReference>();
        for (var i = 0; i < 200; i++)
        {
            var value = new object();
            values.Add(new WeakReference(value));
            await cache.SetAsync($"k{i}", value, tags: ["t"]);
        }

        await cache.RemoveByTagAsync("other");
        await cache.SetAsync("k0", new object());
        await cache.ClearAsync();
        return values;
    }

    private static void AssertPopularSurvive(ICache cache)
    {
        ((Cache)cache).Flows.Parts.Memory.Maintain();
        var survivors = Enumerable.Range(0, Popular).Count(i => cache.TryGet<int>($"popular{i}", out _));
        Assert.True(survivors >= Popular * 97 / 100, $"Only {survivors} of {Popular} survived.");
    }

    private ICache Filled(Action<CacheOptions>? configure = null)
    {
        var cache = TestCache.Create(_clock, options =>
        {
            options.MemoryLimit = MemoryLimit.Entries(Limit);
            configure?.Invoke(options);
        });
        for (var round = 0; round < 5; round++)
        {
            for (var i = 0; i < Popular; i++)
            {
                Assert.True(cache.GetOrCreateAsync($"popular{i}", Returns(i)).IsCompletedSuccessfully);
            }
        }

        return cache;
    }
}
