using Larder.Tests.Support;
using static Larder.Tests.Support.TestCache;

namespace Larder.Tests.Flights;

/// <summary>Soft and hard time-outs of the source, and what is served then.</summary>
public sealed class TimeoutTests : IAsyncDisposable
{
    private static readonly EntryOptions Soft = new()
    {
        FreshFor = Minutes(1),
        FallbackFor = Minutes(60),
        SourceSoftTimeout = Seconds(1),
        SourceTimeout = Seconds(10),
    };

    private readonly FakeClock _clock = new();
    private readonly ICache _cache;
    private readonly GatedSource<string> _source = new();

    public TimeoutTests() => _cache = TestCache.Create(_clock);

    public ValueTask DisposeAsync() => _cache.DisposeAsync();

    [Fact]
    public async Task SoftTimeout_ValueToFallBackOn_FallbackIsServedAndTheLoadIsStoredLater()
    {
        await SetAndPassFreshness("old");
        var caller = _cache.ResolveAsync("k", _source.Factory, Soft).AsTask();
        var call = await _source.NextCallAsync();
        await Bounded.Until(() => _clock.PendingTimers == 2);

        _clock.Advance(Seconds(1));

        var result = await caller.Soon();
        Assert.Equal((CacheStatus.Fallback, CacheTier.Memory, "old"), (result.Status, result.Tier, result.Value));
        Assert.Equal(Minutes(2) + Seconds(1), result.Age);
        Assert.False(call.Token.IsCancellationRequested);
        call.Answer("new");
        await Bounded.Until(() => _cache.TryGet<string>("k", out var value) && value == "new");
    }

    [Fact]
    public async Task SoftTimeout_LoadAlreadySlow_LaterCallerDoesNotWaitAtAll()
    {
        await SetAndPassFreshness("old");
        var first = _cache.ResolveAsync("k", _source.Factory, Soft).AsTask();
        await _source.NextCallAsync();
        await Bounded.Until(() => _clock.PendingTimers == 2);
        _clock.Advance(Seconds(1));
        await first.Soon();

        var second = await _cache.ResolveAsync("k", Never<string>(), Soft).Soon();

        Assert.Equal((CacheStatus.Fallback, "old"), (second.Status, second.Value));
        Assert.Equal(1, _source.Count);
    }

    [Fact]
    public async Task SoftTimeout_NothingToFallBackOn_CallerWaitsOn()
    {
        var caller = _cache.GetOrCreateAsync("k", _source.Factory, Soft).AsTask();
        var call = await _source.NextCallAsync();
        _clock.Advance(Seconds(5));
        Assert.False(caller.IsCompleted);

        call.Answer("slow but there");

        Assert.Equal("slow but there", await caller.Soon());
    }

    [Fact]
    public async Task SoftTimeout_BackgroundCompletionOff_TheLoadIsCancelled()
    {
        await SetAndPassFreshness("old");
        var options = new EntryOptions { SourceSoftTimeout = Seconds(1), BackgroundCompletion = false };
        var caller = _cache.GetOrCreateAsync("k", _source.Factory, options).AsTask();
        var call = await _source.NextCallAsync();
        await Bounded.Until(() => _clock.PendingTimers == 2);

        _clock.Advance(Seconds(1));

        Assert.Equal("old", await caller.Soon());
        Assert.True(call.Token.IsCancellationRequested);
        Assert.Equal("new", await _cache.GetOrCreateAsync("k", Returns("new")).Soon());
    }

    [Fact]
    public async Task HardTimeout_ValueToFallBackOn_FallbackIsServed()
    {
        await SetAndPassFreshness("old");
        var options = new EntryOptions { SourceTimeout = Seconds(10) };
        var caller = _cache.ResolveAsync("k", _source.Factory, options).AsTask();
        var call = await _source.NextCallAsync();

        _clock.Advance(Seconds(10));

        Assert.Equal(CacheStatus.Fallback, (await caller.Soon()).Status);
        Assert.True(call.Token.IsCancellationRequested);
        call.Answer("after its time");
        Assert.Equal(CacheStatus.Fallback, (await _cache.ResolveAsync("k", Never<string>(), options)).Status);
    }

    [Fact]
    public async Task HardTimeout_NothingToFallBackOn_MessageNamesTheSettingAndTheTime()
    {
        var caller = _cache.GetOrCreateAsync("k", _source.Factory).AsTask();
        await _source.NextCallAsync();

        _clock.Advance(Seconds(30));

        var timedOut = await Assert.ThrowsAsync<SourceTimeoutException>(() => caller.Soon());
        Assert.Equal(Seconds(30), timedOut.Timeout);
        Assert.Contains("SourceTimeout", timedOut.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task HardTimeout_FollowerIsLessPatient_OnlyTheFollowerGivesUp()
    {
        var leader = _cache.GetOrCreateAsync("k", _source.Factory, new EntryOptions { SourceTimeout = Seconds(60) }).AsTask();
        var call = await _source.NextCallAsync();
        var follower = _cache.GetOrCreateAsync("k", Never<string>(), new EntryOptions { SourceTimeout = Seconds(5) }).AsTask();
        await Bounded.Until(() => _clock.PendingTimers == 2);

        _clock.Advance(Seconds(5));

        var timedOut = await Assert.ThrowsAsync<SourceTimeoutException>(() => follower.Soon());
        Assert.Equal(Seconds(5), timedOut.Timeout);
        Assert.False(leader.IsCompleted);
        call.Answer("value");
        Assert.Equal("value", await leader.Soon());
    }

    [Fact]
    public async Task HardTimeout_Zero_NeverEnds()
    {
        var caller = _cache.GetOrCreateAsync("k", _source.Factory, new EntryOptions { SourceTimeout = TimeSpan.Zero }).AsTask();
        var call = await _source.NextCallAsync();
        _clock.Advance(TimeSpan.FromDays(100));
        Assert.False(caller.IsCompleted);

        call.Answer("at last");

        Assert.Equal("at last", await caller.Soon());
    }

    [Fact]
    public async Task FinishedLoads_LeaveNoTimerBehind()
    {
        for (var i = 0; i < 100; i++)
        {
            var caller = _cache.GetOrCreateAsync($"k{i}", _source.Factory).AsTask();
            (await _source.NextCallAsync()).Answer("value");
            await caller.Soon();
        }

        await Bounded.Until(() => _clock.PendingTimers == 0);
    }

    [Fact]
    public async Task SourceThrowsATimeoutOfItsOwn_ItIsNotTakenForTheCaches()
    {
        await SetAndPassFreshness("old");
        await _cache.RemoveAsync("k");
        var caller = _cache.GetOrCreateAsync("k", _source.Factory, Soft).AsTask();
        (await _source.NextCallAsync()).Fail(new TimeoutException("the database's own"));

        Assert.Equal("the database's own", (await Assert.ThrowsAsync<TimeoutException>(() => caller.Soon())).Message);
    }

    private async Task SetAndPassFreshness(string value)
    {
        await _cache.SetAsync("k", value, Soft);
        _clock.Advance(Minutes(2));
    }
}
