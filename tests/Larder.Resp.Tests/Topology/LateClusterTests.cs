using Larder.Resp.Tests.Kit;
using Larder.Servers;

namespace Larder.Resp.Tests.Topology;

/// <summary>A cluster that nobody could know of when the client was made.</summary>
public sealed class LateClusterTests
{
    [Fact]
    public async Task Topology_NobodyAnsweredAtFirst_WhatWaitsGoesToTheOwnersOfItsSlots()
    {
        await using var cluster = FakeCluster.Start();
        cluster.First.StopListening();
        cluster.Second.StopListening();
        await using var client = await RespClient.ConnectAsync(
            $"127.0.0.1:{cluster.First.Port},abortConnect=false,backlogPolicy=queue,connectRetry=0,reconnectMaximum=50,commandTimeout=30s");
        Assert.False(client.IsConnected);
        var first = client.GetStringAsync(FakeCluster.KeyOfFirst).AsTask();
        var second = client.GetStringAsync(FakeCluster.KeyOfSecond).AsTask();
        var group = client.ExecuteGroupAsync(new RespGroup { new("MULTI"), new("SET", FakeCluster.KeyOfSecond, "x"), new("EXEC") }).AsTask();
        var evaluated = client.ExecuteAsync(new RespCommand("EVAL", "return 1", 1, FakeCluster.KeyOfSecond)).AsTask();
        var crossing = client.ExecuteAsync(new RespCommand("MGET", FakeCluster.KeyOfFirst, FakeCluster.KeyOfSecond)).AsTask();
        Assert.Equal(5, client.Diagnose().Backlog);
        cluster.First.Answers.On("GET", Wire.Bulk("of the first"));
        cluster.Second.Answers.On("GET", Wire.Bulk("of the second")).On("MULTI", Wire.Ok).On("SET", Wire.Simple("QUEUED")).On("EXEC", Wire.Array(Wire.Ok)).On("EVAL", Wire.Number(1));
        cluster.Second.Listen();
        cluster.First.Listen();
        Assert.Equal("of the first", await first);
        Assert.Equal("of the second", await second);
        Assert.Equal("OK", Assert.Single((await group)[2].Items).AsString());
        Assert.Equal(1, (await evaluated).AsInt64());
        Assert.Equal("CROSSSLOT", (await Assert.ThrowsAsync<RespServerException>(() => crossing)).Code);
        Assert.Equal(2, client.Shards.Count);
        Assert.Throws<RespServerException>(() => { _ = client.ExecuteAsync(new RespCommand("MGET", FakeCluster.KeyOfFirst, FakeCluster.KeyOfSecond)).AsTask(); });
    }

    [Fact]
    public async Task Topology_OneServerBecomesACluster_IsNoticedAtTheNextConnection()
    {
        await using var cluster = FakeCluster.Start();
        var server = cluster.First;
        server.Answers.On("HELLO", static (connection, _) => FakeAnswers.Hello(connection.Id, connection.Id == 1 ? "standalone" : "cluster"));
        cluster.Second.Answers.On("GET", Wire.Bulk("of the second"));
        var log = new StreamLog();
        await using var client = await RespClient.ConnectAsync($"127.0.0.1:{server.Port},reconnectMaximum=50", log);
        server.CloseAll();
        Assert.Equal("of the second", await Eventually.GetAsync(() => client.GetStringAsync(FakeCluster.KeyOfSecond).AsTask()));
        Assert.Equal(["connected", "lost"], log.Lines.Take(2));
        Assert.Equal(2, client.Shards.Count);
    }

    [Fact]
    public async Task Dispose_WhileTheClusterIsBeingFound_EndsEverything()
    {
        for (var i = 0; i < 20; i++)
        {
            await using var cluster = FakeCluster.Start();
            cluster.First.StopListening();
            var client = await RespClient.ConnectAsync($"127.0.0.1:{cluster.First.Port},abortConnect=false,backlogPolicy=queue,connectRetry=0,reconnectMinimum=1,reconnectMaximum=10");
            var read = client.GetStringAsync(FakeCluster.KeyOfFirst).AsTask();
            cluster.First.Listen();
            for (var spin = 0; spin < i * 20; spin++)
            {
                await Task.Yield();
            }

            await client.DisposeAsync();
            await Assert.ThrowsAnyAsync<Exception>(() => read);
            await Bounded.UntilAsync(() => Task.FromResult(cluster.First.Connections.All(static one => one.Closed.IsCompleted)), static () => Task.CompletedTask);
        }
    }
}
