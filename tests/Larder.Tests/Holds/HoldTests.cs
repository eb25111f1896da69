using Larder.Tests.Support;
using static Larder.Tests.Support.TestCache;

namespace Larder.Tests.Holds;

/// <summary>Holds in memory alone: while a writer commits nothing is stored, nobody waits for another, and nothing old is served.</summary>
public sealed class HoldTests : IAsyncDisposable
{
    private static readonly TimeSpan Time = Seconds(30);
    private readonly FakeClock _clock = new();
    private readonly ICache _cache;

    public HoldTests() => _cache = Create(_clock);

    public ValueTask DisposeAsync() => _cache.DisposeAsync();

    [Fact]
    public async Task Hold_OfAValue_RemovesItAndKeepsNothingUntilTheRemoval()
    {
        await _cache.SetAsync("k", "old");
        Assert.Equal(RemovalOutcome.Done, await _cache.HoldAsync("k", Time));
        Assert.False(_cache.TryGet<string>("k", out _));
        Assert.Equal("read", await _cache.GetOrCreateAsync("k", Returns("read")));
        Assert.Equal("again", await _cache.GetOrCreateAsync("k", Returns("again")));
        Assert.False(await _cache.ExistsAsync("k"));

        await _cache.RemoveAsync("k");
        Assert.Equal("new", await _cache.GetOrCreateAsync("k", Returns("new")));
        Assert.Equal("new", await _cache.GetOrCreateAsync("k", Never<string>()));
    }

    [Fact]
    public async Task Readers_UnderAHold_ShareOneLoad()
    {
        var source = new GatedSource<string>();
        await _cache.HoldAsync("k", Time);
        var readers = Enumerable.Range(0, 5).Select(_ => _cache.GetOrCreateAsync("k", source.Factory).AsTask()).ToArray();
        (await source.NextCallAsync()).Answer("shared");
        Assert.All(await Task.WhenAll(readers).Soon(), static read => Assert.Equal("shared", read));
        Assert.Equal(1, source.Count);
        Assert.False(_cache.TryGet<string>("k", out _));
    }

    [Fact]
    public async Task Load_BegunBeforeTheHold_IsNotStoredAndNotJoined()
    {
        var source = new GatedSource<string>();
        var before = _cache.GetOrCreateAsync("k", source.Factory).AsTask();
        var first = await source.NextCallAsync();
        await _cache.HoldAsync("k", Time);
        var after = _cache.GetOrCreateAsync("k", source.Factory).AsTask();
        var second = await source.NextCallAsync();
        first.Answer("old");
        second.Answer("newer");
        Assert.Equal("old", await before.Soon());
        Assert.Equal("newer", await after.Soon());
        Assert.False(_cache.TryGet<string>("k", out _));
    }

    [Fact]
    public async Task Load_BegunUnderAHoldThatEndsMeanwhile_IsNotStored()
    {
        var source = new GatedSource<string>();
        await _cache.HoldAsync("k", Time);
        var reader = _cache.GetOrCreateAsync("k", source.Factory, new EntryOptions { SourceTimeout = TimeSpan.Zero }).AsTask();
        var call = await source.NextCallAsync();
        _clock.Advance(Time);
        call.Answer("before the commit");
        Assert.Equal("before the commit", await reader.Soon());
        Assert.False(_cache.TryGet<string>("k", out _));

        Assert.Equal("new", await _cache.GetOrCreateAsync("k", Returns("new")));
        Assert.Equal("new", await _cache.GetOrCreateAsync("k", Never<string>()));
    }

    [Fact]
    public async Task Load_BegunUnderAHold_IsNotJoinedAfterTheRemoval()
    {
        var source = new GatedSource<string>();
        await _cache.HoldAsync("k", Time);
        var reader = _cache.GetOrCreateAsync("k", source.Factory).AsTask();
        var call = await source.NextCallAsync();
        await _cache.RemoveAsync("k");
        Assert.Equal("new", await _cache.GetOrCreateAsync("k", Returns("new")));
        call.Answer("before the commit");
        Assert.Equal("before the commit", await reader.Soon());
        Assert.Equal("new", await _cache.GetOrCreateAsync("k", Never<string>()));
    }

    [Fact]
    public async Task Hold_OfWriterWhoDied_EndsByItself()
    {
        await _cache.HoldAsync("k", Time);
        _clock.Advance(Time - TimeSpan.FromMilliseconds(1));
        await _cache.GetOrCreateAsync("k", Returns("under the hold"));
        Assert.False(_cache.TryGet<string>("k", out _));
        _clock.Advance(TimeSpan.FromMilliseconds(1));
        await _cache.GetOrCreateAsync("k", Returns("new"));
        Assert.True(_cache.TryGet<string>("k", out _));
    }

    [Fact]
    public async Task Hold_Fallback_IsNeverServed()
    {
        var options = new EntryOptions { FreshFor = Seconds(1), StaleFor = Minutes(5), FallbackFor = Minutes(5), ServeExpired = true };
        await _cache.SetAsync("k", "old", options);
        _clock.Advance(Seconds(2));
        await _cache.HoldAsync("k", Time);
        await Assert.ThrowsAsync<IOException>(async () => await _cache.GetOrCreateAsync<string>("k", _ => throw new IOException("down"), options));
    }

    [Fact]
    public async Task Set_DuringAHold_IsStoredAndEndsIt()
    {
        await _cache.HoldAsync("k", Time);
        await _cache.SetAsync("k", "set");
        Assert.Equal("set", await _cache.GetOrCreateAsync("k", Never<string>()));
        await _cache.RemoveAsync("k");

        await _cache.HoldAsync("k", Time);
        await _cache.SetManyAsync(new Dictionary<string, string> { ["k"] = "many" });
        Assert.Equal("many", await _cache.GetOrCreateAsync("k", Never<string>()));
    }

    [Fact]
    public async Task Snapshots_AroundAHold_StoreNothing()
    {
        var before = await _cache.SnapshotAsync("k");
        await _cache.HoldAsync("k", Time);
        var during = await _cache.SnapshotAsync("k");
        Assert.True(during.IsNone);
        Assert.Equal(StoreOutcome.FencedOff, await _cache.SetIfUnchangedAsync("k", "v", before));
        Assert.Equal(StoreOutcome.FencedOff, await _cache.SetIfUnchangedAsync("k", "v", during));
        await _cache.RemoveAsync("k");
        Assert.Equal(StoreOutcome.FencedOff, await _cache.SetIfUnchangedAsync("k", "v", before));
        Assert.Equal(StoreOutcome.Stored, await _cache.SetIfUnchangedAsync("k", "v", await _cache.SnapshotAsync("k")));
    }

    [Fact]
    public async Task OtherVerbs_DuringAHold_LeaveIt()
    {
        await _cache.HoldAsync("k", Time);
        await Assert.ThrowsAsync<LarderException>(async () => await _cache.IncrementAsync("k"));
        Assert.False(await _cache.AddTagsAsync("k", ["t"]));
        await _cache.ExpireAsync("k");
        await _cache.RemoveByTagAsync("t");
        await _cache.ClearAsync();
        await _cache.GetOrCreateAsync("k", Returns("read"));
        Assert.False(_cache.TryGet<string>("k", out _));
    }

    [Fact]
    public async Task Bulk_WithAHeldKey_StoresTheOthers()
    {
        await _cache.HoldAsync("b", Time);
        var found = await _cache.GetOrCreateManyAsync<int>(
            ["a", "b"], static (keys, _) => new ValueTask<IReadOnlyDictionary<string, int>>(keys.ToDictionary(static key => key, static key => (int)key[0])));
        Assert.Equal(2, found.Count);
        Assert.True(_cache.TryGet<int>("a", out _));
        Assert.False(_cache.TryGet<int>("b", out _));
        Assert.False((await _cache.GetManyAsync<int>(["b"]))["b"].HasValue);
    }

    [Fact]
    public async Task Hold_OfAHeldKey_TakesItsPlace()
    {
        await _cache.HoldAsync("k", Time);
        await _cache.HoldAsync("k", Time * 3);
        _clock.Advance(Time * 2);
        await _cache.GetOrCreateAsync("k", Returns("read"));
        Assert.False(_cache.TryGet<string>("k", out _));
        await _cache.RemoveAsync("k");
        await _cache.GetOrCreateAsync("k", Returns("new"));
        Assert.True(_cache.TryGet<string>("k", out _));
    }

    [Fact]
    public async Task Hold_ThroughATypedView_HasItsPrefix()
    {
        var view = _cache.For<string>("v:");
        await view.HoldAsync("k", Time);
        await _cache.GetOrCreateAsync("v:k", Returns("read"));
        Assert.False(_cache.TryGet<string>("v:k", out _));
        await view.RemoveAsync("k");
        await view.GetOrCreateAsync("k", Returns("new"));
        Assert.True(view.TryGet("k", out _));
    }

    [Fact]
    public async Task Hold_NotToldToTheFeed_OnlyItsRemovalIs()
    {
        var seen = new System.Collections.Concurrent.ConcurrentQueue<Removal>();
        await using var subscription = _cache.SubscribeRemovals((removal, _) =>
        {
            seen.Enqueue(removal);
            return ValueTask.CompletedTask;
        });
        await _cache.HoldAsync("k", Time);
        await _cache.RemoveAsync("k");
        await Bounded.Until(() => !seen.IsEmpty);
        Assert.Equal(new Removal(RemovalKind.Key, "k", true), Assert.Single(seen));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(90_000)]
    public async Task Hold_TimeOutOfRange_IsRefused(double seconds) =>
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(async () => await _cache.HoldAsync("k", Seconds(seconds)));
}
