using Larder.Resp.Tests.Kit;
using Larder.Servers;

namespace Larder.Resp.Tests.Topology;

/// <summary>What callers are told of the servers that answer for keys, and of slots that move between them.</summary>
public sealed class ShardTests
{
    private const string KeyOfFirst = "b";
    private const string KeyOfSecond = "a";
    private const int Half = RespSlots.Count / 2;

    [Fact]
    public async Task Shards_OneServer_OwnsAllSlots()
    {
        await using var server = FakeServer.Start();
        await using var client = await RespClient.ConnectAsync($"127.0.0.1:{server.Port}");
        var shard = Assert.Single(client.Shards);
        Assert.Equal(($"127.0.0.1:{server.Port}", client.Epoch), (shard.EndPoint, shard.Epoch));
        Assert.Equal([new RespSlotRange(0, RespSlots.Count - 1)], shard.Slots);
        Assert.Equal(client.Epoch, client.EpochOf(RespSlots.Of("any")));
        Assert.Throws<ArgumentOutOfRangeException>(() => client.EpochOf(RespSlots.Count));
        Assert.Throws<ArgumentOutOfRangeException>(() => client.EpochOf(-1));
    }

    [Fact]
    public async Task Shards_RealCluster_BindCommandsToTheConnectionOfTheOwner()
    {
        await using var cluster = await RealCluster.StartAsync();
        await using var client = await RespClient.ConnectAsync($"127.0.0.1:{cluster.Nodes[0].Port}", new StreamLog());
        var shards = client.Shards;
        Assert.Equal(cluster.Nodes.Take(3).Select(static node => $"127.0.0.1:{node.Port}").Order(), shards.Select(static shard => shard.EndPoint).Order());
        Assert.Equal(3, shards.Select(static shard => shard.Epoch).Distinct().Count());
        Assert.Equal(RespSlots.Count, shards.SelectMany(static shard => shard.Slots).Sum(static range => range.Last - range.First + 1));
        var owner = shards.Single(static shard => shard.Slots.Any(static range => range.First <= RespSlots.Of("foo") && RespSlots.Of("foo") <= range.Last));
        Assert.Equal(owner.Epoch, client.EpochOf(RespSlots.Of("foo")));

        await client.SetAsync("foo", "1");
        foreach (var shard in shards)
        {
            var outcomes = new Outcomes();
            client.Post(new RespCommand("GET", "foo") { Epoch = shard.Epoch }, outcomes, isTracked: true);
            await outcomes.ExpectAsync(shard == owner ? "reply 1" : "failure RespConnectionException");

            // Without a key it goes wherever its epoch says.
            client.Post(new RespCommand("ECHO", shard.EndPoint) { Epoch = shard.Epoch }, outcomes);
            await outcomes.ExpectAsync($"reply {shard.EndPoint}");
        }

        Assert.True(client.Disconnect(owner.Epoch, "For a test."));
        Assert.Equal("1", await Eventually.GetAsync(() => client.GetStringAsync("foo").AsTask()));
        Assert.True(client.EpochOf(RespSlots.Of("foo")) > owner.Epoch);
        Assert.Equal(shards.Where(shard => shard != owner).Select(static shard => shard.Epoch).Order(), client.Shards.Select(static shard => shard.Epoch).Order().Take(2));
    }

    [Fact]
    public async Task SlotMove_NoticedByARefresh_IsToldOnTheReaderBehindWhatWasSentBefore()
    {
        await using var first = FakeServer.Start();
        await using var second = FakeServer.Start();
        var table = Table((0, Half - 1, first), (Half, RespSlots.Count - 1, second));
        foreach (var server in (FakeServer[])[first, second])
        {
            server.Answers.On("CLUSTER", (_, _) => Volatile.Read(ref table)).On("HELLO", static (connection, _) => FakeAnswers.Hello(connection.Id, "cluster"));
        }

        second.Answers.Leave("PING");
        var log = new StreamLog();
        var moves = new List<RespGap>();
        await using var client = await RespClient.ConnectAsync($"127.0.0.1:{first.Port},heartbeatInterval=0", log);
        client.Gap += (_, gap) => moves.Add(gap);
        var connection = await second.AcceptAsync();
        var (from, to) = (client.EpochOf(RespSlots.Of(KeyOfSecond)), client.EpochOf(RespSlots.Of(KeyOfFirst)));
        client.Post(new RespCommand("GET", KeyOfSecond), log);
        await connection.ExpectAsync("GET", KeyOfSecond);

        Volatile.Write(ref table, Table((0, RespSlots.Count - 1, first)));
        first.Answers.On("GET", static (connection, _) => connection.Received.Count(static one => one.Verb == "GET") == 1 ? Wire.Error("TRYAGAIN") : Wire.Bulk("x"));
        Assert.Equal("x", await client.GetStringAsync(KeyOfFirst));
        await connection.ExpectAsync("PING");
        Assert.Equal(to, client.EpochOf(RespSlots.Of(KeyOfSecond)));
        Assert.Equal(["connected", "connected"], log.Lines);
        await connection.ReplyAsync(Wire.Bulk("1"));
        await connection.ReplyAsync(Wire.Simple("PONG"));
        await Bounded.UntilAsync(() => Task.FromResult(log.Lines.Count >= 4), static () => Task.CompletedTask);
        Assert.Equal(["reply 1", "moved"], log.Lines.Skip(2).Take(2));
        var move = moves[0];
        Assert.Equal((from, to, true), (move.Epoch, move.NewEpoch, move.IsMove));
        Assert.Equal(($"127.0.0.1:{second.Port}", $"127.0.0.1:{first.Port}"), (move.EndPoint, move.NewEndPoint));
        Assert.Equal([new RespSlotRange(Half, RespSlots.Count - 1)], move.Slots);
    }

    private static byte[] Table(params (int First, int Last, FakeServer Owner)[] parts) => Wire.Array([.. parts.Select(static part =>
        Wire.Array(Wire.Number(part.First), Wire.Number(part.Last), Wire.Array(Wire.Bulk("127.0.0.1"), Wire.Number(part.Owner.Port))))]);
}
