using Larder.Tests.Support;
using static Larder.Tests.Support.TestCache;

namespace Larder.Tests.Entries;

/// <summary>The phases of an entry to the millisecond, as every verb sees them.</summary>
public sealed class TimelineTests : IAsyncDisposable
{
    // Fresh until 1,000, stale until 3,000, kept for a failing source until 6,000.
    private static readonly EntryOptions Whole = new()
    {
        FreshFor = TimeSpan.FromMilliseconds(1_000),
        StaleFor = TimeSpan.FromMilliseconds(2_000),
        FallbackFor = TimeSpan.FromMilliseconds(3_000),
    };

    private static readonly EntryOptions ServeExpired = new() { ServeExpired = true };

    private static readonly EntryOptions NoSource = new() { Skip = CacheSkip.Source };

    private readonly FakeClock _clock = new();
    private readonly ICache _cache;

    public TimelineTests() => _cache = TestCache.Create(_clock);

    public ValueTask DisposeAsync() => _cache.DisposeAsync();

    [Theory]
    [InlineData(0, CacheStatus.Hit)]
    [InlineData(999, CacheStatus.Hit)]
    [InlineData(1_000, CacheStatus.Stale)]
    [InlineData(2_999, CacheStatus.Stale)]
    [InlineData(3_000, CacheStatus.Absent)]
    [InlineData(5_999, CacheStatus.Absent)]
    [InlineData(6_000, CacheStatus.Absent)]
    public async Task GetAsync_AtEachBoundary_AnswersWithThePhase(int milliseconds, CacheStatus expected)
    {
        await _cache.SetAsync("k", "v", Whole);
        _clock.Advance(TimeSpan.FromMilliseconds(milliseconds));

        var result = await _cache.GetAsync<string>("k");

        Assert.Equal(expected, result.Status);
        var isThere = expected != CacheStatus.Absent;
        Assert.Equal(isThere, result.HasValue);
        Assert.Equal(isThere ? "v" : null, result.Value);
        Assert.Equal(isThere ? CacheTier.Memory : CacheTier.None, result.Tier);
        Assert.Equal(TimeSpan.FromMilliseconds(isThere ? milliseconds : 0), result.Age);
        Assert.Equal(TimeSpan.FromMilliseconds(Math.Max(0, isThere ? 1_000 - milliseconds : 0)), result.RemainingFreshness);
        Assert.False(result.IsNotFound);
        Assert.Equal(isThere, result.TryGetValue(out _));
    }

    [Theory]
    [InlineData(2_999, CacheStatus.Stale)]
    [InlineData(3_000, CacheStatus.Expired)]
    [InlineData(5_999, CacheStatus.Expired)]
    [InlineData(6_000, CacheStatus.Absent)]
    public async Task GetAsync_WithServeExpired_AnswersUntilTheEndOfTheFallback(int milliseconds, CacheStatus expected)
    {
        await _cache.SetAsync("k", "v", Whole);
        _clock.Advance(TimeSpan.FromMilliseconds(milliseconds));

        var result = await _cache.GetAsync<string>("k", ServeExpired);

        Assert.Equal(expected, result.Status);
        Assert.Equal(TimeSpan.Zero, result.RemainingFreshness);
    }

    [Theory]
    [InlineData(999, CacheStatus.Hit)]
    [InlineData(1_000, CacheStatus.Stale)]
    [InlineData(2_999, CacheStatus.Stale)]
    [InlineData(3_000, CacheStatus.Miss)]
    [InlineData(6_000, CacheStatus.Miss)]
    public async Task ResolveAsync_AtEachBoundary_AnswersFromMemoryOrFromTheSource(int milliseconds, CacheStatus expected)
    {
        await _cache.SetAsync("k", "v", Whole);
        _clock.Advance(TimeSpan.FromMilliseconds(milliseconds));

        var result = await _cache.ResolveAsync("k", Returns("new"), Whole);

        Assert.Equal(expected, result.Status);
        var isLoaded = expected == CacheStatus.Miss;
        Assert.Equal(isLoaded ? "new" : "v", result.Value);
        Assert.Equal(isLoaded ? CacheTier.Source : CacheTier.Memory, result.Tier);
        Assert.Equal(TimeSpan.FromMilliseconds(isLoaded ? 0 : milliseconds), result.Age);
        Assert.Equal(
            TimeSpan.FromMilliseconds(isLoaded ? 1_000 : Math.Max(0, 1_000 - milliseconds)), result.RemainingFreshness);
    }

    [Theory]
    [InlineData(3_000, CacheStatus.Expired)]
    [InlineData(5_999, CacheStatus.Expired)]
    [InlineData(6_000, CacheStatus.Miss)]
    public async Task ResolveAsync_WithServeExpired_ServesTheOldValueAtOnceAndRefreshes(int milliseconds, CacheStatus expected)
    {
        await _cache.SetAsync("k", "v", Whole);
        _clock.Advance(TimeSpan.FromMilliseconds(milliseconds));

        var result = await _cache.ResolveAsync("k", Returns("new"), ServeExpired);

        Assert.Equal(expected, result.Status);
        Assert.Equal(expected == CacheStatus.Expired ? "v" : "new", result.Value);
        await Bounded.Until(() => _cache.TryGet<string>("k", out var now) && now == "new");
    }

    [Theory]
    [InlineData(3_000, CacheStatus.Fallback)]
    [InlineData(5_999, CacheStatus.Fallback)]
    public async Task ResolveAsync_FailingSourceWithinTheFallbackTime_ServesTheOldValue(int milliseconds, CacheStatus expected)
    {
        await _cache.SetAsync("k", "v", Whole);
        _clock.Advance(TimeSpan.FromMilliseconds(milliseconds));

        var result = await _cache.ResolveAsync<string>("k", _ => throw new IOException("down"), Whole);

        Assert.Equal((expected, "v", CacheTier.Memory), (result.Status, result.Value, result.Tier));
        Assert.Equal(TimeSpan.FromMilliseconds(milliseconds), result.Age);
        Assert.Equal(TimeSpan.Zero, result.RemainingFreshness);
    }

    [Fact]
    public async Task ResolveAsync_FailingSourceAfterTheFallbackTime_Throws()
    {
        await _cache.SetAsync("k", "v", Whole);
        _clock.Advance(Seconds(6));

        await Assert.ThrowsAsync<IOException>(
            () => _cache.ResolveAsync<string>("k", _ => throw new IOException("down"), Whole).AsTask());
    }

    [Theory]
    [InlineData(0, true, true, 6_000)]
    [InlineData(999, true, true, 5_001)]
    [InlineData(1_000, true, true, 5_000)]
    [InlineData(2_999, true, true, 3_001)]
    [InlineData(3_000, false, false, 3_000)]
    [InlineData(5_999, false, false, 1)]
    [InlineData(6_000, false, false, null)]
    public async Task TryGetExistsAndTimeToLive_AtEachBoundary_AgreeWithTheTimeline(
        int milliseconds, bool isFound, bool exists, int? timeToLive)
    {
        await _cache.SetAsync("k", "v", Whole);
        _clock.Advance(TimeSpan.FromMilliseconds(milliseconds));

        Assert.Equal(timeToLive is { } left ? TimeSpan.FromMilliseconds(left) : null, await _cache.GetTimeToLiveAsync("k"));
        Assert.Equal(exists, await _cache.ExistsAsync("k"));
        Assert.Equal(isFound, _cache.TryGet<string>("k", out var value));
        Assert.Equal(isFound ? "v" : null, value);
    }

    [Fact]
    public async Task TryGet_CacheServesExpiredValues_StillAnswersForHitAndStaleOnly()
    {
        await using var cache = TestCache.Create(_clock, options => options.Defaults.ServeExpired = true);
        await cache.SetAsync("k", "v", Whole);
        _clock.Advance(Seconds(3));

        Assert.False(cache.TryGet<string>("k", out _));
        Assert.False(await cache.ExistsAsync("k"));
    }

    [Fact]
    public async Task TryGet_StaleValue_StartsNoRefresh()
    {
        await _cache.SetAsync("k", "v", Whole);
        _clock.Advance(Seconds(2));

        Assert.True(_cache.TryGet<string>("k", out _));
        await _cache.GetAsync<string>("k");

        Assert.Equal(0, _cache.Statistics.Refreshes);
        Assert.Equal(2, _cache.Statistics.StaleHits);
    }

    [Theory]
    [InlineData(0, CacheStatus.Hit)]
    [InlineData(2_000, CacheStatus.Stale)]
    [InlineData(3_000, CacheStatus.Absent)]
    public async Task ResolveAsync_SkippingTheSource_AnswersFromMemoryAloneAndStartsNoRefresh(int milliseconds, CacheStatus expected)
    {
        await _cache.SetAsync("k", "v", Whole);
        _clock.Advance(TimeSpan.FromMilliseconds(milliseconds));

        var result = await _cache.ResolveAsync("k", Never<string>(), NoSource);

        Assert.Equal(expected, result.Status);
        Assert.Equal(0, _cache.Statistics.Refreshes);
        Assert.Equal(0, _cache.Statistics.SourceCalls);
    }

    [Fact]
    public async Task GetOrCreateAsync_NothingThereAndSourceSkipped_AnswersTheDefault()
    {
        Assert.Null(await _cache.GetOrCreateAsync("k", Never<string>(), NoSource));
        Assert.Equal(0, await _cache.GetOrCreateAsync("n", Never<int>(), NoSource));
        Assert.Equal(2, _cache.Statistics.Absences);
    }

    [Theory]
    [InlineData(499, CacheStatus.Hit, 1)]
    [InlineData(500, CacheStatus.Absent, 0)]
    public async Task MemoryFor_ShorterThanTheTimeline_EndsTheEntry(int milliseconds, CacheStatus expected, int left)
    {
        await _cache.SetAsync(
            "k", "v", new EntryOptions { FreshFor = Seconds(1), StaleFor = Seconds(9), MemoryFor = TimeSpan.FromMilliseconds(500) });
        _clock.Advance(TimeSpan.FromMilliseconds(milliseconds));

        var result = await _cache.GetAsync<string>("k", ServeExpired);

        Assert.Equal(expected, result.Status);
        Assert.Equal(TimeSpan.FromMilliseconds(left), result.RemainingFreshness);
        Assert.Equal(left == 0 ? null : TimeSpan.FromMilliseconds(left), await _cache.GetTimeToLiveAsync("k"));
    }

    [Fact]
    public async Task MemoryFor_LongerThanTheTimeline_DoesNotLengthenIt()
    {
        await _cache.SetAsync("k", "v", new EntryOptions { FreshFor = Seconds(1), MemoryFor = Minutes(10) });
        Assert.Equal(Seconds(1), await _cache.GetTimeToLiveAsync("k"));

        _clock.Advance(Seconds(1));

        Assert.Equal(CacheStatus.Absent, (await _cache.GetAsync<string>("k")).Status);
    }

    [Fact]
    public async Task FreshForZero_WithStaleTime_IsStaleAtOnce()
    {
        await _cache.SetAsync("k", "v", new EntryOptions { FreshFor = TimeSpan.Zero, StaleFor = Seconds(1) });

        Assert.Equal(CacheStatus.Stale, (await _cache.GetAsync<string>("k")).Status);
    }

    [Fact]
    public async Task FreshForZero_WithoutOtherTimes_IsNeverServed()
    {
        await _cache.SetAsync("k", "v", new EntryOptions { FreshFor = TimeSpan.Zero });

        Assert.False(_cache.TryGet<string>("k", out _));
        Assert.Null(await _cache.GetTimeToLiveAsync("k"));
    }

    [Fact]
    public async Task FreshForLessThanAMillisecond_IsRoundedUpToOne()
    {
        await _cache.SetAsync("k", "v", new EntryOptions { FreshFor = TimeSpan.FromTicks(1) });
        Assert.True(_cache.TryGet<string>("k", out _));

        _clock.Advance(TimeSpan.FromMilliseconds(1));

        Assert.False(_cache.TryGet<string>("k", out _));
    }

    [Fact]
    public async Task LongestDurations_AreKeptToTheLastMillisecond()
    {
        var longest = TimeSpan.FromDays(36_500);
        await _cache.SetAsync("k", "v", new EntryOptions { FreshFor = longest, StaleFor = longest, FallbackFor = longest });
        Assert.Equal(3 * longest, await _cache.GetTimeToLiveAsync("k"));

        _clock.Advance(longest - TimeSpan.FromMilliseconds(1));
        Assert.Equal(CacheStatus.Hit, (await _cache.GetAsync<string>("k")).Status);
        _clock.Advance(TimeSpan.FromMilliseconds(1));
        Assert.Equal(CacheStatus.Stale, (await _cache.GetAsync<string>("k")).Status);
        _clock.Advance(2 * longest);
        Assert.Equal(CacheStatus.Absent, (await _cache.GetAsync<string>("k", ServeExpired)).Status);
    }

    [Fact]
    public async Task LibraryDefaults_WithoutAnyOptions_AreFiveMinutesFreshAndNothingAfter()
    {
        await _cache.SetAsync("k", "v");
        Assert.Equal(Minutes(5), await _cache.GetTimeToLiveAsync("k"));

        _clock.Advance(Minutes(5) - TimeSpan.FromMilliseconds(1));
        Assert.True(_cache.TryGet<string>("k", out _));
        _clock.Advance(TimeSpan.FromMilliseconds(1));
        Assert.False(_cache.TryGet<string>("k", out _));
    }
}
