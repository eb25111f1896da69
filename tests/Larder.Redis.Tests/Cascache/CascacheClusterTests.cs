using Larder.Resp;
using Larder.Servers;

namespace Larder.Redis.Tests.Cascache;

/// <summary>A cluster, where the generation and the value of a key usually lie in different slots.</summary>
public sealed class CascacheClusterTests
{
    [Theory]
    [InlineData("user")]
    [InlineData("{user}")]
    public async Task EveryVerb_InACluster_KeepsThePromise(string space)
    {
        await using var cluster = await RealCluster.StartAsync();
        await using var client = await RespClient.ConnectAsync($"127.0.0.1:{cluster.Nodes[0].Port}");
        Assert.True(client.IsCluster);
        var store = new CascacheStore<int>(client, space, options: new CascacheOptions { GenerationRetention = TimeSpan.FromHours(1) });
        var numbers = Enumerable.Range(0, 40).ToDictionary(static number => $"key{number}", static number => number);

        var snapshots = await store.SnapshotManyAsync(numbers.Keys);
        Assert.All((await store.SetManyIfUnchangedAsync(numbers, snapshots)).Values, static outcome => Assert.Equal(CascacheOutcome.Stored, outcome));
        Assert.Equal(numbers, (await store.GetManyAsync(numbers.Keys)).ToDictionary(static pair => pair.Key, static pair => pair.Value.Value));
        Assert.Equal(1, store.Statistics.BulkHits);

        await store.RemoveAsync("key7");
        Assert.Equal(CascacheOutcome.Changed, await store.SetIfUnchangedAsync("key7", 7, snapshots["key7"]));
        var outcomes = await store.SetManyIfUnchangedAsync(numbers, snapshots);
        Assert.Equal(CascacheOutcome.Changed, outcomes["key7"]);
        Assert.Equal(39, outcomes.Values.Count(static outcome => outcome == CascacheOutcome.Stored));
        var found = await store.GetManyAsync(numbers.Keys);
        Assert.Equal(CascacheReason.Absent, found["key7"].Reason);
        Assert.Equal(39, found.Values.Count(static result => result.HasValue));
        Assert.Equal(1, store.Statistics.BulkRejections[CascacheReason.GenerationMoved]);

        // A bulk without members that were not asked for warms its singles here too.
        await store.SetManyIfUnchangedAsync(numbers, await store.SnapshotManyAsync(numbers.Keys));
        await client.UnlinkAsync(numbers.Keys.Select(key => (RespArgument)$"single:{space}:{key}").ToArray());
        Assert.Equal(40, (await store.GetManyAsync(numbers.Keys)).Values.Count(static result => result.HasValue));
        Assert.Equal(7, (await store.GetAsync("key7")).Value);
    }

    [Fact]
    public async Task LateWrite_BetweenCompareAndSet_IsNeverServed()
    {
        await using var cluster = await RealCluster.StartAsync();
        await using var client = await RespClient.ConnectAsync($"127.0.0.1:{cluster.Nodes[0].Port}");
        var store = new CascacheStore<int>(client, "n");

        // What a writer leaves behind that was held up between its comparison and its SET.
        await store.RemoveAsync("a");
        await client.SetAsync("single:n:a", Vectors.Bytes("43415343 01 01 0000000000000000 00000001 39"));
        Assert.Equal(CascacheReason.GenerationMoved, (await store.GetAsync("a")).Reason);
        Assert.Null(await client.GetAsync("single:n:a"));
    }
}
