using Larder.Tests.Support;
using static Larder.Tests.Support.TestCache;

namespace Larder.Tests.Entrance;

/// <summary>What a call may leave out.</summary>
public sealed class SkipTests : IAsyncDisposable
{
    private static readonly EntryOptions Reload = new() { Skip = CacheSkip.MemoryRead };

    private static readonly EntryOptions KeepNothing = new() { Skip = CacheSkip.MemoryWrite };

    private readonly FakeClock _clock = new();
    private readonly ICache _cache;

    public SkipTests() => _cache = TestCache.Create(_clock);

    public ValueTask DisposeAsync() => _cache.DisposeAsync();

    [Fact]
    public async Task MemoryRead_FreshValueThere_AsksTheSourceAndStoresItsAnswer()
    {
        await _cache.SetAsync("k", "old");

        var result = await _cache.ResolveAsync("k", Returns("new"), Reload);

        Assert.Equal((CacheStatus.Miss, "new"), (result.Status, result.Value));
        Assert.Equal("new", await _cache.GetOrCreateAsync("k", Never<string>()));
    }

    [Fact]
    public async Task MemoryRead_EveryShape_AsksTheSource()
    {
        await _cache.SetAsync("k", 0);
        var id = "k";
        Assert.Equal(1, await _cache.GetOrCreateAsync("k", Returns(1), Reload));
        Assert.Equal(2, await _cache.GetOrCreateAsync("k".AsSpan(), Returns(2), Reload));
        Assert.Equal(3, await _cache.GetOrCreateAsync($"{id}", Returns(3), Reload));
        Assert.Equal(4, (await _cache.ResolveAsync("k".AsSpan(), Returns(4), Reload)).Value);
        Assert.Equal(5, (await _cache.ResolveAsync($"{id}", Returns(5), Reload)).Value);
        Assert.Equal(CacheStatus.Absent, (await _cache.GetAsync<int>("k", Reload)).Status);
        Assert.Equal(CacheStatus.Absent, (await _cache.GetAsync<int>("k".AsSpan(), Reload)).Status);
    }

    [Fact]
    public async Task MemoryRead_LoadRunning_JoinsIt()
    {
        var source = new GatedSource<string>();
        var first = _cache.GetOrCreateAsync("k", source.Factory);
        var call = await source.NextCallAsync();
        var second = _cache.GetOrCreateAsync("k", Never<string>(), Reload);
        call.Answer("v");

        Assert.Equal(("v", "v"), (await first.Soon(), await second.Soon()));
    }

    [Fact]
    public async Task MemoryRead_FailingSource_IsNotAnsweredFromMemory()
    {
        await _cache.SetAsync("k", "fresh");

        await Assert.ThrowsAsync<IOException>(
            () => _cache.GetOrCreateAsync<string>("k", _ => throw new IOException("down"), Reload).AsTask());
        Assert.True(_cache.TryGet<string>("k", out _));
    }

    [Fact]
    public async Task MemoryWrite_LoadedValue_IsServedAndTheOlderOneStays()
    {
        await _cache.SetAsync("k", "old", new EntryOptions { FreshFor = Seconds(1), FallbackFor = Minutes(1) });
        _clock.Advance(Seconds(2));

        Assert.Equal("new", await _cache.GetOrCreateAsync("k", Returns("new"), KeepNothing));

        var kept = await _cache.GetAsync<string>("k", new EntryOptions { ServeExpired = true });
        Assert.Equal((CacheStatus.Expired, "old"), (kept.Status, kept.Value));
    }

    [Fact]
    public async Task MemoryWrite_Set_DropsTheOlderValue()
    {
        await _cache.SetAsync("k", "old");
        await _cache.SetAsync("k", "new", KeepNothing);

        Assert.False(_cache.TryGet<string>("k", out _));
    }

    [Fact]
    public async Task MemoryWrite_ValueThere_IsStillRead()
    {
        await _cache.SetAsync("k", "v");

        Assert.Equal("v", await _cache.GetOrCreateAsync("k", Never<string>(), KeepNothing));
    }

    [Fact]
    public async Task Cancelled_BeforeItBegins_LooksUpHitsButDoesNotLoadOrSet()
    {
        using var cancelled = new CancellationTokenSource();
        await cancelled.CancelAsync();
        await _cache.SetAsync("there", "v");

        Assert.Equal("v", await _cache.GetOrCreateAsync("there", Never<string>(), cancellationToken: cancelled.Token));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            async () => await _cache.GetOrCreateAsync("k", Never<string>(), cancellationToken: cancelled.Token));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await _cache.SetAsync("k", "v", cancellationToken: cancelled.Token));
        Assert.Equal(RemovalOutcome.Done, await _cache.RemoveAsync("there", cancelled.Token));
        Assert.False(await _cache.ExistsAsync("there"));
        Assert.False(await _cache.ExistsAsync("k"));
    }

    [Fact]
    public async Task Statistics_OfAnOrdinaryLife_AddUp()
    {
        await _cache.GetOrCreateAsync("k", Returns(1));
        await _cache.GetOrCreateAsync("k", Never<int>());
        _cache.TryGet<int>("k", out _);
        await _cache.GetAsync<int>("nothing");

        var statistics = _cache.Statistics;
        Assert.Equal((2, 1, 1, 4), (statistics.Hits, statistics.Misses, statistics.Absences, statistics.Requests));
        Assert.Equal((1, 1, 0), (statistics.SourceCalls, statistics.Stores, statistics.SourceFailures));
        Assert.Equal(0.5, statistics.HitRatio);
        Assert.Equal(0, new CacheStatistics().HitRatio);
    }
}
