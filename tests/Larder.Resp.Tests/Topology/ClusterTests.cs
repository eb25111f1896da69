using System.Globalization;
using System.Text;
using Larder.Resp.Tests.Kit;
using Larder.Resp.Topology;
using Larder.Servers;

namespace Larder.Resp.Tests.Topology;

/// <summary>A real cluster: routing, moving slots and a failover, under load.</summary>
public sealed class ClusterTests
{
    // The slot of the key "foo", as CLUSTER KEYSLOT tells it.
    private const int FooSlot = 12_182;

    [Fact]
    public async Task Cluster_EveryKindOfCommand_GoesWhereItBelongs()
    {
        await using var cluster = await RealCluster.StartAsync();
        await using var client = await ConnectAsync(cluster, cluster.Nodes[4]);
        var keys = Enumerable.Range(0, 1_000).Select(Key).ToArray();
        await client.SetManyAsync(keys.SelectMany(static key => (RespArgument[])[key, $"of {key}"]).ToArray());
        var arguments = keys.Append("missing").Select(static key => (RespArgument)key).ToArray();
        var values = await client.GetManyAsync(arguments);
        Assert.Equal(keys.Select(static key => $"of {key}").Append(null), values.Select(static value => value is null ? null : Encoding.UTF8.GetString(value)));
        Assert.Equal(1_000, await client.ExistsAsync(arguments));
        Assert.Equal(keys.Order(), (await ScanAsync(client)).Order());

        var script = new RespScript("return redis.call('GET', KEYS[1]) .. ARGV[1]");
        foreach (var key in keys.Take(20))
        {
            Assert.Equal($"of {key}!", (await client.EvaluateAsync(script, [key], ["!"])).AsString());
        }

        var together = await client.ExecuteGroupAsync(new RespGroup { new("MULTI"), new("INCR", "{foo}1"), new("INCR", "{foo}2"), new("EXEC") });
        Assert.Equal([1, 1], together[3].Items.Select(static one => one.AsInt64()));
        var crossing = Assert.Throws<RespServerException>(() => { _ = client.ExecuteAsync(new RespCommand("MGET", "foo", "bar")).AsTask(); });
        Assert.Equal("CROSSSLOT", crossing.Code);
        Assert.Equal(1_000, await client.UnlinkAsync(arguments));
        Assert.Equal(3, client.Routing.Primaries.Count);
    }

    [Fact]
    public async Task SlotMoving_UnderLoad_NobodyNotices()
    {
        await using var cluster = await RealCluster.StartAsync();
        await using var client = await ConnectAsync(cluster, cluster.Nodes[0]);
        var gaps = new List<RespGap>();
        client.Gap += (_, gap) =>
        {
            lock (gaps)
            {
                gaps.Add(gap);
            }
        };
        var (from, to) = (cluster.Nodes[2], cluster.Nodes[0]);
        await client.SetManyAsync(Enumerable.Range(0, 50).SelectMany(static i => (RespArgument[])[$"{{foo}}{i}", $"{i}"]).ToArray());
        await using var news = await client.SubscribeAsync("foo", RespChannelKind.Sharded);
        using var stop = new CancellationTokenSource();
        var load = Enumerable.Range(0, 8).Select(i => LoadAsync(client, i, stop.Token)).ToArray();

        await cluster.BeginMoveAsync(FooSlot, from, to);
        Assert.Equal(10, await RealCluster.MoveKeysAsync(FooSlot, from, to, most: 10));
        for (var i = 0; i < 50; i++)
        {
            Assert.Equal($"{i}", await client.GetStringAsync($"{{foo}}{i}"));
        }

        // What is new is asked for at the new node.
        var written = await client.ExecuteGroupAsync(new RespGroup { new("SET", "{foo}g1", "1"), new("INCR", "{foo}g1"), new("GET", "{foo}g2") });
        Assert.Equal(("OK", 2, true), (written[0].AsString(), written[1].AsInt64(), written[2].IsNull));
        var together = await client.ExecuteGroupAsync(new RespGroup { new("MULTI"), new("INCR", "{foo}t"), new("INCR", "{foo}t"), new("EXEC") });
        Assert.Equal([1, 2], together[3].Items.Select(static one => one.AsInt64()));
        await AskingAndCachingExcludeEachOtherAsync(to);
        Assert.True(await RealCluster.MoveKeysAsync(FooSlot, from, to) > 0);
        await cluster.EndMoveAsync(FooSlot, from, to);
        Assert.Equal("1", await client.GetStringAsync("{foo}1"));
        await stop.CancelAsync();
        for (var i = 0; i < load.Length; i++)
        {
            Assert.Equal($"{await load[i]}", await client.GetStringAsync($"{{foo}}n{i}"));
        }

        var moved = Assert.Single(gaps, static gap => gap.IsMove);
        Assert.Equal([new RespSlotRange(FooSlot, FooSlot)], moved.Slots);
        Assert.Equal($"127.0.0.1:{from.Port}", moved.EndPoint);
        Assert.Equal($"127.0.0.1:{to.Port}", client.Routing.NodeOfSlot(FooSlot).EndPoint.ToString());
        await using var messages = news.ReadAllAsync(TestContext.Current.CancellationToken).GetAsyncEnumerator();
        Assert.True(await messages.MoveNextAsync());
        Assert.Equal(RespMessageKind.Lost, messages.Current.Kind);
        Assert.True(await messages.MoveNextAsync());
        Assert.Equal(RespMessageKind.Resumed, messages.Current.Kind);
        Assert.Equal(1, await client.PublishToShardAsync("foo", "hello"));
        Assert.True(await messages.MoveNextAsync());
        Assert.Equal("hello", Encoding.UTF8.GetString(messages.Current.Payload.Span));
    }

    [Fact]
    public async Task PrimaryKilled_UnderLoad_SafeCommandsSurviveAndNothingIsRepeated()
    {
        await using var cluster = await RealCluster.StartAsync();
        await using var client = await ConnectAsync(cluster, cluster.Nodes[0]);
        var (old, replica) = (cluster.Nodes[2], cluster.Nodes[5]);
        await client.SetAsync("foo", "value");
        Assert.Equal(1L, await old.CallAsync("WAIT", "1", "10000"));
        await using var news = await client.SubscribeAsync("news");
        var lost = new List<RespGap>();
        client.Gap += (_, gap) =>
        {
            lock (lost)
            {
                if (!gap.IsConnected)
                {
                    lost.Add(gap);
                }
            }
        };

        // Stopped first, so that nothing under way is answered before the server dies.
        old.Pause();
        var reads = Enumerable.Range(0, 100).Select(_ => client.GetStringAsync("foo").AsTask()).ToArray();
        var counts = Enumerable.Range(0, 8).Select(i => client.IncrementAsync($"{{foo}}n{i}").AsTask()).ToArray();
        old.Kill();
        foreach (var count in counts)
        {
            await Assert.ThrowsAsync<RespIndeterminateException>(() => count);
        }

        Assert.All(await Task.WhenAll(reads), static value => Assert.Equal("value", value));
        await RealCluster.WaitForPrimaryAsync(replica);
        Assert.Equal(1, await Eventually.GetAsync(() => client.IncrementAsync("{foo}n0").AsTask()));
        var gap = Assert.Single(lost, one => one.EndPoint == $"127.0.0.1:{old.Port}" && !one.IsMove);
        Assert.Contains(gap.Slots, static range => range.First <= FooSlot && FooSlot <= range.Last);
        Assert.True(await Eventually.GetAsync(() => client.PublishAsync("news", "x").AsTask()) >= 0);
    }

    [Fact]
    public async Task PrimaryKilled_NobodySendsAnything_TheNewOneIsFoundAllTheSame()
    {
        await using var cluster = await RealCluster.StartAsync();
        await using var client = await RespClient.ConnectAsync($"127.0.0.1:{cluster.Nodes[0].Port},topologyRefreshInterval=0,heartbeatInterval=0");
        var epoch = client.EpochOf(FooSlot);
        cluster.Nodes[2].Kill();
        await RealCluster.WaitForPrimaryAsync(cluster.Nodes[5]);
        await Bounded.UntilAsync(() => Task.FromResult(client.EpochOf(FooSlot) > epoch), static () => Task.CompletedTask);
        Assert.Contains(client.Shards, shard => shard.EndPoint == $"127.0.0.1:{cluster.Nodes[5].Port}" && shard.Epoch == client.EpochOf(FooSlot));
    }

    [Fact]
    public async Task Channel_ItsNodeIsKilled_IsListenedToOnAnotherOne()
    {
        await using var cluster = await RealCluster.StartAsync();
        await using var client = await ConnectAsync(cluster, cluster.Nodes[0]);
        await using var news = await client.SubscribeAsync("news");
        var home = cluster.Nodes.Single(node => client.Routing.Home.EndPoint.Port == node.Port);
        var other = cluster.Nodes.First(node => node != home);
        home.Kill();
        await using var messages = news.ReadAllAsync(TestContext.Current.CancellationToken).GetAsyncEnumerator();
        foreach (var kind in (RespMessageKind[])[RespMessageKind.Lost, RespMessageKind.Resumed])
        {
            Assert.True(await messages.MoveNextAsync());
            Assert.Equal(kind, messages.Current.Kind);
        }

        await other.CallAsync("PUBLISH", "news", "hello");
        Assert.True(await messages.MoveNextAsync());
        Assert.Equal("hello", Encoding.UTF8.GetString(messages.Current.Payload.Span));
    }

    [Fact]
    public async Task ReadFromReplicas_Cluster_ReadsThereAndWritesToThePrimary()
    {
        await using var cluster = await RealCluster.StartAsync();

        // A node names a replica only after it has heard how far that is, so a young cluster may need a second question.
        await using var client = await RespClient.ConnectAsync($"127.0.0.1:{cluster.Nodes[0].Port},readFromReplicas=true,topologyRefreshInterval=1");
        await client.SetAsync("foo", "1");
        Assert.Equal(1L, await cluster.Nodes[2].CallAsync("WAIT", "1", "10000"));
        await Bounded.UntilAsync(
            async () => await cluster.Nodes[5].InfoAsync("commandstats", "cmdstat_get") is not null,
            async () => Assert.Equal("1", await client.GetStringAsync("foo")));
        Assert.Equal(2, await client.IncrementAsync("foo"));
    }

    [Fact]
    public async Task ConnectAsync_ClusterNamed_NeedsNoQuestion()
    {
        await using var server = FakeServer.Start();
        server.Answers.On("CLUSTER", Wire.Array(Wire.Array(Wire.Number(0), Wire.Number(RespSlots.Count - 1), Wire.Array(Wire.Bulk("127.0.0.1"), Wire.Number(server.Port)))));
        server.Answers.On("GET", Wire.Error("TRYAGAIN Multiple keys request during rehashing of slot"));
        await using var client = await RespClient.ConnectAsync($"127.0.0.1:{server.Port},topology=cluster,commandTimeout=200");
        await Assert.ThrowsAsync<RespTimeoutException>(() => client.GetStringAsync("a").AsTask());
        Assert.InRange(server.Connections[0].Received.Count(static command => command.Verb == "GET"), 2, 16);
        Assert.Single(server.Connections);
    }

    // Why a tracked read does not follow ASK: each of the two counts for the next command only.
    private static async Task AskingAndCachingExcludeEachOtherAsync(RealServer importing)
    {
        await using var connection = await importing.ConnectAsync();
        await using var listener = await importing.ConnectAsync();
        var id = ((long)(await listener.CallAsync("CLIENT", "ID"))!).ToString(CultureInfo.InvariantCulture);
        await connection.CallAsync("CLIENT", "TRACKING", "ON", "REDIRECT", id, "OPTIN");
        await connection.CallAsync("ASKING");
        await connection.CallAsync("CLIENT", "CACHING", "YES");
        Assert.StartsWith("MOVED", Assert.IsType<RawErrorException>(await Record.ExceptionAsync(() => connection.CallAsync("GET", "{foo}g1"))).Message, StringComparison.Ordinal);
    }

    private static Task<RespClient> ConnectAsync(RealCluster cluster, RealServer seed)
    {
        Assert.Contains(seed, cluster.Nodes);
        return RespClient.ConnectAsync($"127.0.0.1:{seed.Port},commandTimeout=20s,reconnectMaximum=200");
    }

    private static string Key(int i) => $"key{i.ToString(CultureInfo.InvariantCulture)}";

    private static async Task<List<string>> ScanAsync(RespClient client)
    {
        var found = new HashSet<string>();
        await foreach (var key in client.ScanAsync())
        {
            found.Add(Encoding.UTF8.GetString(key));
        }

        return [.. found];
    }

    // Counts up one key of the moving slot, and checks each answer: none is lost, none is repeated.
    private static async Task<long> LoadAsync(RespClient client, int worker, CancellationToken stop)
    {
        var count = 0L;
        while (!stop.IsCancellationRequested && count < 1_000_000)
        {
            count++;
            Assert.Equal(count, await client.IncrementAsync($"{{foo}}n{worker}", cancellationToken: CancellationToken.None));
        }

        return count;
    }
}
