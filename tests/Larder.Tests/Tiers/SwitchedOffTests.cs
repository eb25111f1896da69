using Larder.Tests.Support;
using static Larder.Tests.Support.TestCache;

namespace Larder.Tests.Tiers;

/// <summary>A cache that is switched off keeps nothing, and still shares loads.</summary>
public sealed class SwitchedOffTests : IAsyncDisposable
{
    private static readonly EntryOptions Everything = new()
    {
        Skip = CacheSkip.None,
        StaleFor = Minutes(1),
        FallbackFor = Minutes(1),
        NotFoundFor = Minutes(1),
        ServeExpired = true,
    };

    private readonly ICache _cache = TestCache.Create(new FakeClock(), options => options.IsEnabled = false);

    public ValueTask DisposeAsync() => _cache.DisposeAsync();

    [Fact]
    public async Task EveryCall_AsksTheSource()
    {
        Assert.False(_cache.IsEnabled);
        for (var i = 0; i < 3; i++)
        {
            var result = await _cache.ResolveAsync("k", Returns(i), Everything);
            Assert.Equal((CacheStatus.Miss, i, TimeSpan.Zero), (result.Status, result.Value, result.RemainingFreshness));
        }

        Assert.Equal((3, 0, 0), (_cache.Statistics.SourceCalls, _cache.Statistics.Stores, _cache.Statistics.Entries));
    }

    [Fact]
    public async Task Set_IsNotKept()
    {
        await _cache.SetAsync("k", "v", Everything);

        Assert.False(_cache.TryGet<string>("k", out _));
        Assert.Equal(CacheStatus.Absent, (await _cache.GetAsync<string>("k", Everything)).Status);
        Assert.False(await _cache.ExistsAsync("k"));
        Assert.Null(await _cache.GetTimeToLiveAsync("k"));
    }

    [Fact]
    public async Task TypedCache_OverIt_KeepsNothingEither()
    {
        var typed = _cache.For<string>("p:", Everything);
        await typed.SetAsync("k", "v");
        Assert.Equal("a", await typed.GetOrCreateAsync("k", Returns("a")));

        Assert.Equal("b", await typed.GetOrCreateAsync("k", Returns("b"), Everything));
        Assert.Equal("c", await typed.GetOrCreateAsync("k".AsSpan(), Returns("c")));
    }

    [Fact]
    public async Task ConcurrentCalls_ShareOneLoad()
    {
        var source = new GatedSource<string>();
        var callers = Enumerable.Range(0, 10).Select(_ => _cache.GetOrCreateAsync("k", source.Factory).AsTask()).ToArray();
        (await source.NextCallAsync()).Answer("v");

        foreach (var caller in callers)
        {
            Assert.Equal("v", await caller.Soon());
        }

        Assert.Equal(1, source.Count);
    }

    [Fact]
    public async Task FailingSource_HasNothingToFallBackOn()
    {
        await _cache.GetOrCreateAsync("k", Returns("v"), Everything);

        await Assert.ThrowsAsync<IOException>(
            () => _cache.GetOrCreateAsync<string>("k", _ => throw new IOException("down"), Everything).AsTask());
    }

    [Fact]
    public async Task Removals_AreAnsweredAndAnnounced()
    {
        var seen = new List<RemovalKind>();
        await using var subscription = _cache.SubscribeRemovals((removal, _) =>
        {
            lock (seen)
            {
                seen.Add(removal.Kind);
            }

            return ValueTask.CompletedTask;
        });

        Assert.Equal(RemovalOutcome.Done, await _cache.RemoveAsync("k"));
        Assert.Equal(RemovalOutcome.Done, await _cache.ClearAsync());
        await Bounded.Until(() =>
        {
            lock (seen)
            {
                return seen.SequenceEqual([RemovalKind.Key, RemovalKind.Clear]);
            }
        });
    }
}
