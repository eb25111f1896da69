using Larder.Tests.Support;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using static Larder.Tests.Support.TestCache;

namespace Larder.Tests.Wiring;

/// <summary>Bad settings of a cache: all of them at once, each with its name, its value, its limit and the remedy.</summary>
public sealed class CacheOptionsTests
{
    /// <summary>What is wrong after <see cref="SpoilEverything"/>, each part of the message by itself.</summary>
    private static readonly string[] Everything =
    [
        "FreshFor is -5s; set it to zero or more.",
        "StaleFor is TimeSpan.MaxValue; set it to at most 36500 days.",
        "FallbackFor is 36501 days; set it to at most 36500 days.",
        "MemoryFor is -1ms; set it to zero or more.",
        "SlidingFor is -2 days; set it to zero or more.",
        "NotFoundFor is -0.0001ms; set it to zero or more.",
        "SourceSoftTimeout is -1.5s; set it to zero or more.",
        "SourceTimeout is -1ms; set it to zero or more (zero: no limit).",
        "RefreshTimeout is -1s; set it to zero or more (zero: no limit).",
        "FailureThrottle is -1s; set it to zero or more.",
        "Jitter is NaN; set it from 0 to 1.",
        "RefreshAhead is 1; set it from 0 (off) to less than 1, such as 0.8.",
        "Size is -1; set it to zero or more bytes.",
        "Skip is 1024; combine only the named values of CacheSkip.",
    ];

    private static readonly string[] OfTheCache =
    [
        "MemoryLimit is 1000 bytes, but Sizer is null; set Sizer to measure values, or limit the entries.",
        "MaximumKeyLength is 0; set it from 1 to 65535.",
        "MaximumValueBytes is 0; set it from 1 to ",
        "MaxConcurrentRefreshes is -1; set it from 0 to ",
        "DrainTimeout is -1ms; set it to zero or more.",
    ];

    [Fact]
    public void Create_EverythingWrong_NamesAllOfIt()
    {
        var thrown = Assert.Throws<ArgumentException>(() => LarderCache.Create(SpoilCache, "products"));

        foreach (var problem in Everything.Concat(OfTheCache))
        {
            Assert.Contains("Larder:products:" + problem, thrown.Message, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData(null)]
    [InlineData("products")]
    public async Task DependencyInjection_EverythingWrong_NamesAllOfItWhenTheCacheIsFirstResolved(string? name)
    {
        var services = new ServiceCollection();
        _ = name is null ? services.AddLarder(SpoilCache) : services.AddLarder().AddCache(name, SpoilCache);
        await using var provider = services.BuildServiceProvider();

        var thrown = Assert.Throws<OptionsValidationException>(() =>
            name is null ? provider.GetRequiredService<ICache>() : provider.GetRequiredKeyedService<ICache>(name));

        Assert.Equal(Everything.Length + OfTheCache.Length, thrown.Failures.Count());
        foreach (var problem in Everything.Concat(OfTheCache))
        {
            Assert.Contains(
                thrown.Failures, failure => failure.StartsWith($"Larder:{name ?? "default"}:{problem}", StringComparison.Ordinal));
        }
    }

    [Fact]
    public void Create_DefaultsNull_IsRefused()
    {
        var thrown = Assert.Throws<ArgumentException>(() => LarderCache.Create(options => options.Defaults = null!));

        Assert.Contains("Larder:default:Defaults is null; set it to", thrown.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("a b")]
    [InlineData("a:b")]
    [InlineData("käse")]
    public void Name_WithOtherCharacters_IsRefused(string name)
    {
        Assert.Throws<ArgumentException>(() => LarderCache.Create(name: name));
        Assert.Throws<ArgumentException>(() => new ServiceCollection().AddLarder().AddCache(name));
    }

    [Fact]
    public void Name_Null_IsRefused()
    {
        Assert.Throws<ArgumentNullException>(() => LarderCache.Create(name: null!));
        Assert.Throws<ArgumentNullException>(() => new ServiceCollection().AddLarder().AddCache(null!));
    }

    [Fact]
    public async Task Name_WithLettersDigitsAndMarks_IsAccepted()
    {
        await using var cache = LarderCache.Create(name: "Az09-_.");

        Assert.Equal("Az09-_.", cache.Name);
    }

    [Fact]
    public async Task Boundaries_AreAccepted()
    {
        await using var cache = LarderCache.Create(options =>
        {
            options.Defaults = new EntryOptions
            {
                FreshFor = TimeSpan.FromDays(36_500),
                StaleFor = TimeSpan.Zero,
                SourceTimeout = TimeSpan.Zero,
                FailureThrottle = TimeSpan.FromTicks(1),
                Jitter = 1,
                RefreshAhead = Math.BitDecrement(1.0),
                Size = 0,
                Skip = CacheSkip.MemoryRead | CacheSkip.MemoryWrite | CacheSkip.Source,
            };
            options.MemoryLimit = MemoryLimit.Entries(long.MaxValue);
            options.MaximumKeyLength = 65_535;
            options.MaximumValueBytes = Array.MaxLength;
            options.MaxConcurrentRefreshes = int.MaxValue;
            options.DrainTimeout = TimeSpan.FromDays(36_500);
        });

        Assert.True(cache.IsEnabled);
    }

    [Theory]
    [InlineData(-0.0001)]
    [InlineData(1.0001)]
    [InlineData(double.PositiveInfinity)]
    [InlineData(double.NegativeInfinity)]
    [InlineData(double.NaN)]
    public void Shares_OutOfRange_AreRefused(double share)
    {
        var jitter = Assert.Throws<ArgumentException>(() => LarderCache.Create(options => options.Defaults.Jitter = share));
        Assert.Contains("Jitter", jitter.Message, StringComparison.Ordinal);
        var ahead = Assert.Throws<ArgumentException>(() => LarderCache.Create(options => options.Defaults.RefreshAhead = share));
        Assert.Contains("RefreshAhead", ahead.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Call_EverythingWrong_NamesAllOfItAndStoresNothing()
    {
        await using var cache = TestCache.Create(new FakeClock());
        await cache.SetAsync("there", "v");
        var bad = SpoilEverything(new EntryOptions());
        var verbs = new Func<Task>[]
        {
            async () => await cache.GetOrCreateAsync("k", Returns("v"), bad),
            async () => await cache.GetOrCreateAsync("there", Returns("v"), bad),
            async () => await cache.GetOrCreateAsync("k", 0, static (_, _) => new ValueTask<string>("v"), bad),
            async () => await cache.GetOrCreateAsync("k", 0, static (_, _, _) => new ValueTask<string>("v"), bad),
            async () => await cache.ResolveAsync("k", Returns("v"), bad),
            async () => await cache.GetAsync<string>("k", bad),
            async () => await cache.SetAsync("k", "v", bad),
            () => Task.FromResult(cache.For<string>("p:", bad)),
        };
        foreach (var verb in verbs)
        {
            var thrown = await Assert.ThrowsAsync<ArgumentException>(verb);
            foreach (var problem in Everything)
            {
                Assert.Contains("EntryOptions." + problem, thrown.Message, StringComparison.Ordinal);
            }
        }

        Assert.False(await cache.ExistsAsync("k"));
        Assert.Equal(0, cache.Statistics.SourceCalls);
    }

    [Fact]
    public async Task Factory_EverythingWrong_NamesAllOfItToEveryCaller()
    {
        await using var cache = TestCache.Create(new FakeClock());
        var source = new GatedSource<string>();
        var leader = cache.GetOrCreateAsync("k", (object?)null, source.ContextFactory).AsTask();
        var call = await source.NextCallAsync();
        var joiner = cache.GetOrCreateAsync("k", (object?)null, source.ContextFactory).AsTask();
        SpoilEverything(call.Context.Options);
        call.Answer("v");

        foreach (var caller in new[] { leader, joiner })
        {
            var thrown = await Assert.ThrowsAsync<ArgumentException>(() => caller.Soon());
            foreach (var problem in Everything)
            {
                Assert.Contains(problem, thrown.Message, StringComparison.Ordinal);
            }
        }

        Assert.False(await cache.ExistsAsync("k"));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Factory_BadOptionsAndSomethingToFallBackOn_AnswersTheSameWhetherItWaitsOrNot(bool waits)
    {
        var clock = new FakeClock();
        await using var cache = TestCache.Create(clock);
        var options = new EntryOptions { FreshFor = Seconds(1), FallbackFor = Minutes(1) };
        await cache.SetAsync("k", "old", options);
        clock.Advance(Seconds(2));

        var result = await cache.ResolveAsync(
            "k",
            waits,
            static async (waits, entry, _) =>
            {
                if (waits)
                {
                    await Task.Yield();
                }

                entry.Options.FreshFor = TimeSpan.MaxValue;
                return "new";
            },
            options).Soon();

        Assert.Equal((CacheStatus.Fallback, "old"), (result.Status, result.Value));
    }

    [Fact]
    public async Task Options_FoundBadOnceAndMended_AreAccepted()
    {
        await using var cache = TestCache.Create(new FakeClock());
        var options = new EntryOptions { FreshFor = Seconds(-1) };
        Assert.Throws<ArgumentException>(() => { _ = cache.SetAsync("k", "v", options); });
        options.FreshFor = Seconds(1);
        await cache.SetAsync("k", "v", options);

        Assert.Equal(Seconds(1), await cache.GetTimeToLiveAsync("k"));
    }

    private static EntryOptions SpoilEverything(EntryOptions options)
    {
        options.FreshFor = Seconds(-5);
        options.StaleFor = TimeSpan.MaxValue;
        options.FallbackFor = TimeSpan.FromDays(36_501);
        options.MemoryFor = TimeSpan.FromMilliseconds(-1);
        options.SlidingFor = TimeSpan.FromDays(-2);
        options.NotFoundFor = TimeSpan.FromTicks(-1);
        options.SourceSoftTimeout = Seconds(-1.5);
        options.SourceTimeout = Timeout.InfiniteTimeSpan;
        options.RefreshTimeout = Seconds(-1);
        options.FailureThrottle = Seconds(-1);
        options.Jitter = double.NaN;
        options.RefreshAhead = 1;
        options.Size = -1;
        options.Skip = (CacheSkip)1_024;
        return options;
    }

    private static void SpoilCache(CacheOptions options)
    {
        SpoilEverything(options.Defaults);
        options.MemoryLimit = MemoryLimit.Bytes(1_000);
        options.MaximumKeyLength = 0;
        options.MaximumValueBytes = 0;
        options.MaxConcurrentRefreshes = -1;
        options.DrainTimeout = Timeout.InfiniteTimeSpan;
    }
}
