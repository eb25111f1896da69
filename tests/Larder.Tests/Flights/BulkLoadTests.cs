using Larder.Tests.Support;
using static Larder.Tests.Support.TestCache;

namespace Larder.Tests.Flights;

/// <summary>What GetOrCreateManyAsync promises, with memory alone.</summary>
public sealed class BulkLoadTests : IAsyncDisposable
{
    private static readonly string[] Abc = ["a", "b", "c"];

    private readonly FakeClock _clock = new();
    private readonly GatedLoader<string> _loader = new();
    private readonly ICache _cache;

    public BulkLoadTests() => _cache = TestCache.Create(_clock);

    public async ValueTask DisposeAsync()
    {
        await Bulk.IdleAsync(_cache);
        await _cache.DisposeAsync();
    }

    [Fact]
    public async Task TheLoader_IsAskedOnce_InTheOrderGiven_WithoutDuplicates()
    {
        var load = _cache.GetOrCreateManyAsync(["c", "a", "c", "b", "a"], _loader.Loader).AsTask();
        var call = await _loader.NextCallAsync();
        Assert.Equal(["c", "a", "b"], call.Keys);
        call.AnswerAll("x");
        Assert.Equal(["c", "a", "b"], (await load.Soon()).Keys);
        Assert.Equal(1, _loader.Count);
        Assert.Equal((1, 3, 3), (_cache.Statistics.SourceCalls, _cache.Statistics.Misses, _cache.Statistics.Stores));
    }

    [Fact]
    public async Task WhatMemoryHas_IsNotLoaded_AndTheAnswerKeepsTheOrder()
    {
        await _cache.SetAsync("b", "old b");
        var found = await _cache.GetOrCreateManyAsync(Abc, Bulk.Says("new "));
        Assert.Equal(Abc, found.Keys);
        Assert.Equal(["a=new a", "b=old b", "c=new c"], found.Sorted());
        Assert.Equal(found, await _cache.GetOrCreateManyAsync(Abc, Bulk.Never));
    }

    [Fact]
    public async Task AKeyThatSomebodyElseLoads_IsJoined()
    {
        var source = new GatedSource<string>();
        var single = _cache.GetOrCreateAsync("b", source.Factory).AsTask();
        var other = await source.NextCallAsync();
        var load = _cache.GetOrCreateManyAsync(Abc, _loader.Loader).AsTask();
        var call = await _loader.NextCallAsync();
        Assert.Equal(["a", "c"], call.Keys);
        call.AnswerAll("mine");
        Assert.False(load.IsCompleted);
        other.Answer("theirs");
        Assert.Equal(["a=mine", "b=theirs", "c=mine"], (await load.Soon()).Sorted());
        Assert.Equal("theirs", await single.Soon());
        Assert.Equal(1, _cache.Statistics.Joined);
    }

    [Fact]
    public async Task AJoinedLoadThatTurnsOutTooOld_IsMadeUpForByTheLoader()
    {
        var source = new GatedSource<string>();
        var single = _cache.GetOrCreateAsync("b", (object?)null, source.ContextFactory).AsTask();
        var other = await source.NextCallAsync();
        await _cache.RemoveByTagAsync("t");
        var load = _cache.GetOrCreateManyAsync(Abc, Bulk.Says("new ")).AsTask();

        // It says only now that it carries the tag which was removed before the call for many came.
        other.Context.AddTag("t");
        other.Answer("old");
        Assert.Equal("old", await single.Soon());
        Assert.Equal(["a=new a", "b=new b", "c=new c"], (await load.Soon()).Sorted());
    }

    [Fact]
    public async Task AKeyOfARunningBatch_IsJoinedByACallForOne()
    {
        var load = _cache.GetOrCreateManyAsync(Abc, _loader.Loader).AsTask();
        var call = await _loader.NextCallAsync();
        var single = _cache.GetOrCreateAsync("b", Never<string>()).AsTask();
        call.AnswerAll("shared");
        Assert.Equal("shared", await single.Soon());
        await load.Soon();
    }

    [Fact]
    public async Task TwoBatchesThatOverlap_LoadEachKeyOnce()
    {
        var first = _cache.GetOrCreateManyAsync(["a", "b"], _loader.Loader).AsTask();
        var call = await _loader.NextCallAsync();
        var second = _cache.GetOrCreateManyAsync(["b", "c"], _loader.Loader).AsTask();
        var other = await _loader.NextCallAsync();
        Assert.Equal(["c"], other.Keys);
        other.AnswerAll("2");
        call.AnswerAll("1");
        Assert.Equal(["a=1", "b=1"], (await first.Soon()).Sorted());
        Assert.Equal(["b=1", "c=2"], (await second.Soon()).Sorted());
    }

    [Fact]
    public async Task WhenEveryKeyIsBeingLoaded_TheLoaderIsNotAsked()
    {
        var first = _cache.GetOrCreateManyAsync(Abc, _loader.Loader).AsTask();
        var second = _cache.GetOrCreateManyAsync(Abc, Bulk.Never).AsTask();
        (await _loader.NextCallAsync()).AnswerAll("x");
        Assert.Equal((await first.Soon()).Sorted(), (await second.Soon()).Sorted());
    }

    [Fact]
    public async Task AKeyThatTheLoaderLeavesOut_IsNotFound_AndRemembered()
    {
        var options = new EntryOptions { NotFoundFor = Minutes(1) };
        var found = await _cache.GetOrCreateManyAsync(Abc, Bulk.Has(("a", "1")), options);
        Assert.Equal(["a=1"], found.Sorted());
        Assert.True((await _cache.GetAsync<string>("b")).IsNotFound);
        Assert.Equal(["a=1"], (await _cache.GetOrCreateManyAsync(Abc, Bulk.Never, options)).Sorted());
        _clock.Advance(Minutes(2));
        Assert.Equal(["a=1", "b=new b", "c=new c"], (await _cache.GetOrCreateManyAsync(Abc, Bulk.Says("new "), options)).Sorted());
    }

    [Fact]
    public async Task AKeyThatTheLoaderLeavesOut_LosesItsOlderEntry()
    {
        var options = new EntryOptions { FallbackFor = Minutes(10) };
        await _cache.SetAsync("b", "old", options);
        _clock.Advance(Minutes(6));
        Assert.Empty(await _cache.GetOrCreateManyAsync(["b"], Bulk.Has(), options));
        Assert.Equal(0, _cache.Statistics.Entries);
        var failed = await Assert.ThrowsAsync<BulkLoadException>(async () => await _cache.GetOrCreateManyAsync(["b"], Bulk.Never, options));
        Assert.Equal(["b"], failed.Failures.Keys);
    }

    [Fact]
    public async Task NullIsAnOrdinaryValue()
    {
        var found = await _cache.GetOrCreateManyAsync<string?>(["a"], (_, _) => new(new Dictionary<string, string?> { ["a"] = null }));
        Assert.True(found.ContainsKey("a"));
        Assert.True((await _cache.GetAsync<string>("a")).HasValue);
    }

    [Fact]
    public async Task WhatNobodyAskedFor_IsIgnored()
    {
        var found = await _cache.GetOrCreateManyAsync(["a"], Bulk.Has(("a", "1"), ("z", "2")));
        Assert.Equal(["a=1"], found.Sorted());
        Assert.False(_cache.TryGet<string>("z", out _));
    }

    [Fact]
    public async Task ALoaderThatThrows_FailsItsOwnKeys_AfterTheJoinedOnesHaveSettled()
    {
        await _cache.SetAsync("a", "hit");
        var source = new GatedSource<string>();
        var single = _cache.GetOrCreateAsync("b", source.Factory).AsTask();
        var load = _cache.GetOrCreateManyAsync(["a", "b", "c", "d"], _loader.Loader).AsTask();
        var cause = new InvalidOperationException("down");
        (await _loader.NextCallAsync()).Fail(cause);
        Assert.False(load.IsCompleted);
        (await source.NextCallAsync()).Answer("joined");
        var failed = await Assert.ThrowsAsync<BulkLoadException>(() => load.Soon());
        Assert.Equal(["c", "d"], failed.Failures.Keys);
        Assert.All(failed.Failures.Values, one => Assert.Same(cause, one));
        Assert.Same(cause, failed.InnerException);
        Assert.Equal(["a=hit", "b=joined"], failed.GetFound<string>().Sorted());
        Assert.Throws<InvalidOperationException>(() => failed.GetFound<int>());
        Assert.Contains("2 of 4 keys", failed.Message, StringComparison.Ordinal);
        Assert.Equal(1, _cache.Statistics.SourceFailures);
        await single.Soon();
    }

    [Fact]
    public async Task AJoinedLoadThatFails_FailsItsKeyAlone()
    {
        var source = new GatedSource<string>();
        var single = _cache.GetOrCreateAsync("b", source.Factory).AsTask();
        var load = _cache.GetOrCreateManyAsync(Abc, Bulk.Says("new ")).AsTask();
        (await source.NextCallAsync()).Fail(new InvalidOperationException("theirs"));
        var failed = await Assert.ThrowsAsync<BulkLoadException>(() => load.Soon());
        Assert.Equal("theirs", Assert.Single(failed.Failures).Value.Message);
        Assert.Equal(["a=new a", "c=new c"], failed.GetFound<string>().Sorted());
        await Assert.ThrowsAsync<InvalidOperationException>(() => single.Soon());
    }

    [Fact]
    public async Task ALoaderThatThrowsAtOnce_IsTheSameAsOneThatThrowsLate()
    {
        var failed = await Assert.ThrowsAsync<BulkLoadException>(async () => await _cache.GetOrCreateManyAsync(Abc, Bulk.Never));
        Assert.Equal(Abc, failed.Failures.Keys);
        Assert.Empty(failed.GetFound<string>());
    }

    [Fact]
    public async Task ALoaderThatAnswersNull_IsToldSo()
    {
        var failed = await Assert.ThrowsAsync<BulkLoadException>(
            async () => await _cache.GetOrCreateManyAsync<string>(Abc, static (_, _) => new((IReadOnlyDictionary<string, string>)null!)));
        Assert.Contains("answered null", Assert.IsType<InvalidOperationException>(failed.Failures["b"]).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AnEntryOfAnotherType_FailsItsKeyAlone()
    {
        await _cache.SetAsync("b", 5);
        var failed = await Assert.ThrowsAsync<BulkLoadException>(async () => await _cache.GetOrCreateManyAsync(Abc, Bulk.Says("new ")));
        Assert.IsType<ValueTypeMismatchException>(Assert.Single(failed.Failures).Value);
        Assert.Equal(["a=new a", "c=new c"], failed.GetFound<string>().Sorted());
    }

    [Fact]
    public async Task TheLoader_MayNotAskTheCacheForItsOwnKeys_ButForOthers()
    {
        string? other = null;
        var failed = await Assert.ThrowsAsync<BulkLoadException>(async () => await _cache.GetOrCreateManyAsync<string>(
            Abc,
            async (_, token) =>
            {
                other = await _cache.GetOrCreateAsync("other", Returns("fine"), cancellationToken: token);
                await _cache.GetOrCreateAsync("c", Returns("never"), cancellationToken: token);
                return new Dictionary<string, string>();
            }));
        Assert.Equal("fine", other);
        Assert.All(failed.Failures.Values, one => Assert.IsType<RecursiveLoadException>(one));
    }

    [Fact]
    public async Task State_IsHandedToTheLoader()
    {
        var found = await _cache.GetOrCreateManyAsync<int, int>(
            ["a", "bb"], 10, static (factor, keys, _) => new(keys.ToDictionary(key => key, key => key.Length * factor)));
        Assert.Equal((10, 20), (found["a"], found["bb"]));
    }

    [Fact]
    public async Task ABadKey_IsRefused_BeforeAnythingIsLoaded()
    {
        await Assert.ThrowsAsync<ArgumentException>(async () => await _cache.GetOrCreateManyAsync(["a", ""], _loader.Loader));
        await Assert.ThrowsAsync<ArgumentException>(async () => await _cache.GetOrCreateManyAsync(["a", null!], _loader.Loader));
        await Assert.ThrowsAsync<ArgumentException>(async () => await _cache.GetOrCreateManyAsync(["a"], _loader.Loader, tags: ["*"]));
        await Assert.ThrowsAsync<ArgumentNullException>(async () => await _cache.GetOrCreateManyAsync(null!, _loader.Loader));
        await Assert.ThrowsAsync<ArgumentNullException>(async () => await _cache.GetOrCreateManyAsync<string>(["a"], null!));
        Assert.Equal(0, _loader.Count);
    }

    [Fact]
    public async Task NoKeys_AreAnsweredByNothing()
    {
        Assert.Empty(await _cache.GetOrCreateManyAsync([], Bulk.Never));
        Assert.Empty(await _cache.GetManyAsync<string>([]));
    }

    [Fact]
    public async Task WithoutTheSource_OnlyWhatIsThereIsAnswered()
    {
        await _cache.SetAsync("b", "here");
        Assert.Equal(["b=here"], (await _cache.GetOrCreateManyAsync(Abc, Bulk.Never, new() { Skip = CacheSkip.Source })).Sorted());
    }

    [Fact]
    public async Task TypedCache_GivesTheLoaderKeysWithoutThePrefix()
    {
        var typed = _cache.For<string>("p:");
        await typed.SetAsync("b", "old");
        var load = typed.GetOrCreateManyAsync(Abc.AsEnumerable().Reverse(), _loader.Loader).AsTask();
        var call = await _loader.NextCallAsync();
        Assert.Equal(["c", "a"], call.Keys);
        call.AnswerAll("new");
        Assert.Equal(["a=new", "b=old", "c=new"], (await load.Soon()).Sorted());
        Assert.True(_cache.TryGet<string>("p:c", out _));
        await typed.ClearAsync();
        Assert.All((await typed.GetManyAsync(Abc)).Values, result => Assert.Equal(CacheStatus.Absent, result.Status));
    }

    [Fact]
    public async Task Tags_BelongToEveryEntryThatIsLoaded()
    {
        await _cache.GetOrCreateManyAsync(Abc, Bulk.Says("old "), tags: ["t"]);
        await _cache.RemoveByTagAsync("t");
        Assert.Equal(["a=new a", "b=new b", "c=new c"], (await _cache.GetOrCreateManyAsync(Abc, Bulk.Says("new "))).Sorted());
    }

    [Fact]
    public async Task ACacheThatIsDisposed_EndsTheLoad()
    {
        var cache = TestCache.Create(_clock);
        var load = cache.GetOrCreateManyAsync(Abc, _loader.Loader).AsTask();
        var call = await _loader.NextCallAsync();
        await cache.DisposeAsync();
        var failed = await Assert.ThrowsAsync<BulkLoadException>(() => load.Soon());
        Assert.All(failed.Failures.Values, one => Assert.IsType<ObjectDisposedException>(one));
        Assert.True(call.Token.IsCancellationRequested);
        await Bulk.IdleAsync(cache);
        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await cache.GetOrCreateManyAsync(Abc, Bulk.Never));
    }
}
