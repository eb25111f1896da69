using System.Text;
using Larder.Resp.Tests.Kit;
using Larder.Servers;

namespace Larder.Resp.Tests.Commands;

/// <summary>Commands that every server is sent.</summary>
public sealed class AllServersTests
{
    [Fact]
    public async Task ExecuteOnAllAsync_RealCluster_ReachesEveryPrimary()
    {
        await using var cluster = await RealCluster.StartAsync();
        await using var client = await RespClient.ConnectAsync($"127.0.0.1:{cluster.Nodes[0].Port}");
        await client.SetManyAsync(Enumerable.Range(0, 100).SelectMany(static i => (RespArgument[])[$"key{i}", i]).ToArray());
        var sizes = await client.ExecuteOnAllAsync(new RespCommand("DBSIZE"));
        Assert.Equal(cluster.Nodes.Take(3).Select(static node => $"127.0.0.1:{node.Port}").Order(), sizes.Select(static one => one.EndPoint).Order());
        Assert.Equal(100, sizes.Sum(static one => one.Reply.AsInt64()));

        var loaded = await client.ExecuteOnAllAsync(new RespCommand("SCRIPT LOAD", "return redis.call('GET', KEYS[1])"));
        var hash = Assert.Single(loaded.Select(static one => one.Reply.AsString()).Distinct());
        for (var i = 0; i < 100; i++)
        {
            Assert.Equal($"{i}", (await client.ExecuteAsync(new RespCommand("EVALSHA", hash, 1, $"key{i}"))).AsString());
        }

        await client.ExecuteOnAllAsync(new RespCommand("FLUSHALL"));
        Assert.All(await client.ExecuteOnAllAsync(new RespCommand("DBSIZE")), static one => Assert.Equal(0, one.Reply.AsInt64()));
    }

    [Fact]
    public async Task ExecuteOnAllAsync_SomeFail_SaysWhatEachDid()
    {
        await using var cluster = FakeCluster.Start();
        cluster.First.Answers.On("FLUSHALL", Wire.Ok);
        cluster.Second.Answers.On("FLUSHALL", Wire.Error("MISCONF no disk"));
        await using var client = await cluster.ConnectAsync();
        var failure = await Assert.ThrowsAsync<RespPartialException>(() => client.ExecuteOnAllAsync(new RespCommand("FLUSHALL")).AsTask());
        Assert.Equal(2, failure.Replies.Count);
        Assert.Equal("OK", failure.Replies.Single(one => one.EndPoint == $"127.0.0.1:{cluster.First.Port}").Reply.AsString());
        Assert.IsType<RespServerException>(failure.Replies.Single(one => one.EndPoint == $"127.0.0.1:{cluster.Second.Port}").Failure);
        Assert.Contains($"FLUSHALL failed on 1 of 2 servers. 127.0.0.1:{cluster.Second.Port}: MISCONF", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ExecuteOnAllAsync_ConnectionLost_IsNotSentAgainAnywhere()
    {
        await using var cluster = FakeCluster.Start();
        cluster.First.Answers.On("SCRIPT", Wire.Bulk("hash"));
        await using var client = await cluster.ConnectAsync();
        var connection = await cluster.Second.AcceptAsync();
        var loading = client.ExecuteOnAllAsync(new RespCommand("SCRIPT LOAD", "return 1")).AsTask();
        await connection.ReceiveAsync();
        connection.Close();
        var failure = await Assert.ThrowsAsync<RespPartialException>(() => loading);
        Assert.IsType<RespConnectionException>(failure.InnerException);
        cluster.Second.Answers.On("GET", Wire.Bulk("1"));
        await Eventually.GetAsync(() => client.GetStringAsync(FakeCluster.KeyOfSecond).AsTask());
        Assert.Single(cluster.Second.Connections.SelectMany(static one => one.Received), static command => command.Verb == "SCRIPT");
        Assert.Single(cluster.First.Connections.SelectMany(static one => one.Received), static command => command.Verb == "SCRIPT");
    }

    [Fact]
    public async Task ExecuteOnAllAsync_OneServer_IsThatOne()
    {
        await using var server = FakeServer.Start();
        server.Answers.On("DBSIZE", Wire.Number(7)).On("FLUSHALL", Wire.Error("NOPERM no"));
        await using var client = await RespClient.ConnectAsync($"127.0.0.1:{server.Port}");
        Assert.Equal(7, Assert.Single(await client.ExecuteOnAllAsync(new RespCommand("DBSIZE"))).Reply.AsInt64());
        Assert.Equal("NOPERM", (await Assert.ThrowsAsync<RespServerException>(() => client.ExecuteOnAllAsync(new RespCommand("FLUSHALL")).AsTask())).Code);
        Assert.Throws<ArgumentException>(() => { _ = client.ExecuteOnAllAsync(new RespCommand("DBSIZE") { Epoch = 1 }).AsTask(); });
    }

    [Fact]
    public async Task ScanAsync_ConnectionLostBetweenPages_FailsInsteadOfPassingKeysOver()
    {
        await using var server = FakeServer.Start();
        server.Answers.On("SCAN", static (connection, command) => Wire.Array(Wire.Bulk(command[1] == "0" ? "17" : "0"), Wire.Array(Wire.Bulk($"of {connection.Id}"))));
        await using var client = await RespClient.ConnectAsync($"127.0.0.1:{server.Port},reconnectMaximum=50");
        await using var keys = client.ScanAsync().GetAsyncEnumerator(TestContext.Current.CancellationToken);
        Assert.True(await keys.MoveNextAsync());
        Assert.Equal("of 1", Encoding.UTF8.GetString(keys.Current));
        server.CloseAll();
        await Bounded.UntilAsync(() => Task.FromResult(client.EpochOf(0) != 0 && server.Connections.Count > 1), static () => Task.CompletedTask);
        await Assert.ThrowsAsync<RespConnectionException>(() => keys.MoveNextAsync().AsTask());
    }
}
