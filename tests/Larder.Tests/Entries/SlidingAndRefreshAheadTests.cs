using Larder.Tests.Support;
using static Larder.Tests.Support.TestCache;

namespace Larder.Tests.Entries;

/// <summary>Freshness that ends by disuse, and refreshes that start before it ends.</summary>
public sealed class SlidingAndRefreshAheadTests : IAsyncDisposable
{
    private static readonly TimeSpan Millisecond = TimeSpan.FromMilliseconds(1);

    private static readonly EntryOptions Sliding = new() { FreshFor = Seconds(10), SlidingFor = Seconds(3), StaleFor = Seconds(5) };

    private static readonly EntryOptions Ahead = new() { FreshFor = Seconds(10), StaleFor = Seconds(5), RefreshAhead = 0.8 };

    private readonly FakeClock _clock = new();
    private readonly ICache _cache;

    public SlidingAndRefreshAheadTests() => _cache = TestCache.Create(_clock);

    public ValueTask DisposeAsync() => _cache.DisposeAsync();

    [Fact]
    public async Task SlidingFor_NobodyReads_FreshnessEndsAfterIt()
    {
        await _cache.SetAsync("k", "v", Sliding);
        Assert.Equal(Seconds(8), await _cache.GetTimeToLiveAsync("k"));

        _clock.Advance(Seconds(3));

        Assert.Equal(CacheStatus.Stale, (await _cache.GetAsync<string>("k")).Status);
    }

    [Fact]
    public async Task SlidingFor_ReadInTime_MovesTheEndOfFreshness()
    {
        await _cache.SetAsync("k", "v", Sliding);
        _clock.Advance(Seconds(3) - Millisecond);
        var read = await _cache.GetAsync<string>("k");
        Assert.Equal((CacheStatus.Hit, Seconds(3)), (read.Status, read.RemainingFreshness));

        _clock.Advance(Seconds(3) - Millisecond);
        Assert.Equal(CacheStatus.Hit, (await _cache.ResolveAsync("k", Never<string>())).Status);

        _clock.Advance(Seconds(3));
        Assert.Equal(CacheStatus.Stale, (await _cache.GetAsync<string>("k")).Status);
    }

    [Fact]
    public async Task SlidingFor_ReadAllTheTime_NeverOutlivesFreshFor()
    {
        await _cache.SetAsync("k", "v", Sliding);
        for (var second = 1; second < 10; second++)
        {
            _clock.Advance(Seconds(1));
            var read = await _cache.GetAsync<string>("k");
            Assert.Equal(CacheStatus.Hit, read.Status);
            Assert.Equal(Seconds(Math.Min(3, 10 - second)), read.RemainingFreshness);
        }

        _clock.Advance(Seconds(1));
        Assert.Equal(CacheStatus.Stale, (await _cache.GetAsync<string>("k")).Status);
    }

    [Fact]
    public async Task SlidingFor_StaleRead_DoesNotMakeTheValueFreshAgain()
    {
        await _cache.SetAsync("k", "v", Sliding);
        _clock.Advance(Seconds(4));
        Assert.Equal(CacheStatus.Stale, (await _cache.GetAsync<string>("k")).Status);

        Assert.Equal(CacheStatus.Stale, (await _cache.GetAsync<string>("k")).Status);
        Assert.Equal(Seconds(4), await _cache.GetTimeToLiveAsync("k"));
    }

    [Fact]
    public async Task SlidingFor_ExistsAndTimeToLive_AreNoReads()
    {
        await _cache.SetAsync("k", "v", Sliding);
        _clock.Advance(Seconds(2));
        Assert.True(await _cache.ExistsAsync("k"));
        Assert.Equal(Seconds(6), await _cache.GetTimeToLiveAsync("k"));

        _clock.Advance(Seconds(1));

        Assert.Equal(CacheStatus.Stale, (await _cache.GetAsync<string>("k")).Status);
    }

    [Fact]
    public async Task SlidingFor_ExpiredByHand_StaysExpiredWhileItIsRead()
    {
        await _cache.SetAsync("k", "v", Sliding);
        await _cache.ExpireAsync("k");

        Assert.Equal(CacheStatus.Stale, (await _cache.GetAsync<string>("k")).Status);
        _clock.Advance(Seconds(5));
        Assert.Equal(CacheStatus.Absent, (await _cache.GetAsync<string>("k")).Status);
    }

    [Fact]
    public async Task RefreshAhead_BeforeItsTime_HitsStartNothing()
    {
        await _cache.SetAsync("k", "v1", Ahead);
        _clock.Advance(Seconds(8) - Millisecond);

        Assert.Equal("v1", await _cache.GetOrCreateAsync("k", Never<string>(), Ahead));

        Assert.Equal(0, _cache.Statistics.Refreshes);
    }

    [Fact]
    public async Task RefreshAhead_AtItsTime_AHitIsServedAndStartsOneRefresh()
    {
        var source = new GatedSource<string>();
        await _cache.SetAsync("k", "v1", Ahead);
        _clock.Advance(Seconds(8));

        var hit = await _cache.ResolveAsync("k", source.Factory, Ahead);
        Assert.Equal((CacheStatus.Hit, "v1", Seconds(2)), (hit.Status, hit.Value, hit.RemainingFreshness));
        Assert.Equal("v1", await _cache.GetOrCreateAsync("k", source.Factory, Ahead));
        (await source.NextCallAsync()).Answer("v2");
        await Bounded.Until(() => _cache.TryGet<string>("k", out var now) && now == "v2");

        Assert.Equal(1, source.Count);
        Assert.Equal(Seconds(15), await _cache.GetTimeToLiveAsync("k"));
    }

    [Fact]
    public async Task RefreshAhead_LookUpsWithoutAFactory_StartNothing()
    {
        await _cache.SetAsync("k", "v1", Ahead);
        _clock.Advance(Seconds(9));

        Assert.True(_cache.TryGet<string>("k", out _));
        Assert.Equal(CacheStatus.Hit, (await _cache.GetAsync<string>("k")).Status);

        Assert.Equal(0, _cache.Statistics.Refreshes);
        Assert.Equal(2, _cache.Statistics.Hits);
    }

    [Fact]
    public async Task RefreshAhead_FailedRefresh_IsThrottledAndTheValueStaysFresh()
    {
        var asked = 0;
        ValueTask<string> Fails(CancellationToken cancellationToken)
        {
            Interlocked.Increment(ref asked);
            throw new IOException("down");
        }

        await _cache.SetAsync("k", "v1", Ahead);
        _clock.Advance(Seconds(8));
        Assert.Equal("v1", await _cache.GetOrCreateAsync("k", Fails, Ahead));
        await Bounded.Until(() => _cache.Statistics.SourceFailures == 1);

        for (var i = 0; i < 5; i++)
        {
            Assert.Equal(CacheStatus.Hit, (await _cache.ResolveAsync("k", Fails, Ahead)).Status);
        }

        Assert.Equal(1, Volatile.Read(ref asked));
        _clock.Advance(Seconds(1));
        await _cache.GetOrCreateAsync("k", Fails, Ahead);
        await Bounded.Until(() => Volatile.Read(ref asked) == 2);
    }
}
