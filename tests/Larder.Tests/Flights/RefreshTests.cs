using Larder.Tests.Support;
using static Larder.Tests.Support.TestCache;

namespace Larder.Tests.Flights;

/// <summary>Refreshes in the background: one for a key, a limited number at once, each with its own time-out.</summary>
public sealed class RefreshTests : IAsyncDisposable
{
    private static readonly EntryOptions Stale = new() { FreshFor = Minutes(1), StaleFor = Minutes(60) };

    private readonly FakeClock _clock = new();
    private readonly GatedSource<string> _source = new();
    private ICache? _cache;

    public ValueTask DisposeAsync() => _cache?.DisposeAsync() ?? ValueTask.CompletedTask;

    [Fact]
    public async Task StaleValue_ManyCallers_AllAreServedAtOnceAndOneRefreshRuns()
    {
        var cache = Make();
        await SetStale(cache, "k");

        for (var i = 0; i < 100; i++)
        {
            var call = cache.ResolveAsync("k", _source.Factory, Stale);
            Assert.True(call.IsCompletedSuccessfully);
            Assert.Equal((CacheStatus.Stale, "old"), ((await call).Status, (await call).Value));
        }

        Assert.Equal((1, 100), (cache.Statistics.Refreshes, cache.Statistics.StaleHits));
        (await _source.NextCallAsync()).Answer("new");
        await Bounded.Until(() => cache.TryGet<string>("k", out var value) && value == "new");
        Assert.Equal(1, _source.Count);
    }

    [Fact]
    public async Task RefreshFails_StaleValueIsServedAndTheSourceLeftAloneForTheThrottle()
    {
        var cache = Make();
        await SetStale(cache, "k");
        await cache.GetOrCreateAsync("k", _source.Factory, Stale);
        (await _source.NextCallAsync()).Fail(new IOException("down"));
        await Bounded.Until(() => cache.Statistics.SourceFailures == 1);

        Assert.Equal("old", await cache.GetOrCreateAsync("k", Never<string>(), Stale));
        _clock.Advance(Seconds(1));
        Assert.Equal("old", await cache.GetOrCreateAsync("k", _source.Factory, Stale));
        (await _source.NextCallAsync()).Answer("new");

        await Bounded.Until(() => cache.TryGet<string>("k", out var value) && value == "new");
    }

    [Fact]
    public async Task RefreshHangs_ItsTimeoutFreesTheKeyAndTheSlot()
    {
        var cache = Make(options => options.MaxConcurrentRefreshes = 1);
        var impatient = new EntryOptions { FreshFor = Minutes(1), StaleFor = Minutes(60), RefreshTimeout = Seconds(5) };
        await SetStale(cache, "k");
        await cache.GetOrCreateAsync("k", _source.Factory, impatient);
        var hung = await _source.NextCallAsync();

        _clock.Advance(Seconds(5));

        await Bounded.Until(() => cache.Statistics.SourceFailures == 1);
        Assert.True(hung.Token.IsCancellationRequested);
        _clock.Advance(Seconds(1));
        Assert.Equal("old", await cache.GetOrCreateAsync("k", _source.Factory, impatient));
        (await _source.NextCallAsync()).Answer("new");
        await Bounded.Until(() => cache.TryGet<string>("k", out var value) && value == "new");
        hung.Answer("too late");
        Assert.True(cache.TryGet<string>("k", out var kept) && kept == "new");
    }

    [Fact]
    public async Task MoreStaleKeysThanSlots_RefreshesAreShedAndCountedAndTryAgainLater()
    {
        var cache = Make(options => options.MaxConcurrentRefreshes = 2);
        for (var i = 0; i < 5; i++)
        {
            await cache.SetAsync($"k{i}", "old", Stale);
        }

        _clock.Advance(Minutes(2));
        for (var i = 0; i < 5; i++)
        {
            Assert.Equal("old", await cache.GetOrCreateAsync($"k{i}", _source.Factory, Stale));
        }

        Assert.Equal((2, 3), (cache.Statistics.Refreshes, cache.Statistics.RefreshesShed));
        (await _source.NextCallAsync()).Answer("new");
        await Bounded.Until(() => cache.Statistics.Stores == 6);
        Assert.Equal("old", await cache.GetOrCreateAsync("k4", _source.Factory, Stale));
        Assert.Equal(3, cache.Statistics.Refreshes);
    }

    [Fact]
    public async Task NoSlots_StaleValuesAreServedAndNothingIsRefreshed()
    {
        var cache = Make(options => options.MaxConcurrentRefreshes = 0);
        await SetStale(cache, "k");

        Assert.Equal("old", await cache.GetOrCreateAsync("k", Never<string>(), Stale));
        Assert.Equal((0, 1), (cache.Statistics.Refreshes, cache.Statistics.RefreshesShed));
    }

    [Fact]
    public async Task RefreshAhead_HitNearTheEnd_IsAHitAndStartsARefresh()
    {
        var cache = Make();
        var ahead = new EntryOptions { FreshFor = Seconds(100), RefreshAhead = 0.8 };
        await cache.SetAsync("k", "old", ahead);
        _clock.Advance(Seconds(79.999));
        Assert.Equal("old", await cache.GetOrCreateAsync("k", Never<string>(), ahead));

        _clock.Advance(Seconds(0.001));
        var result = await cache.ResolveAsync("k", _source.Factory, ahead);
        Assert.Equal((CacheStatus.Hit, "old"), (result.Status, result.Value));
        (await _source.NextCallAsync()).Answer("new");

        await Bounded.Until(() => cache.TryGet<string>("k", out var value) && value == "new");
    }

    [Fact]
    public async Task ServeExpired_IsServedAtOnceWhileARefreshRuns()
    {
        var cache = Make();
        var options = new EntryOptions { FreshFor = Minutes(1), FallbackFor = Minutes(60), ServeExpired = true };
        await cache.SetAsync("k", "old", options);
        _clock.Advance(Minutes(2));

        var result = await cache.ResolveAsync("k", _source.Factory, options);
        Assert.Equal((CacheStatus.Expired, "old"), (result.Status, result.Value));
        (await _source.NextCallAsync()).Answer("new");

        await Bounded.Until(() => cache.TryGet<string>("k", out var value) && value == "new");
    }

    [Fact]
    public async Task EntryRunsOutDuringItsRefresh_CallersJoinTheRefresh()
    {
        var cache = Make();
        var options = new EntryOptions { FreshFor = Minutes(1), StaleFor = Minutes(1), RefreshTimeout = TimeSpan.Zero };
        await cache.SetAsync("k", "old", options);
        _clock.Advance(Seconds(90));
        await cache.GetOrCreateAsync("k", _source.Factory, options);
        var refresh = await _source.NextCallAsync();
        _clock.Advance(Minutes(1));

        var caller = cache.GetOrCreateAsync("k", Never<string>(), options).AsTask();
        refresh.Answer("new");

        Assert.Equal("new", await caller.Soon());
    }

    [Fact]
    public async Task RefreshThatMayNotWrite_EntryIsRefreshedByTheNextCaller()
    {
        var cache = Make();
        await SetStale(cache, "k");
        var readOnly = new EntryOptions { Skip = CacheSkip.MemoryWrite };
        await cache.GetOrCreateAsync("k", _source.Factory, readOnly);
        (await _source.NextCallAsync()).Answer("not kept");
        await Bounded.Until(() => cache.Statistics.Refreshes == 1 && cache.Statistics.SourceCalls == 1);

        await Bounded.Until(() =>
        {
            var served = cache.GetOrCreateAsync("k", _source.Factory, Stale);
            return served.Result == "old" && cache.Statistics.Refreshes == 2;
        });
        (await _source.NextCallAsync()).Answer("kept");
        await Bounded.Until(() => cache.TryGet<string>("k", out var value) && value == "kept");
    }

    [Fact]
    public async Task Refresh_RunsInAnEmptyContextAndALoadInTheCallers()
    {
        var cache = Make();
        var ambient = new AsyncLocal<string?> { Value = "the caller's" };
        var seen = new TaskCompletionSource<string?>(TaskCreationOptions.RunContinuationsAsynchronously);
        Assert.Equal("the caller's", await cache.GetOrCreateAsync("k", _ => new ValueTask<string>(ambient.Value!), Stale));
        _clock.Advance(Minutes(2));

        await cache.GetOrCreateAsync(
            "k",
            _ =>
            {
                seen.SetResult(ambient.Value);
                return new ValueTask<string>("new");
            },
            Stale);

        Assert.Null(await seen.Task.Soon());
    }

    private ICache Make(Action<CacheOptions>? configure = null) => _cache = TestCache.Create(_clock, configure);

    private async Task SetStale(ICache cache, string key)
    {
        await cache.SetAsync(key, "old", Stale);
        _clock.Advance(Minutes(2));
    }
}
