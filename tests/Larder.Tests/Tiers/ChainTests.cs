using Larder.Tests.Support;
using static Larder.Tests.Support.TestCache;

namespace Larder.Tests.Tiers;

/// <summary>What a cache with an authority promises beyond memory: one process after the other over the same store.</summary>
public sealed class ChainTests
{
    private static readonly CancellationToken None = CancellationToken.None;
    private readonly FakeClock _clock = new();
    private readonly Shelf _shelf = new();

    [Fact]
    public async Task AValue_IsFoundBelow_ByTheNextProcess()
    {
        await using (var first = Open())
        {
            Assert.Equal("tea", await first.GetOrCreateAsync("k", Returns("tea"), cancellationToken: None));
        }

        await using var second = Open();
        var found = await second.ResolveAsync("k", Never<string>(), cancellationToken: None);
        Assert.Equal((CacheStatus.Hit, CacheTier.Remote, "tea"), (found.Status, found.Tier, found.Value));
        var again = await second.ResolveAsync("k", Never<string>(), cancellationToken: None);
        Assert.Equal((CacheStatus.Hit, CacheTier.Memory, "tea"), (again.Status, again.Tier, again.Value));
        Assert.Equal(1, second.Statistics.TierHits);
    }

    [Fact]
    public async Task GetAsync_LooksBelow_AndKeepsWhatItFinds()
    {
        await using (var first = Open())
        {
            await first.SetAsync("k", 7, cancellationToken: None);
        }

        await using var second = Open();
        Assert.False(second.TryGet<int>("k", out _));
        Assert.Equal((7, CacheTier.Remote), await second.GetAsync<int>("k", cancellationToken: None) is var r ? (r.Value, r.Tier) : default);
        Assert.True(second.TryGet<int>("k", out _));
        Assert.True(await second.ExistsAsync("k", None));
        Assert.Equal(Minutes(5), await second.GetTimeToLiveAsync("k", None));
    }

    [Fact]
    public async Task ExistsAndTimeToLive_AnswerFromBelow_WithoutAValueInMemory()
    {
        await using (var first = Open())
        {
            await first.SetAsync("k", 7, cancellationToken: None);
        }

        await using var second = Open();
        Assert.True(await second.ExistsAsync("k", None));
        Assert.Equal(Minutes(5), await second.GetTimeToLiveAsync("k", None));
        Assert.False(await second.ExistsAsync("other", None));
        Assert.Null(await second.GetTimeToLiveAsync("other", None));
    }

    [Fact]
    public async Task RemoveAsync_RemovesBelow()
    {
        await using var cache = Open();
        await cache.SetAsync("k", 1, cancellationToken: None);
        Assert.True(_shelf.Holds("k"));
        Assert.Equal(RemovalOutcome.Done, await cache.RemoveAsync("k", None));
        Assert.False(_shelf.Holds("k"));
        Assert.Equal(2, await cache.GetOrCreateAsync("k", Returns(2), cancellationToken: None));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task ATagOrEverything_RemovedByOneProcess_IsGoneForTheNext(bool everything)
    {
        await using (var first = Open())
        {
            await first.SetAsync("k", "old", tags: ["t", "u"], cancellationToken: None);
            await (everything ? first.ClearAsync(None) : first.RemoveByTagAsync("t", None));
        }

        await using var second = Open();
        Assert.Equal("new", await second.GetOrCreateAsync("k", Returns("new"), cancellationToken: None));
        await using var third = Open();
        Assert.Equal("new", await third.GetOrCreateAsync("k", Never<string>(), cancellationToken: None));
    }

    [Fact]
    public async Task ATagOfAnotherEntry_Removed_LeavesThisOne()
    {
        await using (var first = Open())
        {
            await first.SetAsync("k", "kept", tags: ["t"], cancellationToken: None);
            await first.RemoveByTagAsync("u", None);
        }

        await using var second = Open();
        Assert.Equal("kept", await second.GetOrCreateAsync("k", Never<string>(), cancellationToken: None));
        await second.RemoveByTagAsync("t", None);
        Assert.Equal("new", await second.GetOrCreateAsync("k", Returns("new"), cancellationToken: None));
    }

    [Fact]
    public async Task ARemoval_DuringALoad_LetsNothingBeStored()
    {
        await using var cache = Open();
        var source = new TaskCompletionSource<string>();
        var load = cache.GetOrCreateAsync("k", _ => new ValueTask<string>(source.Task), cancellationToken: None);
        await cache.RemoveAsync("k", None);
        source.SetResult("old");
        Assert.Equal("old", await load);
        Assert.False(_shelf.Holds("k"));
        Assert.Equal("new", await cache.GetOrCreateAsync("k", Returns("new"), cancellationToken: None));
    }

    [Fact]
    public async Task ARemoval_WhileTheAuthorityIsBeingRead_IsNotUndoneByWhatWasRead()
    {
        await using (var first = Open())
        {
            await first.SetAsync("k", "old", cancellationToken: None);
        }

        await using var cache = Open();
        var removing = new TaskCompletionSource();
        _shelf.Before = call => call == "Remove" ? removing.Task : Task.CompletedTask;
        var removal = cache.RemoveAsync("k", None).AsTask();

        // The authority still has it, and this call began before the removal completed.
        Assert.Equal("old", await cache.GetOrCreateAsync("k", Never<string>(), cancellationToken: None));
        removing.SetResult();
        await removal;
        Assert.Equal("new", await cache.GetOrCreateAsync("k", Returns("new"), cancellationToken: None));
    }

    [Fact]
    public async Task AStaleValueBelow_IsServedAndRefreshed()
    {
        var options = new EntryOptions { FreshFor = Seconds(10), StaleFor = Minutes(1) };
        await using (var first = Open())
        {
            await first.SetAsync("k", "old", options, cancellationToken: None);
        }

        _clock.Advance(Seconds(20));
        await using var second = Open();
        var stale = await second.ResolveAsync("k", Returns("new"), options, cancellationToken: None);
        Assert.Equal((CacheStatus.Stale, CacheTier.Remote, "old"), (stale.Status, stale.Tier, stale.Value));
        await Bounded.Until(() => second.TryGet<string>("k", out var value) && value == "new");
        await using var third = Open();
        Assert.Equal("new", await third.GetOrCreateAsync("k", Never<string>(), options, cancellationToken: None));
    }

    [Fact]
    public async Task AnExpiredValueBelow_IsTheFallback_WhenTheSourceFails()
    {
        var options = new EntryOptions { FreshFor = Seconds(10), FallbackFor = Minutes(1) };
        await using (var first = Open())
        {
            await first.SetAsync("k", "old", options, cancellationToken: None);
        }

        _clock.Advance(Seconds(20));
        await using var second = Open();
        var result = await second.ResolveAsync<string>("k", _ => throw new InvalidOperationException("down"), options, cancellationToken: None);
        Assert.Equal((CacheStatus.Fallback, CacheTier.Remote, "old"), (result.Status, result.Tier, result.Value));
    }

    [Fact]
    public async Task ExpireAsync_EndsFreshnessBelow()
    {
        var options = new EntryOptions { StaleFor = Minutes(1) };
        await using (var first = Open())
        {
            await first.SetAsync("k", "old", options, cancellationToken: None);
            await first.ExpireAsync("k", None);
        }

        await using var second = Open();
        var stale = await second.ResolveAsync("k", Returns("new"), options, cancellationToken: None);
        Assert.Equal((CacheStatus.Stale, "old"), (stale.Status, stale.Value));
    }

    [Fact]
    public async Task NotFound_IsAnEntryBelow()
    {
        var options = new EntryOptions { NotFoundFor = Minutes(1) };
        await using (var first = Open())
        {
            await first.ResolveAsync(
                "k", 0, static (_, entry, _) => new ValueTask<string>(entry.NotFound<string>()), options, cancellationToken: None);
        }

        await using var second = Open();
        var result = await second.ResolveAsync("k", Never<string>(), options, cancellationToken: None);
        Assert.True(result.IsNotFound);
        Assert.Equal(CacheTier.Remote, result.Tier);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task AnAuthorityThatFails_NeverFailsARead(bool throws)
    {
        await using var cache = Open();
        (_shelf.Throws, _shelf.IsDown) = (throws, !throws);
        Assert.Equal(1, await cache.GetOrCreateAsync("k", Returns(1), cancellationToken: None));
        Assert.Equal(CacheStatus.Absent, (await cache.GetAsync<int>("other", cancellationToken: None)).Status);
        Assert.True(cache.Statistics.TierFailures > 0);
    }

    [Fact]
    public async Task AnAuthorityThatHangs_CostsAReadItsTimeout()
    {
        await using var cache = Open();
        var never = new TaskCompletionSource();
        _shelf.Before = _ => never.Task;
        var load = cache.GetOrCreateAsync("k", Returns(1), cancellationToken: None).AsTask();
        Assert.False(load.IsCompleted);
        _clock.Advance(Seconds(2));
        Assert.Equal(1, await load.Soon());
        never.SetResult();
    }

    [Fact]
    public async Task ARemoval_ThatTheAuthorityIsNotToldOf_Throws()
    {
        await using var cache = Open();
        await cache.SetAsync("k", 1, cancellationToken: None);
        _shelf.IsDown = true;
        await Assert.ThrowsAsync<TierUnavailableException>(async () => await cache.RemoveAsync("k", None));
        Assert.False(cache.TryGet<int>("k", out _));
    }

    [Fact]
    public async Task AQueuedRemoval_IsRepeated_BeforeTheAuthorityIsReadAgain()
    {
        await using var cache = Open(options => options.QueueRemovals = true);
        await cache.SetAsync("k", "old", cancellationToken: None);
        _shelf.IsDown = true;
        Assert.Equal(RemovalOutcome.Queued, await cache.RemoveAsync("k", None));
        Assert.Equal(1, cache.Statistics.QueuedRemovals);

        // It is up again, and still has the old value, but it has not been told yet.
        _shelf.IsDown = false;
        Assert.Equal("new", await cache.GetOrCreateAsync("k", Returns("new"), new() { Skip = CacheSkip.MemoryWrite }, cancellationToken: None));
        _clock.Advance(Seconds(1));
        await Bounded.Until(() => cache.Statistics.QueuedRemovals == 0 && !_shelf.Holds("k"));
        Assert.Equal("newer", await cache.GetOrCreateAsync("k", Returns("newer"), cancellationToken: None));
        Assert.True(_shelf.Holds("k"));
    }

    [Fact]
    public async Task ADamagedBody_IsAMissWithAReason()
    {
        await using (var first = Open())
        {
            await first.SetAsync("k", "old", cancellationToken: None);
        }

        _shelf.Damage = body =>
        {
            body[^1] ^= 1;
            return body;
        };
        await using var second = Open();
        Assert.Equal("new", await second.GetOrCreateAsync("k", Returns("new"), cancellationToken: None));
        Assert.True(second.Statistics.TierUnreadable > 0);
        _shelf.Damage = null;
        await using var third = Open();
        Assert.Equal("new", await third.GetOrCreateAsync("k", Never<string>(), cancellationToken: None));
    }

    [Fact]
    public async Task AnswersFromBelow_AreMeasuredByTheirTier_AndFaultsByTheirReason()
    {
        using var meter = new MeterCollector("measured");
        await using (var first = Open())
        {
            await first.SetAsync("k", "v", cancellationToken: None);
            await first.SetAsync("l", "v", cancellationToken: None);
        }

        await using var second = Create(_clock, options => options.Authority = _shelf.Open(), "measured");
        await second.GetAsync<string>("k", cancellationToken: None);
        await second.GetAsync<string>("k", cancellationToken: None);
        await second.GetAsync<int>("l", cancellationToken: None);
        Assert.Equal((1, 2), (second.Statistics.TierHits, second.Statistics.Hits));
        Assert.Equal(1, second.Statistics.TierUnreadable);
        var measured = meter.Collect();
        Assert.Contains(measured, one => one is { Instrument: "larder.requests", Rest: "status=hit tier=remote", Value: 1 });
        Assert.Contains(measured, one => one is { Instrument: "larder.requests", Rest: "status=hit tier=memory", Value: 1 });
        Assert.Contains(measured, one => one is { Instrument: "larder.tier.unreadable", Rest: "reason=OtherContract", Value: 1 });
    }

    [Fact]
    public async Task AnotherType_IsAMiss_AndIsReplaced()
    {
        await using (var first = Open())
        {
            await first.SetAsync("k", "text", cancellationToken: None);
        }

        await using var second = Open();
        Assert.Equal(5, await second.GetOrCreateAsync("k", Returns(5), cancellationToken: None));
    }

    [Fact]
    public async Task ManyCallers_ShareOneLoad()
    {
        await using var cache = Open();
        var source = new TaskCompletionSource<int>();
        var calls = 0;
        var loads = Enumerable.Range(0, 100).Select(_ => cache.GetOrCreateAsync(
            "k",
            _ =>
            {
                calls++;
                return new ValueTask<int>(source.Task);
            },
            cancellationToken: None).AsTask()).ToArray();
        source.SetResult(3);
        Assert.All(await Task.WhenAll(loads).Soon(), value => Assert.Equal(3, value));
        Assert.Equal(1, calls);
        Assert.Single(_shelf.Calls, "Replace");
    }

    private ICache Open(Action<CacheOptions>? configure = null) =>
        Create(
            _clock,
            options =>
            {
                options.Authority = _shelf.Open();
                configure?.Invoke(options);
            });
}
