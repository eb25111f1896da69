using Larder.Tests.Support;
using static Larder.Tests.Support.TestCache;

namespace Larder.Tests.Entrance;

/// <summary>Increments, snapshots with conditional stores, and tags added later: in memory alone, and with an authority.</summary>
public sealed class ConditionalVerbsTests
{
    private static readonly CancellationToken None = CancellationToken.None;
    private readonly FakeClock _clock = new();
    private readonly Shelf _shelf = new();

    public static TheoryData<bool> Places => [false, true];

    [Theory]
    [MemberData(nameof(Places))]
    public async Task Increment_AddsUp_AndIsReadByAddingZero(bool below)
    {
        await using var cache = Open(below);
        Assert.Equal(1, await cache.IncrementAsync("n", cancellationToken: None));
        Assert.Equal(11, await cache.IncrementAsync("n", 10, cancellationToken: None));
        Assert.Equal(-4, await cache.IncrementAsync("n", -15, cancellationToken: None));
        Assert.Equal(-4, await cache.IncrementAsync("n", 0, cancellationToken: None));
    }

    [Theory]
    [MemberData(nameof(Places))]
    public async Task Increment_OfManyCallers_LosesNone(bool below)
    {
        await using var cache = Open(below);
        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(async () =>
        {
            for (var i = 0; i < 500; i++)
            {
                await cache.IncrementAsync("n", cancellationToken: None);
            }
        })));
        Assert.Equal(4_000, await cache.IncrementAsync("n", 0, cancellationToken: None));
    }

    [Theory]
    [MemberData(nameof(Places))]
    public async Task Increment_OverTheRange_ThrowsAndChangesNothing(bool below)
    {
        await using var cache = Open(below);
        await cache.IncrementAsync("n", long.MaxValue, cancellationToken: None);
        await Assert.ThrowsAsync<OverflowException>(async () => await cache.IncrementAsync("n", cancellationToken: None));
        Assert.Equal(long.MaxValue, await cache.IncrementAsync("n", 0, cancellationToken: None));
    }

    [Theory]
    [MemberData(nameof(Places))]
    public async Task Increment_OfAValue_Throws_AndASetEndsANumber(bool below)
    {
        await using var cache = Open(below);
        await cache.SetAsync("k", 5L, cancellationToken: None);
        var refused = await Assert.ThrowsAsync<LarderException>(async () => await cache.IncrementAsync("k", cancellationToken: None));
        Assert.Contains("not a number", refused.Message, StringComparison.Ordinal);
        Assert.True(await cache.GetAsync<long>("k", cancellationToken: None) is { HasValue: true, Value: 5 });

        await cache.IncrementAsync("n", cancellationToken: None);
        await cache.SetAsync("n", "text", cancellationToken: None);
        Assert.Equal("text", (await cache.GetAsync<string>("n", cancellationToken: None)).Value);
        await cache.RemoveAsync("n", None);
        Assert.Equal(1, await cache.IncrementAsync("n", cancellationToken: None));
    }

    [Fact]
    public async Task ANumber_IsPassedByReads_AndReplacedByALoad()
    {
        await using var cache = Open(below: false);
        await cache.IncrementAsync("n", 3, cancellationToken: None);
        Assert.Equal(CacheStatus.Absent, (await cache.GetAsync<long>("n", cancellationToken: None)).Status);
        Assert.False(await cache.ExistsAsync("n", None));
        Assert.Equal("loaded", await cache.GetOrCreateAsync("n", Returns("loaded"), cancellationToken: None));
    }

    [Fact]
    public async Task ANumber_KeepsItsTime_AndEndsWithItsFreshness()
    {
        await using var cache = Open(below: false);
        var options = new EntryOptions { FreshFor = Seconds(10), StaleFor = Minutes(1) };
        await cache.IncrementAsync("n", 1, options, None);
        _clock.Advance(Seconds(9));
        Assert.Equal(2, await cache.IncrementAsync("n", 1, options, None));
        _clock.Advance(Seconds(2));
        Assert.Equal(1, await cache.IncrementAsync("n", 1, options, None));
    }

    [Fact]
    public async Task AnIncrement_ThatIsNotAnswered_ThrowsAsIndeterminate()
    {
        await using var cache = Open(below: true);
        _shelf.IsDown = true;
        await Assert.ThrowsAsync<TierUnavailableException>(async () => await cache.IncrementAsync("n", cancellationToken: None));
        Assert.Single(_shelf.Calls, "Increment");
    }

    [Theory]
    [MemberData(nameof(Places))]
    public async Task ASnapshot_OfAnUnchangedKey_LetsTheValueIn_Once(bool below)
    {
        await using var cache = Open(below);
        var fence = await cache.SnapshotAsync("k", None);
        Assert.Equal(StoreOutcome.Stored, await cache.SetIfUnchangedAsync("k", "read", fence, cancellationToken: None));
        Assert.Equal("read", (await cache.GetAsync<string>("k", cancellationToken: None)).Value);
        Assert.Equal(StoreOutcome.FencedOff, await cache.SetIfUnchangedAsync("k", "again", fence, cancellationToken: None));
        Assert.Equal("read", (await cache.GetAsync<string>("k", cancellationToken: None)).Value);
    }

    public static TheoryData<bool, string> Changes()
    {
        var data = new TheoryData<bool, string>();
        foreach (var below in new[] { false, true })
        {
            foreach (var change in new[] { "remove", "set", "expire", "clear", "tag", "load" })
            {
                data.Add(below, change);
            }
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(Changes))]
    public async Task ASnapshot_OfAKeyThatWasChangedSince_KeepsTheValueOut(bool below, string change)
    {
        await using var cache = Open(below);
        var fence = await cache.SnapshotAsync("k", None);
        switch (change)
        {
            case "remove":
                await cache.RemoveAsync("k", None);
                break;
            case "set":
                await cache.SetAsync("k", "new", cancellationToken: None);
                break;
            case "expire":
                await cache.ExpireAsync("k", None);
                break;
            case "clear":
                await cache.ClearAsync(None);
                break;
            case "tag":
                await cache.RemoveByTagAsync("t", None);
                break;
            default:
                await cache.GetOrCreateAsync("k", Returns("new"), cancellationToken: None);
                break;
        }

        Assert.Equal(StoreOutcome.FencedOff, await cache.SetIfUnchangedAsync("k", "old", fence, tags: ["t"], cancellationToken: None));
        Assert.NotEqual("old", (await cache.GetAsync<string>("k", cancellationToken: None)).Value);
    }

    [Theory]
    [MemberData(nameof(Places))]
    public async Task ASnapshot_OfManyKeys_FencesEachByItself(bool below)
    {
        await using var cache = Open(below);
        var fences = await cache.SnapshotManyAsync(["a", "b", "a"], None);
        Assert.Equal(2, fences.Count);
        await cache.RemoveAsync("b", None);
        var outcomes = await cache.SetManyIfUnchangedAsync(new Dictionary<string, int> { ["a"] = 1, ["b"] = 2 }, fences, cancellationToken: None);
        Assert.Equal((StoreOutcome.Stored, StoreOutcome.FencedOff), (outcomes["a"], outcomes["b"]));
    }

    [Fact]
    public async Task ASnapshot_OfAnotherKeyOrCache_IsRefused()
    {
        await using var cache = Open(below: false);
        await using var other = Open(below: false);
        var fence = await cache.SnapshotAsync("k", None);
        await Assert.ThrowsAsync<ArgumentException>(async () => await cache.SetIfUnchangedAsync("l", 1, fence, cancellationToken: None));
        await Assert.ThrowsAsync<ArgumentException>(async () => await other.SetIfUnchangedAsync("k", 1, fence, cancellationToken: None));
        Assert.Equal(StoreOutcome.FencedOff, await cache.SetIfUnchangedAsync("k", 1, default, cancellationToken: None));
    }

    [Theory]
    [MemberData(nameof(Places))]
    public async Task ATagAddedLater_RemovesTheEntry_AsDoItsOwn(bool below)
    {
        await using var cache = Open(below);
        Assert.False(await cache.AddTagsAsync("k", ["t"], None));
        await cache.SetAsync("k", "v", tags: ["own"], cancellationToken: None);
        Assert.True(await cache.AddTagsAsync("k", ["t", "own"], None));
        Assert.Equal("v", (await cache.GetAsync<string>("k", cancellationToken: None)).Value);
        await cache.RemoveByTagAsync("t", None);
        Assert.False((await cache.GetAsync<string>("k", cancellationToken: None)).HasValue);

        await cache.SetAsync("k", "w", tags: ["own"], cancellationToken: None);
        Assert.True(await cache.AddTagsAsync("k", ["t"], None));
        await cache.RemoveByTagAsync("own", None);
        Assert.False((await cache.GetAsync<string>("k", cancellationToken: None)).HasValue);
    }

    [Fact]
    public async Task ATagAddedDuringARefresh_IsNotLostWithIt()
    {
        await using var cache = Open(below: false);
        var options = new EntryOptions { FreshFor = Seconds(1), StaleFor = Minutes(1) };
        await cache.SetAsync("k", "old", options, cancellationToken: None);
        _clock.Advance(Seconds(2));
        var source = new GatedSource<string>();
        Assert.Equal("old", await cache.GetOrCreateAsync("k", source.Factory, options, cancellationToken: None));
        var refresh = await source.NextCallAsync();
        Assert.True(await cache.AddTagsAsync("k", ["t"], None));
        refresh.Answer("old again");
        await Bounded.Until(() => cache.Statistics.FencedOff == 1);
        await cache.RemoveByTagAsync("t", None);
        Assert.False((await cache.GetAsync<string>("k", cancellationToken: None)).HasValue);
    }

    [Theory]
    [MemberData(nameof(Places))]
    public async Task ATagAddedLater_LeavesTheTimelineAsItWas(bool below)
    {
        await using var cache = Open(below);
        await cache.SetAsync("k", "v", new() { FreshFor = Seconds(10) }, cancellationToken: None);
        _clock.Advance(Seconds(4));
        await cache.AddTagsAsync("k", ["t"], None);
        Assert.Equal(Seconds(6), await cache.GetTimeToLiveAsync("k", None));
    }

    private ICache Open(bool below) => Create(_clock, options => options.Authority = below ? _shelf.Open() : null);
}
