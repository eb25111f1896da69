using Larder.Ports;
using Larder.Tests.Support;
using static Larder.Tests.Support.TestCache;

namespace Larder.Tests.Tiers;

/// <summary>How long another node's load is waited for.</summary>
public sealed class OtherNodesLoadTests
{
    private static readonly CancellationToken None = CancellationToken.None;
    private readonly FakeClock _clock = new();
    private readonly Shelf _shelf = new();

    [Fact]
    public async Task ALoad_ElsewhereThatTakesManyLooks_IsWaitedForUntilLoadWaitIsOver()
    {
        // A store that announces nothing in order is looked at again and again while the other node loads.
        var looks = new Queue<TaskCompletionSource>();
        var looked = 0;
        _shelf.Busy = _ =>
        {
            var look = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            lock (looks)
            {
                looks.Enqueue(look);
                looked++;
            }

            return look.Task;
        };
        await using var cache = Open();
        var asked = 0;
        var load = cache.GetOrCreateAsync("k", _ => new ValueTask<int>(Interlocked.Increment(ref asked)), cancellationToken: None).AsTask();
        for (var i = 1; i <= 200; i++)
        {
            await Bounded.Until(() => Volatile.Read(ref looked) == i);
            Assert.Equal(0, Volatile.Read(ref asked));
            lock (looks)
            {
                looks.Dequeue().SetResult();
            }
        }

        await Bounded.Until(() => Volatile.Read(ref looked) == 201);
        _clock.Advance(Seconds(21));
        Assert.Equal(1, await load.Soon());
    }

    [Fact]
    public async Task ATier_ThatIsAlwaysBusyWithNothing_IsNotAskedForEver()
    {
        _shelf.Busy = static _ => Task.CompletedTask;
        await using var cache = Open();
        Assert.Equal(7, await cache.GetOrCreateAsync("k", Returns(7), cancellationToken: None).Soon());
        Assert.InRange(_shelf.Calls.Count(call => call == "Claim"), 2, 64);
    }

    [Fact]
    public async Task ATier_WhoseWaitFails_FailsNoRead()
    {
        _shelf.Busy = static _ => Task.FromException(new InvalidOperationException("the tier is broken"));
        await using var cache = Open(TimeSpan.Zero);
        Assert.Equal(7, await cache.GetOrCreateAsync("k", Returns(7), cancellationToken: None).Soon());
    }

    [Theory]
    [InlineData(TierStatus.Leased)]
    [InlineData(TierStatus.Busy)]
    public async Task ATier_ThatAnswersAClaimWithHalfOfIt_FailsNoRead(TierStatus status)
    {
        _shelf.Claims = () => new TierClaim(new TierReading(status));
        await using var cache = Open();
        Assert.Equal(7, await cache.GetOrCreateAsync("k", Returns(7), cancellationToken: None).Soon());
        var many = await cache.GetOrCreateManyAsync(["a", "b"], (keys, _) => new ValueTask<IReadOnlyDictionary<string, int>>(keys.ToDictionary(key => key, _ => 1)), cancellationToken: None).Soon();
        Assert.Equal(2, many.Count);
    }

    private ICache Open(TimeSpan? sourceTimeout = null) =>
        Create(_clock, options =>
        {
            options.Authority = _shelf.Open();
            if (sourceTimeout is { } timeout)
            {
                options.Defaults.SourceTimeout = timeout;
            }
            else
            {
                options.LoadWait = Seconds(20);
            }
        });
}
