using Larder.Tests.Support;
using static Larder.Tests.Support.TestCache;

namespace Larder.Tests.Tiers;

/// <summary>Calls for many keys over an authority.</summary>
public sealed class BulkChainTests : IAsyncDisposable
{
    private static readonly string[] Abc = ["a", "b", "c"];
    private static readonly CancellationToken None = CancellationToken.None;

    private readonly FakeClock _clock = new();
    private readonly Shelf _shelf = new();
    private readonly GatedLoader<string> _loader = new();
    private readonly List<ICache> _caches = [];

    public async ValueTask DisposeAsync()
    {
        foreach (var cache in _caches)
        {
            await Bulk.IdleAsync(cache);
            await cache.DisposeAsync();
        }
    }

    [Fact]
    public async Task TheAuthority_IsAskedOnce_ForAllThatMemoryDoesNotHave()
    {
        await Open().GetOrCreateManyAsync(Abc, Bulk.Says("v"), tags: ["t"], cancellationToken: None);
        var next = Open();
        _shelf.Calls.Clear();
        var found = await next.GetOrCreateManyAsync(Abc, Bulk.Never, cancellationToken: None);
        Assert.Equal(["a=va", "b=vb", "c=vc"], found.Sorted());
        Assert.Equal(["GetMany", "ReadFences"], _shelf.Calls);
        Assert.Equal(3, next.Statistics.TierHits);
        Assert.Equal(found, await next.GetOrCreateManyAsync(Abc, Bulk.Never, cancellationToken: None));
        Assert.Equal(["GetMany", "ReadFences"], _shelf.Calls);
    }

    [Fact]
    public async Task WhatTheAuthorityLacks_IsLoadedByOneCall_AndStoredThere()
    {
        var first = Open();
        await first.SetAsync("b", "there", cancellationToken: None);
        var next = Open();
        var load = next.GetOrCreateManyAsync(Abc, _loader.Loader, cancellationToken: None).AsTask();
        var call = await _loader.NextCallAsync();
        Assert.Equal(["a", "c"], call.Keys);
        call.AnswerAll("loaded");
        Assert.Equal(["a=loaded", "b=there", "c=loaded"], (await load.Soon()).Sorted());
        Assert.Equal(["a=loaded", "b=there", "c=loaded"], (await Open().GetOrCreateManyAsync(Abc, Bulk.Never, cancellationToken: None)).Sorted());
    }

    [Fact]
    public async Task AKeyThatTheLoaderLeavesOut_IsNotFoundBelow()
    {
        var options = new EntryOptions { NotFoundFor = Minutes(1) };
        await Open().GetOrCreateManyAsync(Abc, Bulk.Has(("a", "1")), options, cancellationToken: None);
        var next = Open();
        Assert.Equal(["a=1"], (await next.GetOrCreateManyAsync(Abc, Bulk.Never, options, cancellationToken: None)).Sorted());
        Assert.True((await next.GetAsync<string>("b", cancellationToken: None)).IsNotFound);
    }

    [Fact]
    public async Task AKeyThatTheLoaderLeavesOut_LosesItsOlderEntryBelow()
    {
        var options = new EntryOptions { FreshFor = Minutes(1), FallbackFor = Minutes(10) };
        await Open().SetManyAsync(Abc.ToDictionary(key => key, key => "old"), options, cancellationToken: None);
        _clock.Advance(Minutes(2));
        Assert.Empty(await Open().GetOrCreateManyAsync(Abc, Bulk.Has(), options, cancellationToken: None));
        Assert.Equal(0, _shelf.Count);
    }

    [Fact]
    public async Task StaleValuesBelow_AreServed_AndRefreshedByOneCall()
    {
        var options = new EntryOptions { FreshFor = Minutes(1), StaleFor = Minutes(10) };
        await Open().SetManyAsync(Abc.ToDictionary(key => key, key => "old"), options, cancellationToken: None);
        _clock.Advance(Minutes(2));
        var next = Open();
        Assert.Equal(["a=old", "b=old", "c=old"], (await next.GetOrCreateManyAsync(Abc, _loader.Loader, options, cancellationToken: None)).Sorted());
        var call = await _loader.NextCallAsync();
        Assert.Equal(Abc, call.Keys);
        call.AnswerAll("new");
        await Bulk.IdleAsync(next);
        Assert.Equal(["a=new", "b=new", "c=new"], (await Open().GetOrCreateManyAsync(Abc, Bulk.Never, options, cancellationToken: None)).Sorted());
        Assert.Equal(1, _loader.Count);
    }

    [Fact]
    public async Task ExpiredValuesBelow_AreTheFallback_WhenTheLoaderFails()
    {
        var options = new EntryOptions { FreshFor = Minutes(1), FallbackFor = Minutes(10) };
        await Open().SetAsync("a", "kept", options, cancellationToken: None);
        _clock.Advance(Minutes(2));
        var next = Open();
        var failed = await Assert.ThrowsAsync<BulkLoadException>(async () => await next.GetOrCreateManyAsync(["a", "b"], Bulk.Never, options, cancellationToken: None));
        Assert.Equal(["a=kept"], failed.GetFound<string>().Sorted());
        Assert.Equal(["b"], failed.Failures.Keys);
        Assert.Equal(1, next.Statistics.Fallbacks);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task AnAuthorityThatFails_NeverFailsTheCall(bool throws)
    {
        var cache = Open();
        (_shelf.Throws, _shelf.IsDown) = (throws, !throws);
        Assert.Equal(["a=va", "b=vb", "c=vc"], (await cache.GetOrCreateManyAsync(Abc, Bulk.Says("v"), cancellationToken: None)).Sorted());
        Assert.All((await cache.GetManyAsync<string>(["x", "y"], cancellationToken: None)).Values, result => Assert.Equal(CacheStatus.Absent, result.Status));
        Assert.Equal(1, cache.Statistics.SourceCalls);
    }

    [Fact]
    public async Task ADamagedBody_IsLoadedAnew_AndAlone()
    {
        await Open().SetManyAsync(Abc.ToDictionary(key => key, key => "old"), cancellationToken: None);
        var isFirst = true;
        _shelf.Damage = body =>
        {
            body[^1] ^= (byte)(isFirst ? 1 : 0);
            isFirst = false;
            return body;
        };
        var found = await Open().GetOrCreateManyAsync(Abc, Bulk.Says("new "), cancellationToken: None);
        Assert.Equal(["a=new a", "b=old", "c=old"], found.Sorted());
    }

    [Fact]
    public async Task ARemovalOfOneKey_DuringTheLoad_LetsThatKeyAloneNotBeStored()
    {
        var cache = Open();
        var load = cache.GetOrCreateManyAsync(Abc, _loader.Loader, cancellationToken: None).AsTask();
        var call = await _loader.NextCallAsync();
        await cache.RemoveAsync("b", None);
        call.AnswerAll("old");
        await load.Soon();
        Assert.Equal((true, false, true), (_shelf.Holds("a"), _shelf.Holds("b"), _shelf.Holds("c")));
        Assert.Equal(["a=old", "b=new b", "c=old"], (await cache.GetOrCreateManyAsync(Abc, Bulk.Says("new "), cancellationToken: None)).Sorted());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task ATagOrEverything_RemovedDuringTheLoad_LetsNothingBeStored(bool everything)
    {
        var cache = Open();
        var load = cache.GetOrCreateManyAsync(Abc, _loader.Loader, tags: ["t"], cancellationToken: None).AsTask();
        var call = await _loader.NextCallAsync();
        await (everything ? cache.ClearAsync(None) : cache.RemoveByTagAsync("t", None));
        call.AnswerAll("old");
        await load.Soon();
        Assert.Equal(["a=new a", "b=new b", "c=new c"], (await Open().GetOrCreateManyAsync(Abc, Bulk.Says("new "), cancellationToken: None)).Sorted());
    }

    [Fact]
    public async Task AKeyThatAnotherNodeLoads_IsWaitedFor_WhileTheOthersAreLoaded()
    {
        var cache = Open();
        var elsewhere = new TaskCompletionSource();
        _shelf.Busy = key => key == "b" && !elsewhere.Task.IsCompleted ? elsewhere.Task : null;
        var load = cache.GetOrCreateManyAsync(Abc, _loader.Loader, cancellationToken: None).AsTask();
        var call = await _loader.NextCallAsync();
        Assert.Equal(["a", "c"], call.Keys);
        call.AnswerAll("mine");
        Assert.False(load.IsCompleted);

        // The other node stores what it has loaded.
        await Open().SetAsync("b", "theirs", cancellationToken: None);
        elsewhere.SetResult();
        Assert.Equal(["a=mine", "b=theirs", "c=mine"], (await load.Soon()).Sorted());
        Assert.Equal(1, _loader.Count);
    }

    [Fact]
    public async Task AKeyThatAnotherNodeGivesUp_GetsACallOfItsOwn()
    {
        var cache = Open();
        var elsewhere = new TaskCompletionSource();
        _shelf.Busy = key => key != "a" && !elsewhere.Task.IsCompleted ? elsewhere.Task : null;
        var load = cache.GetOrCreateManyAsync(Abc, _loader.Loader, cancellationToken: None).AsTask();
        (await _loader.NextCallAsync()).AnswerAll("first");
        elsewhere.SetResult();
        var one = await _loader.NextCallAsync();
        var other = await _loader.NextCallAsync();
        Assert.Equal(["b", "c"], new[] { Assert.Single(one.Keys), Assert.Single(other.Keys) }.Order());
        one.AnswerAll("late");
        other.Answer();
        Assert.Equal(2, (await load.Soon()).Count);
        Assert.Equal(2, _shelf.Count);
    }

    [Fact]
    public async Task TwoNodesWhoseBatchesOverlap_DoNotWaitForEachOther()
    {
        // Each finds the key that the other began with busy, and loads its own at once.
        var (one, two) = (Open(), Open());
        var (isOneDone, isTwoDone) = (new TaskCompletionSource(), new TaskCompletionSource());
        _shelf.Busy = key => key == "b" ? isTwoDone.Task : null;
        var first = one.GetOrCreateManyAsync(["a", "b"], _loader.Loader, cancellationToken: None).AsTask();
        var firstCall = await _loader.NextCallAsync();
        _shelf.Busy = key => key == "a" ? isOneDone.Task : null;
        var second = two.GetOrCreateManyAsync(["b", "a"], _loader.Loader, cancellationToken: None).AsTask();
        var secondCall = await _loader.NextCallAsync();
        Assert.Equal(("a", "b"), (Assert.Single(firstCall.Keys), Assert.Single(secondCall.Keys)));
        firstCall.AnswerAll("1");
        secondCall.AnswerAll("2");
        await Bounded.Until(() => _shelf.Count == 2);
        _shelf.Busy = null;
        isOneDone.SetResult();
        isTwoDone.SetResult();
        Assert.Equal(["a=1", "b=2"], (await first.Soon()).Sorted());
        Assert.Equal(["a=1", "b=2"], (await second.Soon()).Sorted());
    }

    [Fact]
    public async Task AKeyThatIsFoundBelowMeanwhile_DoesNotKeepAnotherFromItsFallback()
    {
        var options = new EntryOptions { FreshFor = Minutes(1), FallbackFor = Minutes(10), SourceSoftTimeout = Seconds(1) };
        var cache = Open();
        await cache.SetAsync("b", "kept", options, cancellationToken: None);
        _clock.Advance(Minutes(2));
        await Open().SetAsync("a", "below", options, cancellationToken: None);
        var reading = new TaskCompletionSource();
        _shelf.Before = call => call == "GetMany" ? reading.Task : Task.CompletedTask;
        var load = cache.GetOrCreateManyAsync(["a", "b"], _loader.Loader, options, cancellationToken: None).AsTask();
        reading.SetResult();
        var call = await _loader.NextCallAsync();
        await Bounded.Until(() => cache.TryGet<string>("a", out _));
        await Bounded.Until(() => _clock.PendingTimers >= 2);
        _clock.Advance(Seconds(1));
        Assert.Equal(["a=below", "b=kept"], (await load.Soon()).Sorted());
        Assert.Equal(1, cache.Statistics.Fallbacks);
        call.Answer(("b", "late"));
    }

    [Fact]
    public async Task ALoaderThatHangs_IsGivenUp_AndNothingIsLeftOfTheLoad()
    {
        var cache = Open();
        var load = cache.GetOrCreateManyAsync(Abc, _loader.Loader, new() { SourceTimeout = Seconds(5) }, cancellationToken: None).AsTask();
        var call = await _loader.NextCallAsync();
        _clock.Advance(Seconds(5));
        await Assert.ThrowsAsync<BulkLoadException>(() => load.Soon());
        await Bulk.IdleAsync(cache);
        Assert.Equal(["a=new a", "b=new b", "c=new c"], (await cache.GetOrCreateManyAsync(Abc, Bulk.Says("new "), cancellationToken: None)).Sorted());
        call.AnswerAll("late");
        Assert.Equal("new a", await Open().GetOrCreateAsync("a", Never<string>(), cancellationToken: None));
    }

    [Fact]
    public async Task AFactoryThatHangs_LeavesNothingOfItsLoadEither()
    {
        var cache = Open();
        var source = new GatedSource<string>();
        var load = cache.GetOrCreateAsync("k", source.Factory, new() { SourceTimeout = Seconds(5) }, cancellationToken: None).AsTask();
        await source.NextCallAsync();
        _clock.Advance(Seconds(5));
        await Assert.ThrowsAsync<SourceTimeoutException>(() => load.Soon());
        await Bulk.IdleAsync(cache);
    }

    [Fact]
    public async Task WithoutWritesBelow_MemoryAloneKeepsWhatIsLoaded()
    {
        var cache = Open();
        var options = new EntryOptions { Skip = CacheSkip.RemoteWrite };
        await cache.GetOrCreateManyAsync(Abc, Bulk.Says("v"), options, cancellationToken: None);
        Assert.Equal(0, _shelf.Count);
        Assert.True(cache.TryGet<string>("b", out _));
        var blind = new EntryOptions { Skip = CacheSkip.RemoteWrite | CacheSkip.RemoteRead };
        await cache.GetOrCreateManyAsync(["x"], Bulk.Says("v"), blind, cancellationToken: None);
        Assert.True(cache.TryGet<string>("x", out _));
    }

    [Fact]
    public async Task GetMany_TellsApart_WhatIsThere_WhatIsNotFound_AndWhatIsAbsent()
    {
        var options = new EntryOptions { NotFoundFor = Minutes(1) };
        var first = Open();
        await first.GetOrCreateManyAsync(["a", "b"], Bulk.Has(("a", "1")), options, cancellationToken: None);
        var next = Open();
        _shelf.Calls.Clear();
        var found = await next.GetManyAsync<string>(["c", "b", "a", "a"], cancellationToken: None);
        Assert.Equal(["c", "b", "a"], found.Keys);
        Assert.Equal((CacheStatus.Hit, CacheTier.Remote, "1"), (found["a"].Status, found["a"].Tier, found["a"].Value));
        Assert.True(found["b"].IsNotFound);
        Assert.Equal(CacheStatus.Absent, found["c"].Status);
        Assert.Single(_shelf.Calls, "GetMany");
        Assert.True(next.TryGet<string>("a", out _));
        await Assert.ThrowsAsync<ArgumentException>(async () => await next.GetManyAsync<string>([""], cancellationToken: None));
    }

    [Fact]
    public async Task SetMany_StoresAll_AndWaitsForOtherNodesOnce()
    {
        var cache = Open(options => options.Authority = _shelf.OpenShared());
        await cache.SetManyAsync<string>([new("a", "1"), new("b", "2"), new("a", "3")], tags: ["t"], cancellationToken: None);
        Assert.Single(_shelf.Calls, "Synchronize");
        Assert.Equal(2, _shelf.Calls.Count(call => call == "Set"));
        Assert.Equal(["a=3", "b=2"], (await cache.GetOrCreateManyAsync(["a", "b"], Bulk.Never, cancellationToken: None)).Sorted());
        Assert.Equal(["a=3", "b=2"], (await Open().GetOrCreateManyAsync(["a", "b"], Bulk.Never, cancellationToken: None)).Sorted());
        await cache.RemoveByTagAsync("t", None);
        Assert.All((await Open().GetManyAsync<string>(["a", "b"], cancellationToken: None)).Values, result => Assert.Equal(CacheStatus.Absent, result.Status));
    }

    [Fact]
    public async Task SetMany_ThatCanNotBeTold_Throws_AndMemoryKeepsNothingOfIt()
    {
        var cache = Open();
        await cache.SetManyAsync(Abc.ToDictionary(key => key, key => "old"), cancellationToken: None);
        _shelf.IsDown = true;
        await Assert.ThrowsAsync<TierUnavailableException>(
            async () => await cache.SetManyAsync(Abc.ToDictionary(key => key, key => "new"), cancellationToken: None));
        Assert.All(Abc, key => Assert.False(cache.TryGet<string>(key, out _)));
    }

    [Fact]
    public async Task SetMany_EndsTheLoadsOfItsKeys_AndRefusesABadKeyBeforeAnythingIsStored()
    {
        var cache = Open();
        var load = cache.GetOrCreateManyAsync(Abc, _loader.Loader, cancellationToken: None).AsTask();
        var call = await _loader.NextCallAsync();
        await cache.SetManyAsync(new Dictionary<string, string> { ["a"] = "set", ["b"] = "set" }, cancellationToken: None);
        call.AnswerAll("old");
        await load.Soon();
        Assert.Equal(["a=set", "b=set", "c=old"], (await Open().GetOrCreateManyAsync(Abc, Bulk.Never, cancellationToken: None)).Sorted());
        await Assert.ThrowsAsync<ArgumentException>(
            async () => await cache.SetManyAsync<string>([new("d", "1"), new("", "2")], cancellationToken: None));
        Assert.False(_shelf.Holds("d"));
    }

    [Fact]
    public async Task MoreKeysThanGoAtOnce_AreAllLoadedAndStored()
    {
        var keys = Enumerable.Range(0, 700).Select(i => $"k{i}").ToArray();
        var cache = Open();
        Assert.Equal(700, (await cache.GetOrCreateManyAsync(keys, Bulk.Says("v"), cancellationToken: None)).Count);
        Assert.Equal(700, _shelf.Count);
        await cache.SetManyAsync(keys.Select(key => new KeyValuePair<string, string>(key, "set")), cancellationToken: None);
        Assert.All((await Open().GetOrCreateManyAsync(keys, Bulk.Never, cancellationToken: None)).Values, value => Assert.Equal("set", value));
    }

    private ICache Open(Action<CacheOptions>? configure = null)
    {
        var cache = Create(
            _clock,
            options =>
            {
                options.Authority = _shelf.Open();
                configure?.Invoke(options);
            });
        _caches.Add(cache);
        return cache;
    }
}
