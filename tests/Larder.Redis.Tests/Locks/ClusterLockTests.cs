using System.Collections.Concurrent;
using Larder.Redis.Tests.Kit;
using Larder.Servers;

namespace Larder.Redis.Tests.Locks;

/// <summary>Locks, holds and the feed of removals where the keys are spread over several servers.</summary>
public sealed class ClusterLockTests
{
    private static readonly TimeSpan Time = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task LocksHoldsAndFeed_InACluster_AreThoseOfAllNodes()
    {
        await using var cluster = await RealCluster.StartAsync();
        await using var a = Node(cluster);
        await using var b = Node(cluster);
        await a.ConnectedAsync();
        await b.ConnectedAsync();

        foreach (var name in new[] { "job", "}x", "{a}b", "a{b", "{}", "another", "third" })
        {
            await using var held = await a.Cache.TryLockAsync(name, Time);
            Assert.NotNull(held);
            Assert.Null(await b.Cache.TryLockAsync(name, Time));
            await held.DisposeAsync();
            await using var next = await b.Cache.TryLockAsync(name, Time);
            Assert.True(next!.FencingNumber > held.FencingNumber);
        }

        var seen = new ConcurrentQueue<Removal>();
        await using var subscription = b.Cache.SubscribeRemovals((removal, _) =>
        {
            seen.Enqueue(removal);
            return ValueTask.CompletedTask;
        });
        await RedisNode.UntilAsync(() => !seen.IsEmpty, () => "the channel to stand");
        for (var i = 0; i < 20; i++)
        {
            await a.Cache.RemoveAsync($"k{i}");
        }

        await RedisNode.UntilAsync(() => seen.Count >= 21, () => "all removals");
        Assert.Equal(Enumerable.Range(0, 20).Select(static i => $"k{i}"), seen.Skip(1).Select(static removal => removal.Name));

        Assert.Equal(RemovalOutcome.Done, await a.Cache.HoldAsync("k", Time));
        await b.Cache.GetOrCreateAsync("k", static _ => ValueTask.FromResult("under the hold"));
        Assert.False((await b.Cache.GetAsync<string>("k")).HasValue);
        await a.Cache.RemoveAsync("k");
        Assert.Equal("new", await b.Cache.GetOrCreateAsync("k", static _ => ValueTask.FromResult("new")));
        Assert.True((await a.Cache.GetAsync<string>("k")).HasValue);
    }

    private static RedisNode Node(RealCluster cluster) =>
        RedisNode.Start(options => (options.ConnectionString, options.Level) = ($"127.0.0.1:{cluster.Nodes[0].Port}", CoherenceLevel.Eventual));
}
