using Larder.Redis.Tests.Kit;
using Larder.Resp;
using Larder.Servers;

namespace Larder.Redis.Tests.Cluster;

/// <summary>Several caches on a real cluster: what one changes the others see, at the level that was chosen, while slots move and nodes die.</summary>
public sealed class ClusterTests
{
    private const int SlotsOfRange = SharedCluster.SlotsOfRange;
    private static readonly TimeSpan Lease = TimeSpan.FromMilliseconds(600);

    [Theory]
    [InlineData(CoherenceLevel.Eventual)]
    [InlineData(CoherenceLevel.Bounded)]
    [InlineData(CoherenceLevel.Strict)]
    public async Task Values_OfAllShards_AreSharedAndRemoved(CoherenceLevel level)
    {
        await using var cluster = await SharedCluster.StartAsync();
        await using var first = await StartAsync(cluster, level);
        await using var second = await StartAsync(cluster, level);
        var keys = Enumerable.Range(0, 60).Select(static number => $"key{number}").ToArray();
        await first.Cache.SetManyAsync(keys.ToDictionary(static key => key, static _ => 1));
        Assert.All(await second.Cache.GetManyAsync<int>(keys), static pair => Assert.True(pair.Value is { HasValue: true, Value: 1 }));
        Assert.All(keys, key => Assert.Equal(1, second.Cache.TryGet<int>(key, out var value) ? value : -1));

        await first.Cache.RemoveAsync(keys);

        foreach (var key in keys)
        {
            await RedisNode.UntilAsync(
                async () => await second.Cache.GetOrCreateAsync(key, static _ => ValueTask.FromResult(2)) == 2, () => $"{key} to be loaded anew");
        }
    }

    [Fact]
    public async Task Strict_Removal_IsSeenAtOnce()
    {
        await using var cluster = await SharedCluster.StartAsync();
        await using var first = await StartAsync(cluster, CoherenceLevel.Strict);
        await using var second = await StartAsync(cluster, CoherenceLevel.Strict);
        for (var round = 0; round < 100; round++)
        {
            var key = $"key{round % 20}";
            Assert.Equal(round, await second.Cache.GetOrCreateAsync(key, _ => ValueTask.FromResult(round)));
            Assert.True(second.Cache.TryGet<int>(key, out _));

            await first.Cache.RemoveAsync(key);

            Assert.False(second.Cache.TryGet<int>(key, out var old), $"{key} is still {old} in round {round}.");
        }
    }

    [Fact]
    public async Task Strict_TagsAndClear_ReachAllShards()
    {
        await using var cluster = await SharedCluster.StartAsync();
        await using var first = await StartAsync(cluster, CoherenceLevel.Strict);
        await using var second = await StartAsync(cluster, CoherenceLevel.Strict);
        for (var round = 0; round < 20; round++)
        {
            var tag = $"tag{round}";
            var keys = Enumerable.Range(0, 10).Select(number => $"{round}:{number}").ToArray();
            foreach (var key in keys)
            {
                await second.Cache.GetOrCreateAsync(key, static _ => ValueTask.FromResult(1), tags: [tag]);
            }

            Assert.All(keys, key => Assert.True(second.Cache.TryGet<int>(key, out _)));
            if (round % 4 == 3)
            {
                await first.Cache.ClearAsync();
            }
            else
            {
                await first.Cache.RemoveByTagAsync(tag);
            }

            Assert.All(keys, key => Assert.False(second.Cache.TryGet<int>(key, out _)));
            Assert.Equal(2, await first.Cache.GetOrCreateAsync(keys[0], static _ => ValueTask.FromResult(2), tags: [tag]));
        }
    }

    [Fact]
    public async Task Topology_Unnamed_IsFoundOut()
    {
        await using var cluster = await SharedCluster.StartAsync();
        await using var node = RedisNode.Start(options => (options.ConnectionString, options.Level) = ($"127.0.0.1:{cluster.Nodes[1].Port}", CoherenceLevel.Strict));
        await node.ConnectedAsync();

        await node.Cache.SetAsync("k", 1);
        await node.Cache.RemoveAsync("k");
        Assert.Contains("all 64 ranges", node.Authority.Description);
    }

    [Fact]
    public async Task Increment_OfAllShards_Counts()
    {
        await using var cluster = await SharedCluster.StartAsync();
        await using var node = await StartAsync(cluster, CoherenceLevel.Strict);
        for (var round = 1; round <= 3; round++)
        {
            for (var key = 0; key < 20; key++)
            {
                Assert.Equal(round, await node.Cache.IncrementAsync($"n{key}"));
            }
        }
    }

    [Fact]
    public async Task SplitRange_ItsKeys_AreSharedWithoutMemory()
    {
        await using var cluster = await SharedCluster.StartAsync();
        await using var first = await StartAsync(cluster, CoherenceLevel.Strict);
        await using var second = await StartAsync(cluster, CoherenceLevel.Strict);
        var key = KeyBesideHome();
        await first.Cache.SetAsync(key, 1);
        await MoveAsync(cluster, SlotOf(key));
        await WaitForStrayAsync(second, key);

        Assert.Equal(1, await second.Cache.GetOrCreateAsync(key, static _ => ValueTask.FromResult(-1)));
        Assert.False(second.Cache.TryGet<int>(key, out _));
        await first.Cache.RemoveAsync(key);
        var loads = 0;
        var readers = Enumerable.Range(0, 50).Select(number => (number % 2 == 0 ? first : second).Cache.GetOrCreateAsync(
            key,
            async _ =>
            {
                await Task.Delay(50, CancellationToken.None);
                return Interlocked.Increment(ref loads) + 1;
            }).AsTask());
        Assert.All(await Task.WhenAll(readers), static value => Assert.Equal(2, value));
        Assert.Equal(1, loads);
    }

    [Fact]
    public async Task Slots_ThatMoveWhileAllRuns_ShowNothingOld()
    {
        await using var cluster = await SharedCluster.StartAsync();
        await using var first = await StartAsync(cluster, CoherenceLevel.Strict);
        await using var second = await StartAsync(cluster, CoherenceLevel.Strict);
        var run = new StrictRun([KeyBesideHome(), "a", "b"], [first, second]);
        await run.DuringAsync(async () =>
        {
            for (var round = 0; round < 4; round++)
            {
                await MoveAsync(cluster, SlotOf(run.Keys[round % 3]));

                await GoesOnAsync(run);

                // And the home of a range, where its registry is.
                await MoveAsync(cluster, SlotOf(run.Keys[0]) / SlotsOfRange * SlotsOfRange);
                await GoesOnAsync(run);
            }
        });
        Assert.True(run.Reads > 200 && run.Changes > 40, $"{run.Reads} reads, {run.Changes} changes.");
    }

    [Fact]
    public async Task FailOver_OfAPrimary_ShowsNothingOldAndGoesOn()
    {
        await using var cluster = await SharedCluster.StartAsync();
        await using var first = await StartAsync(cluster, CoherenceLevel.Strict);
        await using var second = await StartAsync(cluster, CoherenceLevel.Strict);
        var run = new StrictRun(["a", "b", "c"], [first, second]);
        var before = 0L;
        await run.DuringAsync(async () =>
        {
            // In agreement first, so that nothing is lost; then by force, when nothing is under way that could be.
            await RealCluster.PromoteAsync(cluster.Nodes[3]);
            await first.ConnectedAsync();
            await second.ConnectedAsync();
            before = run.Changes;
            await RedisNode.UntilAsync(() => run.Changes > before + 5, () => "changes after the failover");
        });
        cluster.Nodes[1].Kill();
        await RealCluster.WaitForPrimaryAsync(cluster.Nodes[4]);
        await first.ConnectedAsync();
        await second.ConnectedAsync();
        await new StrictRun(["d", "e", "f"], [first, second]).DuringAsync(static () => Task.Delay(500));
    }

    [Fact]
    public async Task PausedNode_OfTheCluster_ShowsNothingOldAndGoesOn()
    {
        await using var cluster = await SharedCluster.StartAsync();
        await using var first = await StartAsync(cluster, CoherenceLevel.Strict, ",hardTimeout=700,commandTimeout=400");
        await using var second = await StartAsync(cluster, CoherenceLevel.Strict, ",hardTimeout=700,commandTimeout=400");
        var run = new StrictRun(["a", "b", "c"], [first, second]);
        await run.DuringAsync(async () =>
        {
            // Shorter than the cluster's own patience, longer than a lease.
            cluster.Nodes[2].Pause();
            await Task.Delay(800);
            cluster.Nodes[2].Resume();
            await first.ConnectedAsync();
            await second.ConnectedAsync();
            var before = run.Changes;
            await RedisNode.UntilAsync(() => run.Changes > before + 5, () => "changes after the pause");
        });
    }

    private static Task GoesOnAsync(StrictRun run)
    {
        var before = run.Changes;
        return RedisNode.UntilAsync(() => run.Changes > before + 5, () => "changes behind a move");
    }

    private static async Task<RedisNode> StartAsync(RealCluster cluster, CoherenceLevel level, string more = "")
    {
        var node = RedisNode.Start(options => (options.ConnectionString, options.Level, options.CoherenceLease) = (SharedCluster.AddressOf(cluster) + more, level, Lease));
        await node.ConnectedAsync();
        return node;
    }

    private static int SlotOf(string key) => RespSlots.Of($"larder:default:k:{key}");

    /// <summary>A key that does not lie in the first slot of its range.</summary>
    private static string KeyBesideHome() => Enumerable.Range(0, 100).Select(static number => $"beside{number}").First(static key => SlotOf(key) % SlotsOfRange != 0);

    private static async Task MoveAsync(RealCluster cluster, int slot)
    {
        var from = await cluster.OwnerOfAsync(slot);
        var to = cluster.Nodes.Take(3).First(node => node != from);
        await cluster.BeginMoveAsync(slot, from, to);
        while (await RealCluster.MoveKeysAsync(slot, from, to) > 0)
        {
        }

        await cluster.EndMoveAsync(slot, from, to);
    }

    /// <summary>Comes back when the node has noticed that the key lives elsewhere.</summary>
    private static Task WaitForStrayAsync(RedisNode node, string key) => RedisNode.UntilAsync(
        async () =>
        {
            await node.Cache.GetAsync<int>(key);
            return !node.Cache.TryGet<int>(key, out _);
        },
        () => "the key to be a stray");
}
