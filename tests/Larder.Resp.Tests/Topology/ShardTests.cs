using Larder.Resp.Pipelining;
using Larder.Resp.Reading;
using Larder.Resp.Scheduling;
using Larder.Resp.Tests.Kit;
using Larder.Servers;

namespace Larder.Resp.Tests.Topology;

/// <summary>What callers are told of the servers that answer for keys, and of slots that move between them.</summary>
public sealed class ShardTests
{
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
            await outcomes.ExpectAsync(shard == owner ? "reply 1" : "error MOVED");

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
    public async Task Send_ToANodeThatHasBeenDroppedMeanwhile_GoesToTheOwnerOfTheSlot()
    {
        await using var cluster = FakeCluster.Start();
        cluster.First.Answers.On("GET", Wire.Bulk("of the first"));
        await using var client = await cluster.ConnectAsync();
        var slot = RespSlots.Of(FakeCluster.KeyOfSecond);
        var chosen = client.Routing.NodeOfSlot(slot);
        cluster.Own((0, RespSlots.Count - 1, cluster.First));

        // Every lost connection has the table asked for; a node with something under way is kept until the next time.
        await Bounded.UntilAsync(() => Task.FromResult(chosen.IsDisposed), () =>
        {
            cluster.Second.CloseAll();
            return Task.CompletedTask;
        });

        // A caller that was held up between choosing the node and sending.
        var scheduler = new SystemScheduler(TimeProvider.System);
        var pending = Pending<string?>.Rent(Replies.Text);
        pending.Scheduler = scheduler;
        pending.Add(new RespCommand("GET", FakeCluster.KeyOfSecond), isOnlyOne: true);
        pending.Slot = slot;
        pending.Rerouting = client.Routing;
        pending.Begin(scheduler.Clock.Now, scheduler.Clock.Now + 30_000);
        var answer = pending.Task.AsTask();
        chosen.Send(pending);
        Assert.Equal("of the first", await answer);
    }

    [Fact]
    public async Task SlotMove_OfATrackedKey_IsAnnouncedByTheOldNodeItself()
    {
        await using var cluster = await RealCluster.StartAsync();
        var log = new StreamLog();
        await using var client = await RespClient.ConnectAsync($"127.0.0.1:{cluster.Nodes[0].Port}", log);
        await client.SetAsync("foo", "1");
        await client.ExecuteTrackedAsync(new RespCommand("GET", "foo"), log);
        var slot = RespSlots.Of("foo");
        await cluster.BeginMoveAsync(slot, cluster.Nodes[2], cluster.Nodes[0]);
        Assert.Equal(1, await RealCluster.MoveKeysAsync(slot, cluster.Nodes[2], cluster.Nodes[0]));
        await cluster.EndMoveAsync(slot, cluster.Nodes[2], cluster.Nodes[0]);
        await Bounded.UntilAsync(() => Task.FromResult(log.Lines.Contains("invalidate Array(BulkString foo)")), static () => Task.CompletedTask);
    }

    [Fact]
    public async Task SlotMove_NodeDoesNotAnswer_IsToldOnlyWhenItsConnectionIsLost()
    {
        await using var cluster = FakeCluster.Start();
        cluster.Second.Answers.Leave("PING");
        var log = new StreamLog();
        await using var client = await cluster.ConnectAsync("heartbeatInterval=0,commandTimeout=50,hardTimeout=400", log);
        var connection = await cluster.Second.AcceptAsync();
        cluster.Own((0, RespSlots.Count - 1, cluster.First));
        client.Routing.OnReady(client.Node);
        await connection.ExpectAsync("PING");
        await Bounded.UntilAsync(() => Task.FromResult(log.Lines.Contains("moved")), static () => Task.CompletedTask);

        // The next connection may be there by now.
        Assert.Equal(["lost", "moved"], log.Lines.Where(static line => line != "connected"));
    }

    [Fact]
    public async Task SlotMove_NoticedByARefresh_IsToldOnTheReaderBehindWhatWasSentBefore()
    {
        await using var cluster = FakeCluster.Start();
        var (first, second) = (cluster.First, cluster.Second);
        second.Answers.Leave("PING");
        var log = new StreamLog();
        var moves = new List<RespGap>();
        await using var client = await cluster.ConnectAsync(handler: log);
        client.Gap += (_, gap) => moves.Add(gap);
        var connection = await second.AcceptAsync();
        var (from, to) = (client.EpochOf(RespSlots.Of(FakeCluster.KeyOfSecond)), client.EpochOf(RespSlots.Of(FakeCluster.KeyOfFirst)));
        client.Post(new RespCommand("GET", FakeCluster.KeyOfSecond), log);
        await connection.ExpectAsync("GET", FakeCluster.KeyOfSecond);

        cluster.Own((0, RespSlots.Count - 1, first));
        first.Answers.On("GET", static (connection, _) => connection.Received.Count(static one => one.Verb == "GET") == 1 ? Wire.Error("TRYAGAIN") : Wire.Bulk("x"));
        Assert.Equal("x", await client.GetStringAsync(FakeCluster.KeyOfFirst));
        await connection.ExpectAsync("PING");
        Assert.Equal(to, client.EpochOf(RespSlots.Of(FakeCluster.KeyOfSecond)));
        Assert.Equal(["connected", "connected"], log.Lines);
        await connection.ReplyAsync(Wire.Bulk("1"));
        await connection.ReplyAsync(Wire.Simple("PONG"));
        await Bounded.UntilAsync(() => Task.FromResult(log.Lines.Count >= 4), static () => Task.CompletedTask);
        Assert.Equal(["reply 1", "moved"], log.Lines.Skip(2).Take(2));
        var move = moves[0];
        Assert.Equal((from, to, true), (move.Epoch, move.NewEpoch, move.IsMove));
        Assert.Equal(($"127.0.0.1:{second.Port}", $"127.0.0.1:{first.Port}"), (move.EndPoint, move.NewEndPoint));
        Assert.Equal([new RespSlotRange(FakeCluster.Half, RespSlots.Count - 1)], move.Slots);
    }
}
