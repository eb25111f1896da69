using Larder.Tests.Support;
using static Larder.Tests.Support.TestCache;

namespace Larder.Tests.Tiers;

/// <summary>Memory stays within its bound, and what goes first is what nobody wants.</summary>
public sealed class MemoryBoundTests
{
    // What an entry with a key of four characters weighs besides its value.
    private const long Overhead = 290 + (4 * sizeof(char));

    private readonly FakeClock _clock = new();

    [Fact]
    public async Task BoundByCount_ManyMoreEntries_NeverExceedsIt()
    {
        await using var cache = TestCache.Create(_clock, options => options.MemoryLimit = MemoryLimit.Entries(10));
        for (var i = 0; i < 1_000; i++)
        {
            await cache.SetAsync($"k{i}", i);
            Assert.True(cache.TryGet<int>($"k{i}", out _), "The newest entry is not the one to go.");
            Assert.InRange(cache.Statistics.Entries, 1, 10);
        }

        Assert.Equal((10, 10, 10), (cache.Statistics.Entries, cache.Statistics.Weight, cache.Statistics.WeightLimit));
        Assert.Equal(990, cache.Statistics.Evictions);
    }

    [Fact]
    public async Task BoundByCount_IgnoresSizesAndTheSizer()
    {
        await using var cache = TestCache.Create(_clock, options =>
        {
            options.MemoryLimit = MemoryLimit.Entries(2);
            options.Sizer = _ => throw new InvalidOperationException("The sizer must not be asked here.");
        });
        await cache.SetAsync("a", 1, new EntryOptions { Size = long.MaxValue });
        await cache.SetAsync("b", 2);

        Assert.Equal((2, 2), (cache.Statistics.Entries, cache.Statistics.Weight));
    }

    [Fact]
    public async Task BoundOfOne_KeepsTheNewestEntry()
    {
        await using var cache = TestCache.Create(_clock, options => options.MemoryLimit = MemoryLimit.Entries(1));
        await cache.SetAsync("a", 1);
        await cache.SetAsync("b", 2);

        Assert.False(cache.TryGet<int>("a", out _));
        Assert.True(cache.TryGet<int>("b", out _));
    }

    [Fact]
    public async Task BoundByBytes_SizerMeasures_WeightIsValueKeyAndOverhead()
    {
        await using var cache = Sized(10_000);
        await cache.SetAsync("key1", 1_000L);
        Assert.Equal(Overhead + 1_000, cache.Statistics.Weight);

        await cache.SetAsync("key1", 500L);
        Assert.Equal(Overhead + 500, cache.Statistics.Weight);
        await cache.RemoveAsync("key1");
        Assert.Equal(0, cache.Statistics.Weight);
    }

    [Fact]
    public async Task BoundByBytes_ManyMoreBytes_NeverExceedsIt()
    {
        await using var cache = Sized(10_000);
        for (var i = 0; i < 500; i++)
        {
            await cache.SetAsync($"key{i}", (i % 7) * 300L);
            Assert.InRange(cache.Statistics.Weight, 1, 10_000);
        }

        Assert.True(cache.Statistics.Evictions > 0);
    }

    [Fact]
    public async Task SizeOption_WinsOverTheSizer()
    {
        await using var cache = Sized(10_000);
        await cache.SetAsync("a", 5_000L, new EntryOptions { Size = 10 });
        await cache.GetOrCreateAsync("b", 0, static (_, entry, _) =>
        {
            entry.Options.Size = 7;
            return new ValueTask<long>(5_000);
        });

        Assert.Equal(17, cache.Statistics.Weight);
    }

    [Fact]
    public async Task SizerThatThrows_ValueIsServedNotStored()
    {
        using var log = new LogCollector();
        await using var cache = TestCache.Create(_clock, options =>
        {
            options.MemoryLimit = MemoryLimit.Bytes(10_000);
            options.Sizer = _ => throw new InvalidOperationException("no size");
            options.LoggerFactory = log;
        });

        Assert.Equal("v", await cache.GetOrCreateAsync("k", Returns("v")));

        Assert.Equal(0, cache.Statistics.Entries);
        Assert.Equal(6, Assert.Single(log.Records).Id.Id);
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(long.MinValue)]
    public async Task SizerThatAnswersLessThanNothing_CountsAsZero(long size)
    {
        await using var cache = Sized(10_000);
        await cache.SetAsync("key1", size);

        Assert.Equal(Overhead, cache.Statistics.Weight);
    }

    [Theory]
    [InlineData(10_001)]
    [InlineData(long.MaxValue - 100)]
    [InlineData(long.MaxValue)]
    public async Task EntryHeavierThanTheBound_IsServedNotStored_AndTheOlderOneIsGone(long size)
    {
        await using var cache = Sized(10_000);
        await cache.SetAsync("key1", 1L);
        await cache.SetAsync("key2", 1L);

        Assert.Equal(size, await cache.GetOrCreateAsync("key1", Returns(size), new EntryOptions { Skip = CacheSkip.MemoryRead }));
        await cache.SetAsync("key2", size);

        Assert.False(await cache.ExistsAsync("key1"));
        Assert.False(await cache.ExistsAsync("key2"));
        Assert.Equal((0, 0, 2), (cache.Statistics.Entries, cache.Statistics.Weight, cache.Statistics.TooLarge));
    }

    [Fact]
    public async Task EntryAsHeavyAsTheBound_InAnEmptyCache_IsStored()
    {
        await using var cache = Sized(10_000);
        await cache.SetAsync("key1", 10_000 - Overhead);

        Assert.True(await cache.ExistsAsync("key1"));
        Assert.Equal((1, 10_000), (cache.Statistics.Entries, cache.Statistics.Weight));
    }

    [Fact]
    public async Task EntryThatWouldPushOutAllTheOthers_MustBeMoreInDemandThanThey()
    {
        await using var cache = Sized(10_000);
        for (var i = 0; i < 10; i++)
        {
            await cache.SetAsync($"key{i}", 500L);
            cache.TryGet<long>($"key{i}", out _);
        }

        await cache.SetAsync("huge", 10_000 - Overhead);

        Assert.Equal((10, 1), (cache.Statistics.Entries, cache.Statistics.Evictions));
        Assert.False(await cache.ExistsAsync("huge"));
    }

    [Fact]
    public async Task HugeSizesUnderAHugeBound_WeightNeverOverflows()
    {
        await using var cache = Sized(long.MaxValue);
        for (var i = 0; i < 5; i++)
        {
            await cache.SetAsync($"k{i}", 0L, new EntryOptions { Size = long.MaxValue - 1 });
            Assert.InRange(cache.Statistics.Weight, 1, long.MaxValue);
        }

        Assert.Equal(1, cache.Statistics.Entries);
    }

    [Fact]
    public async Task Eviction_EntriesInUse_MostlySurviveThoseNobodyReads()
    {
        const int limit = 1_000;
        const int loved = 100;
        await using var cache = TestCache.Create(_clock, options =>
        {
            options.MemoryLimit = MemoryLimit.Entries(limit);
            options.Defaults.FreshFor = Minutes(1_000);
        });
        for (var i = 0; i < loved; i++)
        {
            await cache.SetAsync($"loved{i}", i);
        }

        for (var i = 0; i < 10 * limit; i++)
        {
            if (i % 10 == 0)
            {
                _clock.Advance(TimeSpan.FromMilliseconds(1));
                for (var j = 0; j < loved; j++)
                {
                    cache.TryGet<int>($"loved{j}", out _);
                }
            }

            await cache.SetAsync($"once{i}", i);
        }

        // The recently read are 100 of 1,000; chance alone would have thrown out nearly all of them by now.
        var survivors = Enumerable.Range(0, loved).Count(i => cache.TryGet<int>($"loved{i}", out _));
        Assert.True(survivors >= 95, $"Only {survivors} of {loved} survived.");
    }

    [Fact]
    public async Task ExpiredEntries_MakeRoomBeforeLivingOnes()
    {
        await using var cache = TestCache.Create(_clock, options => options.MemoryLimit = MemoryLimit.Entries(1_000));
        for (var i = 0; i < 900; i++)
        {
            await cache.SetAsync($"short{i}", i, new EntryOptions { FreshFor = Seconds(1) });
        }

        for (var i = 0; i < 100; i++)
        {
            await cache.SetAsync($"long{i}", i);
        }

        _clock.Advance(Seconds(2));
        for (var i = 0; i < 500; i++)
        {
            await cache.SetAsync($"new{i}", i);
        }

        Assert.True(cache.Statistics.Expirations >= 500);
        var survivors = Enumerable.Range(0, 100).Count(i => cache.TryGet<int>($"long{i}", out _));
        Assert.True(survivors >= 95, $"Only {survivors} of 100 survived.");
    }

    [Fact]
    public async Task ExpiredEntries_NobodyReadsThem_AreSweptByLaterStores()
    {
        await using var cache = TestCache.Create(_clock);
        for (var i = 0; i < 1_000; i++)
        {
            await cache.SetAsync($"short{i}", i, new EntryOptions { FreshFor = Seconds(1) });
        }

        _clock.Advance(Seconds(2));
        for (var i = 0; i < 3_000; i++)
        {
            await cache.SetAsync("one", i);
        }

        Assert.InRange(cache.Statistics.Entries, 1, 50);
    }

    [Fact]
    public async Task EntriesOfARemovedTag_NobodyReadsThem_AreSweptByLaterStores()
    {
        await using var cache = TestCache.Create(_clock);
        for (var i = 0; i < 1_000; i++)
        {
            await cache.SetAsync($"k{i}", i, tags: ["t"]);
        }

        await cache.RemoveByTagAsync("t");
        for (var i = 0; i < 3_000; i++)
        {
            await cache.SetAsync("one", i);
        }

        Assert.InRange(cache.Statistics.Entries, 1, 50);
        Assert.True(cache.Statistics.Invalidations > 900);
    }

    [Fact]
    public void Limits_OutOfRange_AreRefused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => MemoryLimit.Entries(0));
        Assert.Throws<ArgumentOutOfRangeException>(() => MemoryLimit.Bytes(-1));
        Assert.Equal((100_000, false), (default(MemoryLimit).Amount, default(MemoryLimit).IsInBytes));
        Assert.Equal(MemoryLimit.Entries(100_000), default);
        Assert.Equal("5 bytes", MemoryLimit.Bytes(5).ToString());
    }

    private ICache Sized(long bytes) => TestCache.Create(_clock, options =>
    {
        options.MemoryLimit = MemoryLimit.Bytes(bytes);
        options.Sizer = value => (long)value!;
    });
}
