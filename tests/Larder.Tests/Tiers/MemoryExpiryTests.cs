using Larder.Tests.Model;
using Larder.Tests.Support;
using static Larder.Tests.Support.TestCache;

namespace Larder.Tests.Tiers;

/// <summary>Memory gives back what nothing can be served from any more, and nothing before, also while nobody calls.</summary>
public sealed class MemoryExpiryTests
{
    // The map drops the dead one to three seconds late.
    private static readonly TimeSpan Lag = Seconds(3);

    private readonly FakeClock _clock = new();

    [Fact]
    public async Task IdleCache_EntriesWhoseTimeIsOver_AreGivenBackByTheClock()
    {
        await using var cache = TestCache.Create(_clock);
        for (var i = 0; i < 5_000; i++)
        {
            await cache.SetAsync($"k{i}", i, new EntryOptions { FreshFor = Seconds(i % 2 == 0 ? 10 : 100) });
        }

        _clock.Advance(Seconds(9));
        Assert.Equal((5_000, 0), (cache.Statistics.Entries, cache.Statistics.Expirations));
        _clock.Advance(Seconds(1) + Lag);
        Assert.Equal((2_500, 2_500), (cache.Statistics.Entries, cache.Statistics.Expirations));
        _clock.Advance(Seconds(90));
        Assert.Equal((0, 0, 5_000), (cache.Statistics.Entries, cache.Statistics.Weight, cache.Statistics.Expirations));
    }

    [Fact]
    public async Task IdleCache_StaleAndFallbackTime_AreWaitedFor()
    {
        await using var cache = TestCache.Create(_clock);
        var options = new EntryOptions { FreshFor = Seconds(10), StaleFor = Seconds(10), FallbackFor = Seconds(20) };
        await cache.SetAsync("k", 1, options);

        _clock.Advance(Seconds(39));
        var fallback = await cache.ResolveAsync<int>("k", _ => throw new IOException("down"), options);
        Assert.Equal((CacheStatus.Fallback, 1), (fallback.Status, fallback.Value));
        _clock.Advance(Seconds(1) + Lag);

        Assert.Equal((0, 1), (cache.Statistics.Entries, cache.Statistics.Expirations));
    }

    [Fact]
    public async Task IdleCache_MemoryFor_EndsTheStay()
    {
        await using var cache = TestCache.Create(_clock);
        await cache.SetAsync("k", 1, new EntryOptions { FreshFor = Minutes(10), FallbackFor = Minutes(10), MemoryFor = Seconds(10) });

        _clock.Advance(Seconds(9));
        Assert.Equal(1, cache.Statistics.Entries);
        _clock.Advance(Seconds(1) + Lag);

        Assert.Equal(0, cache.Statistics.Entries);
    }

    [Fact]
    public async Task ExpiredEntry_IsGivenBackAfterTheTimesThatItHasLeft()
    {
        await using var cache = TestCache.Create(_clock);
        await cache.SetAsync("k", 1, new EntryOptions { FreshFor = Minutes(10), StaleFor = Seconds(10) });
        await cache.ExpireAsync("k");

        _clock.Advance(Seconds(9));
        Assert.True(cache.TryGet<int>("k", out _));
        _clock.Advance(Seconds(1) + Lag);

        Assert.Equal((0, 1), (cache.Statistics.Entries, cache.Statistics.Expirations));
    }

    [Fact]
    public async Task SlidingEntry_LivesWhileItIsRead_AndNoLonger()
    {
        await using var cache = TestCache.Create(_clock);
        var sliding = new EntryOptions { FreshFor = Minutes(10), SlidingFor = Seconds(10) };
        await cache.SetAsync("read", 1, sliding);
        await cache.SetAsync("unread", 1, sliding);
        for (var i = 0; i < 6; i++)
        {
            _clock.Advance(Seconds(9));
            Assert.True(cache.TryGet<int>("read", out _));
        }

        Assert.Equal((1, 1), (cache.Statistics.Entries, cache.Statistics.Expirations));
        _clock.Advance(Seconds(10) + Lag);
        Assert.Equal((0, 2), (cache.Statistics.Entries, cache.Statistics.Expirations));
    }

    [Fact]
    public async Task SlidingEntry_ReadAgainAndAgain_EndsAtItsAbsoluteLimit()
    {
        await using var cache = TestCache.Create(_clock);
        await cache.SetAsync("k", 1, new EntryOptions { FreshFor = Minutes(1), SlidingFor = Seconds(10) });
        for (var i = 0; i < 59; i++)
        {
            _clock.Advance(Seconds(1));
            Assert.True(cache.TryGet<int>("k", out _));
        }

        _clock.Advance(Seconds(1));
        Assert.False(cache.TryGet<int>("k", out _));
        _clock.Advance(Lag);
        Assert.Equal(0, cache.Statistics.Entries);
    }

    [Fact]
    public async Task EntryOfAHundredYears_SurvivesAJumpOfTheClock()
    {
        await using var cache = TestCache.Create(_clock);
        await cache.SetAsync("k", 1, new EntryOptions { FreshFor = TimeSpan.FromDays(36_500) });

        _clock.Advance(TimeSpan.FromDays(36_000));
        await cache.SetAsync("other", 1);

        Assert.True(cache.TryGet<int>("k", out _));
    }

    [Fact]
    public async Task EntryReplaced_ByOneThatLivesLonger_IsNotDroppedAtTheOlderOnesTime()
    {
        await using var cache = TestCache.Create(_clock);
        await cache.SetAsync("k", 1, new EntryOptions { FreshFor = Seconds(5) });
        await cache.SetAsync("k", 2, new EntryOptions { FreshFor = Seconds(50) });

        _clock.Advance(Seconds(20));

        Assert.True(cache.TryGet<int>("k", out var value));
        Assert.Equal((2, 0), (value, cache.Statistics.Expirations));
    }

    [Fact]
    public async Task ManyEntriesAtOnce_TheRestOfTheWork_GoesThroughTheScheduler()
    {
        var scheduler = new StepScheduler(_clock, seed: 1);
        await using var cache = LarderCache.Create(new CacheOptions { TimeProvider = _clock, DrainTimeout = TimeSpan.Zero }, "steps", scheduler);
        for (var i = 0; i < 90_000; i++)
        {
            await cache.SetAsync($"k{i}", i, new EntryOptions { FreshFor = Seconds(10) });
        }

        Assert.Equal(0, scheduler.QueuedCount);
        _clock.Advance(Seconds(10) + Lag);
        await cache.SetAsync("other", 1);

        // A store does a share of what is due, the clock's visit another; what is left waits in the engine's own queue, and nowhere else.
        var left = cache.Statistics.Entries;
        Assert.InRange(left, 2, 89_999);
        Assert.True(scheduler.QueuedCount > 0);
        for (var i = 0; i < 100 && scheduler.QueuedCount > 0; i++)
        {
            scheduler.RunOne(0);
        }

        Assert.Equal((1, 90_000), (cache.Statistics.Entries, cache.Statistics.Expirations));
    }

    [Fact]
    public async Task SameSeedAndSteps_EvictTheSameEntries()
    {
        Assert.Equal(await SurvivorsAsync(seed: 5), await SurvivorsAsync(seed: 5));

        async Task<List<int>> SurvivorsAsync(int seed)
        {
            var clock = new FakeClock();
            var options = new CacheOptions { TimeProvider = clock, MemoryLimit = MemoryLimit.Entries(100), DrainTimeout = TimeSpan.Zero };
            await using var cache = LarderCache.Create(options, "steps", new StepScheduler(clock, seed));
            var random = new Random(3);
            for (var i = 0; i < 20_000; i++)
            {
                var key = (int)(1_000 * random.NextDouble() * random.NextDouble());
                await cache.GetOrCreateAsync($"k{key}", Returns(key));
            }

            return [.. Enumerable.Range(0, 1_000).Where(key => cache.TryGet<int>($"k{key}", out _))];
        }
    }
}
