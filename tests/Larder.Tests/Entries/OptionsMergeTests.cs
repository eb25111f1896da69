using Larder.Tests.Support;
using static Larder.Tests.Support.TestCache;

namespace Larder.Tests.Entries;

/// <summary>The layers of options: library, cache, typed cache, call, policy, factory. Each wins field by field.</summary>
public sealed class OptionsMergeTests
{
    private readonly FakeClock _clock = new();

    /// <summary>The layers, the lowest first, each with its own freshness.</summary>
    [Theory]
    [InlineData(0, 300)]
    [InlineData(1, 1)]
    [InlineData(2, 2)]
    [InlineData(3, 3)]
    [InlineData(4, 4)]
    [InlineData(5, 5)]
    public async Task Load_FreshForGivenUpToALayer_TheHighestThatGivesItWins(int layers, int expectedSeconds)
    {
        await using var cache = TestCache.Create(_clock, options =>
        {
            options.Defaults.FreshFor = layers >= 1 ? Seconds(1) : null;
            options.TimelinePolicy = layers >= 4 ? new Policy(new EntryOptions { FreshFor = Seconds(4) }) : null;
        });
        var typed = cache.For<string>("p:", layers >= 2 ? new EntryOptions { FreshFor = Seconds(2) } : null);
        var call = layers >= 3 ? new EntryOptions { FreshFor = Seconds(3) } : null;

        var result = await typed.ResolveAsync(
            "k",
            layers,
            static (layers, entry, _) =>
            {
                if (layers >= 5)
                {
                    entry.Options.FreshFor = Seconds(5);
                }

                return new ValueTask<string>("v");
            },
            call);

        Assert.Equal(Seconds(expectedSeconds), result.RemainingFreshness);
        Assert.Equal(Seconds(expectedSeconds), await typed.GetTimeToLiveAsync("k"));
    }

    [Fact]
    public async Task Load_EachLayerGivesAnotherField_AllOfThemCount()
    {
        await using var cache = TestCache.Create(_clock, options =>
        {
            options.Defaults.FreshFor = Seconds(1);
            options.TimelinePolicy = new Policy(new EntryOptions { FallbackFor = Seconds(100) });
        });
        var typed = cache.For<string>("p:", new EntryOptions { StaleFor = Seconds(10) });

        await typed.GetOrCreateAsync(
            "k",
            0,
            static (_, entry, _) =>
            {
                entry.Options.MemoryFor = Seconds(50);
                return new ValueTask<string>("v");
            },
            new EntryOptions { SlidingFor = TimeSpan.FromMilliseconds(500) });

        // Sliding ends the freshness after 0.5 s, 10 s stale and 100 s fallback follow, and memory ends it all after 50 s.
        Assert.Equal(Seconds(50), await typed.GetTimeToLiveAsync("k"));
        Assert.Equal(TimeSpan.FromMilliseconds(500), (await typed.GetAsync("k")).RemainingFreshness);
        _clock.Advance(Seconds(10.4));
        Assert.Equal(CacheStatus.Stale, (await typed.GetAsync("k", new EntryOptions { ServeExpired = true })).Status);
        _clock.Advance(Seconds(0.1));
        Assert.Equal(CacheStatus.Expired, (await typed.GetAsync("k", new EntryOptions { ServeExpired = true })).Status);
        _clock.Advance(Seconds(39.5));
        Assert.Equal(CacheStatus.Absent, (await typed.GetAsync("k", new EntryOptions { ServeExpired = true })).Status);
    }

    [Fact]
    public async Task Set_LayersOfCacheTypedCallAndPolicy_WinInThatOrder()
    {
        await using var cache = TestCache.Create(_clock, options =>
        {
            options.Defaults.FreshFor = Seconds(1);
            options.Defaults.StaleFor = Seconds(10);
            options.TimelinePolicy = new Policy(new EntryOptions { StaleFor = Seconds(30) });
        });
        var typed = cache.For<string>("p:", new EntryOptions { FreshFor = Seconds(2) });

        await cache.SetAsync("a", "v");
        await typed.SetAsync("b", "v");
        await typed.SetAsync("c", "v", new EntryOptions { FreshFor = Seconds(3), StaleFor = Seconds(5) });

        Assert.Equal(Seconds(31), await cache.GetTimeToLiveAsync("a"));
        Assert.Equal(Seconds(32), await typed.GetTimeToLiveAsync("b"));
        Assert.Equal(Seconds(33), await typed.GetTimeToLiveAsync("c"));
    }

    [Fact]
    public async Task Call_ZeroOrFalse_WinsOverALayerThatSaidMore()
    {
        await using var cache = TestCache.Create(_clock, options =>
        {
            options.Defaults.StaleFor = Seconds(10);
            options.Defaults.FallbackFor = Seconds(10);
            options.Defaults.ServeExpired = true;
            options.Defaults.Isolate = true;
        });
        var value = new List<int> { 1 };

        await cache.SetAsync("k", value, new EntryOptions { FreshFor = Seconds(1), StaleFor = TimeSpan.Zero, Isolate = false });

        Assert.Same(value, (await cache.GetAsync<List<int>>("k")).Value);
        Assert.Equal(Seconds(11), await cache.GetTimeToLiveAsync("k"));
        _clock.Advance(Seconds(1));
        Assert.Equal(CacheStatus.Absent, (await cache.GetAsync<List<int>>("k", new EntryOptions { ServeExpired = false })).Status);
        Assert.Equal(CacheStatus.Expired, (await cache.GetAsync<List<int>>("k")).Status);
    }

    [Fact]
    public async Task Options_SharedByCachesOfDifferentDefaults_MergeOntoEach()
    {
        var shared = new EntryOptions { StaleFor = Seconds(5) };
        await using var one = TestCache.Create(_clock, options => options.Defaults.FreshFor = Seconds(1));
        await using var two = TestCache.Create(_clock, options => options.Defaults.FreshFor = Seconds(2));
        for (var i = 0; i < 3; i++)
        {
            await one.SetAsync("k", "v", shared);
            await two.SetAsync("k", "v", shared);

            Assert.Equal(Seconds(6), await one.GetTimeToLiveAsync("k"));
            Assert.Equal(Seconds(7), await two.GetTimeToLiveAsync("k"));
        }
    }

    [Fact]
    public async Task Options_ChangedBetweenCalls_CountAsTheyAreThen()
    {
        var options = new EntryOptions { FreshFor = Seconds(1) };
        await using var cache = TestCache.Create(_clock);
        await cache.SetAsync("k", "v", options);
        Assert.Equal(Seconds(1), await cache.GetTimeToLiveAsync("k"));

        options.FreshFor = Seconds(2);
        await cache.SetAsync("k", "v", options);
        Assert.Equal(Seconds(2), await cache.GetTimeToLiveAsync("k"));

        options.Skip = CacheSkip.MemoryRead;
        Assert.Equal(CacheStatus.Miss, (await cache.ResolveAsync("k", Returns("new"), options)).Status);
        options.FreshFor = Seconds(-1);
        Assert.Throws<ArgumentException>(() => { _ = cache.SetAsync("k", "v", options); });
    }

    [Fact]
    public async Task Defaults_ChangedAfterTheCacheWasMade_ChangeNothing()
    {
        var defaults = new EntryOptions { FreshFor = Seconds(1) };
        CacheOptions? kept = null;
        await using var cache = TestCache.Create(_clock, options =>
        {
            options.Defaults = defaults;
            kept = options;
        });
        var typed = cache.For<string>("p:", defaults);
        defaults.FreshFor = Seconds(9);
        kept!.Defaults = new EntryOptions { FreshFor = Seconds(8) };
        kept.IsEnabled = false;

        await cache.SetAsync("k", "v");
        await typed.SetAsync("k", "v");

        Assert.Equal(Seconds(1), await cache.GetTimeToLiveAsync("k"));
        Assert.Equal(Seconds(1), await typed.GetTimeToLiveAsync("k"));
    }

    [Fact]
    public async Task SkipOfTheTypedCache_CountsForAllItsVerbs()
    {
        await using var cache = TestCache.Create(_clock);
        var typed = cache.For<string>("p:", new EntryOptions { Skip = CacheSkip.MemoryRead });
        await typed.SetAsync("k", "v");

        Assert.Equal(CacheStatus.Absent, (await typed.GetAsync("k")).Status);
        Assert.Equal(CacheStatus.Miss, (await typed.ResolveAsync("k", Returns("new"))).Status);
        Assert.False(typed.TryGet("k", out _));
    }

    [Fact]
    public async Task SkipOfTheCache_TakenBackByTheTypedCache_CountsForAllItsVerbs()
    {
        await using var cache = TestCache.Create(_clock, options => options.Defaults.Skip = CacheSkip.MemoryRead);
        var typed = cache.For<object>("p:", new EntryOptions { Skip = CacheSkip.None, SlidingFor = Seconds(5) });
        await typed.SetAsync("k", "v");

        Assert.Equal(CacheStatus.Hit, (await typed.GetAsync("k")).Status);
        Assert.True(typed.TryGet("k", out _));
    }

    [Fact]
    public async Task FailureThrottle_SetByTheFactory_WinsOverTheCalls()
    {
        await using var cache = TestCache.Create(_clock);
        var options = new EntryOptions { FreshFor = Seconds(1), FallbackFor = Minutes(10), FailureThrottle = Seconds(1) };
        var asked = 0;
        ValueTask<string> Fails(int state, EntryContext entry, CancellationToken cancellationToken)
        {
            asked++;
            entry.Options.FailureThrottle = Seconds(30);
            throw new IOException("down");
        }

        await cache.SetAsync("k", "v", options);
        _clock.Advance(Seconds(2));
        Assert.Equal("v", await cache.GetOrCreateAsync("k", 0, Fails, options));
        _clock.Advance(Seconds(29));
        Assert.Equal("v", await cache.GetOrCreateAsync("k", 0, Fails, options));
        Assert.Equal(1, asked);

        _clock.Advance(Seconds(1));
        Assert.Equal("v", await cache.GetOrCreateAsync("k", 0, Fails, options));
        Assert.Equal(2, asked);
    }

    private sealed class Policy(EntryOptions? options) : ITimelinePolicy
    {
        public EntryOptions? OptionsFor<T>(string key, T value) => options;
    }
}
