using Larder.Tests.Support;
using static Larder.Tests.Support.TestCache;

namespace Larder.Tests.Promise;

/// <summary>
/// The scenarios in which something is removed or set while the key is loading (those seen in HybridCache); the others
/// stand in <see cref="NeverStaleTests"/>.
/// </summary>
public sealed class NeverStaleMidLoadTests : IAsyncDisposable
{
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

    public NeverStaleMidLoadTests() => _cache = TestCache.Create(_clock);

    public ValueTask DisposeAsync() => _cache.DisposeAsync();

    [Fact]
    public async Task H1_RemoveMidLoad_LaterCallersDoNotJoinTheStaleLoad()
    {
        var before = _cache.GetOrCreateAsync("k", _source.Factory).AsTask();
        var staleCall = await _source.NextCallAsync();
        await _cache.RemoveAsync("k");

        var after = Enumerable.Range(0, 50).Select(_ => _cache.GetOrCreateAsync("k", _source.Factory).AsTask()).ToArray();
        var freshCall = await _source.NextCallAsync();
        staleCall.Answer("old");
        Assert.Equal("old", await before.Soon());
        Assert.All(after, task => Assert.False(task.IsCompleted));

        freshCall.Answer("new");
        Assert.All(await Task.WhenAll(after).Soon(), value => Assert.Equal("new", value));
        Assert.Equal(2, _source.Count);
    }

    [Fact]
    public async Task H2_RemoveByTagMidLoad_ResultIsNotStampedAsFresh()
    {
        var before = _cache.GetOrCreateAsync("k", _source.Factory, tags: ["t"]).AsTask();
        var staleCall = await _source.NextCallAsync();

        await _cache.RemoveByTagAsync("t");
        var after = _cache.GetOrCreateAsync("k", _source.Factory, tags: ["t"]).AsTask();
        var freshCall = await _source.NextCallAsync();
        staleCall.Answer("old");

        Assert.Equal("old", await before.Soon());
        Assert.False(_cache.TryGet<string>("k", out _));
        freshCall.Answer("new");
        Assert.Equal("new", await after.Soon());
        Assert.Equal("new", await _cache.GetOrCreateAsync("k", Never<string>(), tags: ["t"]));
    }

    [Fact]
    public async Task H2_RemoveByTagMidLoad_TagThatTheFactoryAddsLaterCountsToo()
    {
        var before = _cache.GetOrCreateAsync<object?, string>("k", null, _source.ContextFactory).AsTask();
        var call = await _source.NextCallAsync();

        await _cache.RemoveByTagAsync("late");
        var joinedAfterwards = _cache.GetOrCreateAsync<object?, string>("k", null, _source.ContextFactory).AsTask();
        call.Context.AddTag("late");
        call.Answer("old");

        Assert.Equal("old", await before.Soon());
        var freshCall = await _source.NextCallAsync();
        freshCall.Context.AddTag("late");
        freshCall.Answer("new");
        Assert.Equal("new", await joinedAfterwards.Soon());
        Assert.Equal("new", await _cache.GetOrCreateAsync("k", Never<string>()));
    }

    [Fact]
    public async Task H5_SetMidLoad_IsNotOverwrittenByTheLoad()
    {
        var loading = _cache.GetOrCreateAsync("k", _source.Factory).AsTask();
        var call = await _source.NextCallAsync();

        await _cache.SetAsync("k", "set");
        Assert.Equal("set", await _cache.GetOrCreateAsync("k", Never<string>()));
        call.Answer("old");

        Assert.Equal("old", await loading.Soon());
        Assert.Equal("set", await _cache.GetOrCreateAsync("k", Never<string>()));
    }

    [Fact]
    public async Task H2_RemoveByTagWhileTheFactoryConfirmsTheOldValue_ItIsNotStoredAgain()
    {
        await _cache.GetOrCreateAsync<object?, string>(
            "k",
            null,
            static (_, entry, _) =>
            {
                entry.AddTag("late");
                return new ValueTask<string>("old");
            },
            WithFallback);
        _clock.Advance(Minutes(2));
        var before = _cache.GetOrCreateAsync<object?, string>("k", null, _source.ContextFactory, WithFallback).AsTask();
        var call = await _source.NextCallAsync();

        await _cache.RemoveByTagAsync("late");
        var after = _cache.GetOrCreateAsync("k", Returns("new"), WithFallback);
        call.Answer(call.Context.NotModified<string>());

        Assert.Equal("old", await before.Soon());
        Assert.Equal("new", await after.Soon());
        Assert.Equal("new", await _cache.GetOrCreateAsync("k", Never<string>(), WithFallback));
    }

    [Fact]
    public async Task H2_ValueThatWasConfirmed_KeepsTheTagsItHad()
    {
        await _cache.SetAsync("k", "old", WithFallback, ["t"]);
        _clock.Advance(Minutes(2));
        await _cache.GetOrCreateAsync<object?, string>(
            "k", null, static (_, entry, _) => new ValueTask<string>(entry.NotModified<string>()), WithFallback);
        Assert.True(_cache.TryGet<string>("k", out _));

        await _cache.RemoveByTagAsync("t");

        Assert.False(_cache.TryGet<string>("k", out _));
    }
}
