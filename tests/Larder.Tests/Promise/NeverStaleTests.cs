using Larder.Tests.Support;
using static Larder.Tests.Support.TestCache;

namespace Larder.Tests.Promise;

/// <summary>
/// The first promise, scenario by scenario: places where other caches were seen to serve a value that had already been
/// removed. Each name begins with the scenario's number in the project's list.
/// </summary>
public sealed class NeverStaleTests : IAsyncDisposable
{
    private static readonly EntryOptions WithStale = new() { FreshFor = Minutes(1), StaleFor = Minutes(10) };

    private static readonly EntryOptions WithFallback = new()
    {
        FreshFor = Minutes(1),
        FallbackFor = Minutes(60),
        SourceSoftTimeout = Seconds(1),
        FailureThrottle = Seconds(30),
    };

    private readonly FakeClock _clock = new();
    private readonly ICache _cache;
    private readonly GatedSource<string> _source = new();

    public NeverStaleTests() => _cache = TestCache.Create(_clock);

    public ValueTask DisposeAsync() => _cache.DisposeAsync();

    [Fact]
    public async Task F1_RemoveDuringALoad_OldValueIsNotStoredAndNotServedToALaterCaller()
    {
        var first = _cache.GetOrCreateAsync("k", _source.Factory);
        var firstCall = await _source.NextCallAsync();

        await _cache.RemoveAsync("k");
        var later = _cache.GetOrCreateAsync("k", _source.Factory);
        var laterCall = await _source.NextCallAsync();

        firstCall.Answer("old");
        Assert.Equal("old", await first.Soon());
        Assert.False(_cache.TryGet<string>("k", out _));

        laterCall.Answer("new");
        Assert.Equal("new", await later.Soon());
        Assert.Equal("new", await _cache.GetOrCreateAsync("k", Never<string>()));
        Assert.Equal(1, _cache.Statistics.FencedOff);
    }

    [Fact]
    public async Task F1_RemoveDuringALoad_OldValueThatComesLastDoesNotReplaceTheNewOne()
    {
        var first = _cache.GetOrCreateAsync("k", _source.Factory);
        var firstCall = await _source.NextCallAsync();
        await _cache.RemoveAsync("k");
        var later = _cache.GetOrCreateAsync("k", _source.Factory);
        (await _source.NextCallAsync()).Answer("new");
        Assert.Equal("new", await later.Soon());

        firstCall.Answer("old");

        Assert.Equal("old", await first.Soon());
        Assert.Equal("new", await _cache.GetOrCreateAsync("k", Never<string>()));
    }

    [Fact]
    public async Task F1_ExpireDuringALoad_OldValueIsNotStored()
    {
        var first = _cache.GetOrCreateAsync("k", _source.Factory, WithStale);
        var firstCall = await _source.NextCallAsync();

        await _cache.ExpireAsync("k");
        firstCall.Answer("old");

        Assert.Equal("old", await first.Soon());
        Assert.False(_cache.TryGet<string>("k", out _));
    }

    [Fact]
    public async Task F3_RemoveByTagDuringARefresh_RefreshedValueIsNotStored()
    {
        await _cache.GetOrCreateAsync("k", Returns("v1"), WithStale, ["t"]);
        _clock.Advance(Minutes(2));
        Assert.Equal("v1", await _cache.GetOrCreateAsync("k", _source.Factory, WithStale, ["t"]));
        var refresh = await _source.NextCallAsync();

        await _cache.RemoveByTagAsync("t");
        refresh.Answer("v2, read before the removal");
        await Bounded.Until(() => _cache.Statistics.FencedOff == 1);

        Assert.False(_cache.TryGet<string>("k", out _));
        Assert.Equal("v3", await _cache.GetOrCreateAsync("k", Returns("v3"), WithStale, ["t"]));
    }

    [Fact]
    public async Task F3_SetDuringARefresh_RefreshedValueDoesNotReplaceIt()
    {
        await _cache.GetOrCreateAsync("k", Returns("v1"), WithStale);
        _clock.Advance(Minutes(2));
        await _cache.GetOrCreateAsync("k", _source.Factory, WithStale);
        var refresh = await _source.NextCallAsync();

        await _cache.SetAsync("k", "set", WithStale);
        refresh.Answer("v2, read before the Set");
        await Bounded.Until(() => _cache.Statistics.FencedOff == 1);

        Assert.Equal("set", await _cache.GetOrCreateAsync("k", Never<string>(), WithStale));
    }

    [Fact]
    public async Task F4_RemoveByTagOrClear_FallbackIsNotServedWhenTheSourceFails()
    {
        foreach (var remove in new Func<Task>[]
        {
            async () => await _cache.RemoveByTagAsync("t"),
            async () => await _cache.ClearAsync(),
            async () => await _cache.RemoveAsync("k"),
        })
        {
            await _cache.SetAsync("k", "old", WithFallback, ["t"]);
            _clock.Advance(Minutes(2));
            var fallback = await _cache.ResolveAsync<string>("k", _ => throw new IOException("down"), WithFallback, ["t"]);
            Assert.Equal((CacheStatus.Fallback, "old"), (fallback.Status, fallback.Value));

            await remove();

            await Assert.ThrowsAsync<IOException>(
                () => _cache.GetOrCreateAsync<string>("k", _ => throw new IOException("down"), WithFallback, ["t"]).Soon());
        }
    }

    [Fact]
    public async Task F4_RemoveByTagDuringASlowLoad_FallbackIsNotServedAtTheSoftTimeout()
    {
        await _cache.SetAsync("k", "old", WithFallback, ["t"]);
        _clock.Advance(Minutes(2));
        var waiting = _cache.GetOrCreateAsync("k", _source.Factory, WithFallback, ["t"]).AsTask();
        var call = await _source.NextCallAsync();

        await _cache.RemoveByTagAsync("t");
        _clock.Advance(Seconds(2));
        call.Answer("new");

        Assert.Equal("new", await waiting.Soon());
    }

    [Fact]
    public async Task F4_FailingSource_IsLeftAloneWhileTheFallbackIsServed()
    {
        var asked = 0;
        ValueTask<string> Failing(CancellationToken cancellationToken)
        {
            asked++;
            throw new IOException("down");
        }

        await _cache.SetAsync("k", "old", WithFallback);
        _clock.Advance(Minutes(2));
        for (var i = 0; i < 10; i++)
        {
            var result = await _cache.ResolveAsync("k", Failing, WithFallback);
            Assert.Equal((CacheStatus.Fallback, "old"), (result.Status, result.Value));
        }

        Assert.Equal(1, asked);
        _clock.Advance(Seconds(31));
        await _cache.ResolveAsync("k", Failing, WithFallback);
        Assert.Equal(2, asked);
    }

    [Fact]
    public async Task F5_ClearDuringALoad_OldValueDoesNotSurvive()
    {
        var first = _cache.GetOrCreateAsync("k", _source.Factory);
        var call = await _source.NextCallAsync();

        await _cache.ClearAsync();
        var later = _cache.GetOrCreateAsync("k", _source.Factory);
        var laterCall = await _source.NextCallAsync();
        call.Answer("old");

        Assert.Equal("old", await first.Soon());
        Assert.False(_cache.TryGet<string>("k", out _));
        laterCall.Answer("new");
        Assert.Equal("new", await later.Soon());
    }

    [Fact]
    public async Task F6_RefreshWhoseFactoryThrowsSynchronously_KeyGoesOnWorking()
    {
        await _cache.SetAsync("k", "v1", WithStale);
        _clock.Advance(Minutes(2));
        Assert.Equal("v1", await _cache.GetOrCreateAsync<string>("k", _ => throw new IOException("at once"), WithStale));
        await Bounded.Until(() => _cache.Statistics.SourceFailures == 1);

        _clock.Advance(Seconds(2));
        Assert.Equal("v1", await _cache.GetOrCreateAsync("k", Returns("v2"), WithStale));
        await Bounded.Until(() => _cache.TryGet<string>("k", out var value) && value == "v2");

        await _cache.RemoveAsync("k");
        Assert.Equal("v3", await _cache.GetOrCreateAsync("k", Returns("v3"), WithStale).Soon());
    }

    [Fact]
    public async Task F13_TagRemovedLongAgo_EntryThatOutlivesEverythingStaysRemoved()
    {
        var longLived = new EntryOptions { FreshFor = TimeSpan.FromDays(365) };
        await _cache.SetAsync("k", "old", longLived, ["t"]);
        await _cache.RemoveByTagAsync("t");

        for (var month = 0; month < 11; month++)
        {
            _clock.Advance(TimeSpan.FromDays(30));
            GC.Collect();
            Assert.False(_cache.TryGet<string>("k", out _));
            Assert.Equal(CacheStatus.Absent, (await _cache.GetAsync<string>("k")).Status);
        }
    }

    [Fact]
    public async Task F13_TagUsedAgainAfterItsRemoval_OlderEntriesStayRemoved()
    {
        await _cache.SetAsync("old", "old", tags: ["t"]);
        await _cache.RemoveByTagAsync("t");
        await _cache.SetAsync("new", "new", tags: ["t"]);

        Assert.False(_cache.TryGet<string>("old", out _));
        Assert.True(_cache.TryGet<string>("new", out _));
    }

    [Fact]
    public async Task F15_FactoryThatNeverReturns_NextCallerStartsAfreshAfterTheTimeout()
    {
        var options = new EntryOptions { SourceTimeout = Seconds(0.1) };
        var hung = _cache.GetOrCreateAsync("k", _source.Factory, options).AsTask();
        var call = await _source.NextCallAsync();
        var joined = _cache.GetOrCreateAsync("k", Never<string>(), options).AsTask();

        _clock.Advance(Seconds(0.2));

        await Assert.ThrowsAsync<SourceTimeoutException>(() => hung.Soon());
        await Assert.ThrowsAsync<SourceTimeoutException>(() => joined.Soon());
        Assert.True(call.Token.IsCancellationRequested);
        Assert.Equal("fresh start", await _cache.GetOrCreateAsync("k", Returns("fresh start"), options).Soon());

        call.Answer("far too late");
        Assert.Equal("fresh start", await _cache.GetOrCreateAsync("k", Never<string>(), options).Soon());
    }

    [Fact]
    public async Task F15_FactoryThatBlocksItsThread_CallersWhoJoinedAreReleased()
    {
        using var block = new ManualResetEventSlim();
        using var isBlocked = new ManualResetEventSlim();
        var options = new EntryOptions { SourceTimeout = Seconds(0.1) };
        var leader = Task.Run(() => _cache.GetOrCreateAsync(
            "k",
            _ =>
            {
                isBlocked.Set();
                block.Wait(Bounded.Patience);
                return new ValueTask<string>("too late");
            },
            options).AsTask());
        Assert.True(isBlocked.Wait(Bounded.Patience));
        var joined = _cache.GetOrCreateAsync("k", Never<string>(), options).AsTask();

        _clock.Advance(Seconds(0.2));

        await Assert.ThrowsAsync<SourceTimeoutException>(() => joined.Soon());
        Assert.Equal("new", await _cache.GetOrCreateAsync("k", Returns("new"), options).Soon());
        block.Set();
        await Task.WhenAny(leader).Soon();
        Assert.Equal("new", await _cache.GetOrCreateAsync("k", Never<string>(), options).Soon());
    }

    [Fact]
    public async Task F20_ManyOtherKeysWhileALoadRuns_TheKeyIsStillLoadedOnce()
    {
        var first = _cache.GetOrCreateAsync("k", _source.Factory).AsTask();
        var call = await _source.NextCallAsync();

        // Whatever guards a key must not be evicted while it is held, however many other keys come and go.
        for (var i = 0; i < 200_000; i++)
        {
            await _cache.GetOrCreateAsync($"other:{i}", i, static (i, _) => new ValueTask<int>(i));
        }

        var second = _cache.GetOrCreateAsync("k", Never<string>()).AsTask();
        call.Answer("once");
        Assert.Equal("once", await first.Soon());
        Assert.Equal("once", await second.Soon());
        Assert.Equal(1, _source.Count);
    }

    [Fact]
    public async Task F15_FactoryThatBlocksItsThreadWithNobodyWaiting_LaterCallerStartsAfresh()
    {
        using var block = new ManualResetEventSlim();
        using var isBlocked = new ManualResetEventSlim();
        var options = new EntryOptions { SourceTimeout = Seconds(0.1) };
        var leader = Task.Run(() => _cache.GetOrCreateAsync(
            "k",
            _ =>
            {
                isBlocked.Set();
                block.Wait(Bounded.Patience);
                return new ValueTask<string>("too late");
            },
            options).AsTask());
        Assert.True(isBlocked.Wait(Bounded.Patience));
        _clock.Advance(Seconds(0.5));

        Assert.Equal("new", await _cache.GetOrCreateAsync("k", Returns("new"), options).Soon());

        block.Set();
        await Task.WhenAny(leader).Soon();
        Assert.Equal("new", await _cache.GetOrCreateAsync("k", Never<string>(), options).Soon());
    }

    [Fact]
    public async Task F3_RemoveByTagDuringARefreshThatDoesNotNameTheTag_RefreshedValueIsNotStored()
    {
        await _cache.SetAsync("k", "v1", WithStale, ["t"]);
        _clock.Advance(Minutes(2));
        await _cache.GetOrCreateAsync("k", _source.Factory, WithStale);
        var refresh = await _source.NextCallAsync();

        await _cache.RemoveByTagAsync("t");
        refresh.Answer("v2, read before the removal");
        await Bounded.Until(() => _cache.Statistics.FencedOff == 1);

        Assert.False(_cache.TryGet<string>("k", out _));
    }
}
