using Larder.Servers;

namespace Larder.Resp.Tests.Servers;

/// <summary>A real cluster and real Sentinels.</summary>
public sealed class RealTopologyTests
{
    // The slot of the key "foo", as CLUSTER KEYSLOT tells it.
    private const int FooSlot = 12_182;

    [Fact]
    public async Task Cluster_Started_MovesSlotsAndFailsOver()
    {
        await using var cluster = await RealCluster.StartAsync();
        var (first, last) = (cluster.Nodes[0], cluster.Nodes[2]);
        Assert.Same(last, await cluster.OwnerOfAsync(FooSlot));
        Assert.Equal("OK", await last.CallAsync("SET", "foo", "1"));
        var moved = await Assert.ThrowsAsync<RawErrorException>(() => first.CallAsync("GET", "foo"));
        Assert.Equal($"MOVED {FooSlot} 127.0.0.1:{last.Port}", moved.Message);

        await cluster.BeginMoveAsync(FooSlot, last, first);
        Assert.Equal(1, await RealCluster.MoveKeysAsync(FooSlot, last, first));
        var ask = await Assert.ThrowsAsync<RawErrorException>(() => last.CallAsync("GET", "foo"));
        Assert.Equal($"ASK {FooSlot} 127.0.0.1:{first.Port}", ask.Message);
        await cluster.EndMoveAsync(FooSlot, last, first);
        Assert.Equal("1", await first.CallAsync("GET", "foo"));
        Assert.Same(first, await cluster.OwnerOfAsync(FooSlot));

        var replica = cluster.Nodes[3];
        await cluster.WaitUntilGoodAsync();
        await RealCluster.PromoteAsync(replica);
        Assert.Equal("1", await replica.CallAsync("GET", "foo"));

        // Whoever was promoted dies, and its former primary takes over.
        replica.Kill();
        await RealCluster.WaitForPrimaryAsync(first);
        await cluster.WaitUntilGoodAsync(without: replica);
        Assert.Equal("1", await first.CallAsync("GET", "foo"));
    }

    [Fact]
    public async Task Sentinels_PrimaryKilled_NameAnotherOne()
    {
        await using var group = await RealSentinels.StartAsync(password: "secret");
        var old = group.Servers[0];
        Assert.Same(old, await group.PrimaryAsync());
        await old.CallAsync("SET", "key", "1");
        Assert.Equal(2L, await old.CallAsync("WAIT", "2", "10000"));
        old.Kill();

        var primary = await group.WaitForAnotherPrimaryAsync(old);
        Assert.NotSame(old, primary);
        Assert.Equal("1", await primary.CallAsync("GET", "key"));
        Assert.Equal("OK", await primary.CallAsync("SET", "key", "2"));
    }
}
