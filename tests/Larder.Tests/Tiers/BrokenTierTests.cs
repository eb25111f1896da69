using System.Buffers;
using Larder.Flights;
using Larder.Ports;
using Larder.Tests.Support;
using static Larder.Tests.Support.TestCache;

namespace Larder.Tests.Tiers;

/// <summary>What a tier does that half works: reads never fail because of it, and nothing is lost in silence.</summary>
public sealed class BrokenTierTests
{
    private static readonly CancellationToken None = CancellationToken.None;
    private readonly FakeClock _clock = new();
    private readonly Shelf _shelf = new();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task ASet_WhoseFencesCanNotBeRead_Throws_AndTheOlderValueIsGone(bool many)
    {
        await using (var first = Open())
        {
            await first.SetAsync("k", "old", cancellationToken: None);
        }

        _shelf.Before = static call => call == "ReadFences" ? throw new InvalidOperationException("no fences") : Task.CompletedTask;
        await using var cache = Open();
        await Assert.ThrowsAsync<TierUnavailableException>(async () =>
        {
            if (many)
            {
                await cache.SetManyAsync([KeyValuePair.Create("k", "new"), KeyValuePair.Create("l", "new")], cancellationToken: None);
            }
            else
            {
                await cache.SetAsync("k", "new", cancellationToken: None);
            }
        });
        Assert.False(_shelf.Holds("k"));
        Assert.False(cache.TryGet<string>("k", out _));
    }

    [Fact]
    public async Task ASet_WhoseFencesCanNotBeRead_EndsWithARemoval_WhereRemovalsAreQueued()
    {
        await using (var first = Open())
        {
            await first.SetAsync("k", "old", cancellationToken: None);
        }

        _shelf.Before = static call => call == "ReadFences" ? throw new InvalidOperationException("no fences") : Task.CompletedTask;
        await using var cache = Open(queues: true);
        await cache.SetAsync("k", "new", cancellationToken: None);
        Assert.False(_shelf.Holds("k"));
        Assert.Equal(0, cache.Statistics.Stores);
    }

    [Fact]
    public async Task AChange_WhoseTierThrows_SaysWhichAndWhat_ButNotItsWords()
    {
        await using var cache = Open();
        var thrown = new InvalidOperationException("s3cret");
        _shelf.Before = _ => throw thrown;
        var failure = await Assert.ThrowsAsync<TierUnavailableException>(async () => await cache.RemoveAsync("k", None));
        Assert.Contains("shelf", failure.Message, StringComparison.Ordinal);
        Assert.Contains(nameof(InvalidOperationException), failure.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("s3cret", failure.Message, StringComparison.Ordinal);
        Assert.Same(thrown, failure.InnerException);
    }

    [Fact]
    public async Task AChange_WhoseTierHangs_SaysThatItsTimeIsUp()
    {
        await using var cache = Open();
        _shelf.Before = static _ => new TaskCompletionSource().Task;
        var removing = cache.RemoveAsync("k", None).AsTask();
        _clock.Advance(Minutes(1));
        var failure = await Assert.ThrowsAsync<TierUnavailableException>(() => removing.Soon());
        Assert.Contains(nameof(CacheOptions.TierTimeout), failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task AChange_WhoseWaitForOtherNodesThrows_IsThrownOrQueued(bool queues)
    {
        await using var cache = Create(_clock, options =>
        {
            options.Authority = _shelf.OpenShared();
            options.QueueRemovals = queues;
        });
        _shelf.Before = static call => call == "Synchronize" ? throw new InvalidOperationException("no idea") : Task.CompletedTask;
        if (queues)
        {
            Assert.Equal(RemovalOutcome.Queued, await cache.RemoveAsync("k", None));
            Assert.Equal(1, cache.Statistics.QueuedRemovals);
        }
        else
        {
            await Assert.ThrowsAsync<TierUnavailableException>(async () => await cache.RemoveAsync("k", None));
            await Assert.ThrowsAsync<TierUnavailableException>(async () => await cache.SetAsync("k", 1, cancellationToken: None));
        }
    }

    [Fact]
    public async Task ATier_ThatThrowsWhenAskedForItsHealth_FailsNoReadAndNoRemoval()
    {
        await using (var first = Open())
        {
            await first.SetAsync("k", "below", cancellationToken: None);
        }

        _shelf.IsAvailable = static () => throw new InvalidOperationException("no idea");
        await using var cache = Create(_clock, options => options.Authority = _shelf.OpenShared());
        Assert.Equal("below", await cache.GetOrCreateAsync("k", Never<string>(), cancellationToken: None));
        Assert.Equal("new", await cache.GetOrCreateAsync("l", Returns("new"), cancellationToken: None));
        Assert.Equal(RemovalOutcome.Done, await cache.RemoveAsync("k", None));
        Assert.Equal(2, await cache.IncrementAsync("n", 2, cancellationToken: None));
    }

    [Fact]
    public async Task ABody_WhoseMemoryThrows_IsAMiss_AndNoRightToLoadIsLost()
    {
        _shelf.Claimed = static (key, claim) => key == "a"
            ? new TierClaim(new TierReading(TierStatus.Done, FenceToken.Create(), new ReadOnlySequence<byte>(new Broken().Memory), new Broken()))
            : claim;
        await using (var cache = Open())
        {
            var many = await cache.GetOrCreateManyAsync(
                ["a", "b", "c"], (keys, _) => new ValueTask<IReadOnlyDictionary<string, int>>(keys.ToDictionary(key => key, _ => 1)), cancellationToken: None).Soon();
            Assert.Equal(3, many.Count);
            Assert.True(cache.Statistics.TierUnreadable > 0);
        }

        Assert.True(_shelf.Holds("b") && _shelf.Holds("c"));
        await using var single = Open();
        Assert.Equal(5, await single.GetOrCreateAsync("a", Returns(5), cancellationToken: None).Soon());
    }

    [Fact]
    public async Task ASnapshot_OfATierThatIsAway_DoesNotProveThatItWorks()
    {
        await using var cache = Open();
        _shelf.IsDown = true;
        for (var i = 0; i < 3; i++)
        {
            await cache.GetAsync<int>("k", cancellationToken: None);
            await cache.SnapshotAsync("k", None);
        }

        _shelf.Calls.Clear();
        await cache.GetAsync<int>("k", cancellationToken: None);
        Assert.Empty(_shelf.Calls);
    }

    [Fact]
    public async Task Copies_ThatHang_CostOneTimeoutAndAreLeftAloneThen()
    {
        var copies = new FaultyCopyTier(new MemoryCopyTier());
        await using var cache = Create(_clock, options =>
        {
            options.Authority = _shelf.Open();
            options.Copies = copies;
            options.TierTimeout = Seconds(2);
            options.Defaults.SourceTimeout = Minutes(10);
        });
        copies.Faults.Hang();
        var load = cache.GetOrCreateAsync("k", Returns(5), cancellationToken: None).AsTask();
        Assert.False(load.IsCompleted);
        _clock.Advance(Seconds(2));

        // No second time-out for keeping the copy, nor for the next key.
        Assert.Equal(5, await load.Soon());
        Assert.Equal(6, await cache.GetOrCreateAsync("l", Returns(6), cancellationToken: None).Soon());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Writes_ToOneKey_ThatWaitForAnAuthorityThatHangs_AreBounded(bool queues)
    {
        var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var cache = Open(queues);
        _shelf.Before = _ => gate.Task;
        var writes = Enumerable.Range(0, WriteTurns.MostWaiting + 1).Select(i => cache.SetAsync("k", i, cancellationToken: None).AsTask()).ToList();
        Assert.All(writes, write => Assert.False(write.IsCompleted));

        if (queues)
        {
            await cache.SetAsync("k", -1, cancellationToken: None).Soon();
            Assert.Equal(RemovalOutcome.Queued, await cache.RemoveAsync("k", None).Soon());
        }
        else
        {
            var refused = await Assert.ThrowsAsync<TierUnavailableException>(async () => await cache.SetAsync("k", -1, cancellationToken: None).Soon());
            Assert.Contains("1000 changes", refused.Message, StringComparison.Ordinal);
            await Assert.ThrowsAsync<TierUnavailableException>(async () => await cache.RemoveAsync("k", None).Soon());
            await Assert.ThrowsAsync<TierUnavailableException>(async () => await cache.IncrementAsync("k", cancellationToken: None).Soon());
        }

        // Another key has nothing to do with it.
        var other = cache.SetAsync("l", 1, cancellationToken: None).AsTask();
        Assert.False(other.IsCompleted);
        gate.SetResult();
        await other.Soon();
        await Task.WhenAll(writes).Soon();
        Assert.Equal(WriteTurns.MostWaiting, await Last(cache));
    }

    private static async Task<int> Last(ICache cache) => (await cache.GetAsync<int>("k", cancellationToken: None)).Value;

    private ICache Open(bool queues = false) =>
        Create(_clock, options =>
        {
            options.Authority = _shelf.Open();
            options.QueueRemovals = queues;
        });

    /// <summary>Memory that throws when it is read, and when it is given back.</summary>
    private sealed class Broken : MemoryManager<byte>
    {
        public override Memory<byte> Memory => CreateMemory(200);

        public override Span<byte> GetSpan() => throw new ObjectDisposedException("memory");

        public override MemoryHandle Pin(int elementIndex = 0) => throw new ObjectDisposedException("memory");

        public override void Unpin()
        {
        }

        protected override void Dispose(bool disposing) => throw new InvalidOperationException("given back twice");
    }
}
