using Larder.Resp.Tests.Kit;
using Larder.Servers;

namespace Larder.Resp.Tests.Topology;

/// <summary>Keys that are on their way to another node: ASK for one command, for several, for transactions and for tracked reads.</summary>
public sealed class AskTests
{
    private const string Key = FakeCluster.KeyOfSecond;

    [Fact]
    public async Task Ask_GroupOfWhichEveryPartMoved_IsCarriedOutBehindAskingEachInOnePiece()
    {
        await using var fixture = await Fixture.StartAsync();
        var group = fixture.Client.ExecuteGroupAsync(new RespGroup { new("INCR", $"{{{Key}}}1"), new("INCR", $"{{{Key}}}2") }).AsTask();
        var behind = fixture.Client.GetStringAsync(FakeCluster.KeyOfFirst).AsTask();
        await fixture.Old.ExchangeAsync(fixture.Ask, "INCR", $"{{{Key}}}1");
        await fixture.Old.ExchangeAsync(fixture.Ask, "INCR", $"{{{Key}}}2");
        await fixture.New.ExchangeAsync(Wire.Bulk("x"), "GET", FakeCluster.KeyOfFirst);
        await fixture.New.ExchangeAsync(Wire.Ok, "ASKING");
        await fixture.New.ExchangeAsync(Wire.Number(1), "INCR", $"{{{Key}}}1");
        await fixture.New.ExchangeAsync(Wire.Ok, "ASKING");
        await fixture.New.ExchangeAsync(Wire.Number(2), "INCR", $"{{{Key}}}2");
        Assert.Equal([1, 2], (await group).Select(static one => one.AsInt64()));
        Assert.Equal("x", await behind);
        await fixture.NobodyIsOwedAsync();
    }

    [Fact]
    public async Task Ask_Transaction_IsCarriedOutBehindOneAsking()
    {
        await using var fixture = await Fixture.StartAsync();
        var transaction = fixture.Client.ExecuteGroupAsync(new RespGroup { new("MULTI"), new("INCR", Key), new("INCR", Key), new("EXEC") }).AsTask();
        await fixture.Old.ExchangeAsync(Wire.Ok, "MULTI");
        await fixture.Old.ExchangeAsync(fixture.Ask, "INCR", Key);
        await fixture.Old.ExchangeAsync(fixture.Ask, "INCR", Key);
        await fixture.Old.ExchangeAsync(Wire.Error("EXECABORT Transaction discarded because of previous errors."), "EXEC");
        await fixture.New.ExchangeAsync(Wire.Ok, "ASKING");
        await fixture.New.ExchangeAsync(Wire.Ok, "MULTI");
        await fixture.New.ExchangeAsync(Wire.Simple("QUEUED"), "INCR", Key);
        await fixture.New.ExchangeAsync(Wire.Simple("QUEUED"), "INCR", Key);
        await fixture.New.ExchangeAsync(Wire.Array(Wire.Number(1), Wire.Number(2)), "EXEC");
        Assert.Equal([1, 2], (await transaction)[3].Items.Select(static one => one.AsInt64()));
        await fixture.NobodyIsOwedAsync();
    }

    [Fact]
    public async Task Ask_SomePartsWereAnswered_FailsAtOnceAndRepeatsNothing()
    {
        await using var fixture = await Fixture.StartAsync();
        var group = fixture.Client.ExecuteGroupAsync(new RespGroup { new("GET", $"{{{Key}}}1"), new("GET", $"{{{Key}}}2") }).AsTask();
        await fixture.Old.ExchangeAsync(Wire.Bulk("here"), "GET", $"{{{Key}}}1");
        await fixture.Old.ExchangeAsync(fixture.Ask, "GET", $"{{{Key}}}2");
        var replies = await group;
        Assert.Equal(("here", true), (replies[0].AsString(), replies[1].IsError));
        await fixture.NobodyIsOwedAsync();
    }

    [Fact]
    public async Task Ask_TrackedRead_FailsAtOnceAndAPlainReadIsAnswered()
    {
        await using var fixture = await Fixture.StartAsync(new StreamLog());
        var tracked = fixture.Client.ExecuteTrackedAsync(new RespCommand("GET", Key), new StreamLog()).AsTask();
        var posted = new Outcomes();
        fixture.Client.Post(new RespCommand("GET", Key), posted, isTracked: true);
        var grouped = fixture.Client.ExecuteGroupAsync(new RespGroup { new("CLIENT CACHING", "YES"), new("GET", Key) }).AsTask();
        var plain = fixture.Client.GetStringAsync(Key).AsTask();
        for (var i = 0; i < 4; i++)
        {
            await fixture.Old.ExchangeAsync(fixture.Ask, "GET", Key);
        }

        Assert.True((await Assert.ThrowsAsync<RespRedirectException>(() => tracked)).IsAsk);
        await posted.ExpectAsync("error ASK");
        Assert.True((await grouped)[1].IsError);
        await fixture.New.ExchangeAsync(Wire.Ok, "ASKING");
        await fixture.New.ExchangeAsync(Wire.Bulk("there"), "GET", Key);
        Assert.Equal("there", await plain);
        await fixture.NobodyIsOwedAsync();
    }

    [Fact]
    public async Task Ask_PostedCommand_IsCarriedOutThere()
    {
        await using var fixture = await Fixture.StartAsync();
        var posted = new Outcomes();
        fixture.Client.Post(new RespCommand("GET", Key), posted);
        await fixture.Old.ExchangeAsync(fixture.Ask, "GET", Key);
        await fixture.New.ExchangeAsync(Wire.Ok, "ASKING");
        await fixture.New.ExchangeAsync(Wire.Bulk("there"), "GET", Key);
        await posted.ExpectAsync("reply there");
        await fixture.NobodyIsOwedAsync();
    }

    [Fact]
    public async Task Ask_ConnectionLostBehindIt_BeginsAgainAtTheOwner()
    {
        await using var fixture = await Fixture.StartAsync();
        var read = fixture.Client.ExecuteGroupAsync(new RespGroup { new("GET", $"{{{Key}}}1"), new("GET", $"{{{Key}}}2") }).AsTask();
        await fixture.Old.ExchangeAsync(fixture.Ask, "GET", $"{{{Key}}}1");
        await fixture.Old.ExchangeAsync(fixture.Ask, "GET", $"{{{Key}}}2");
        await fixture.New.ExchangeAsync(Wire.Ok, "ASKING");
        await fixture.New.ExchangeAsync(Wire.Bulk("1"), "GET", $"{{{Key}}}1");
        await fixture.New.WaitUntilReadAsync();
        fixture.New.Close();
        await fixture.Old.ExchangeAsync(Wire.Ok, "ASKING");
        await fixture.Old.ExchangeAsync(Wire.Bulk("1"), "GET", $"{{{Key}}}1");
        await fixture.Old.ExchangeAsync(Wire.Ok, "ASKING");
        await fixture.Old.ExchangeAsync(Wire.Bulk("2"), "GET", $"{{{Key}}}2");
        Assert.Equal(["1", "2"], (await read).Select(static one => one.AsString()));
    }

    private sealed class Fixture : IAsyncDisposable
    {
        private readonly FakeCluster _cluster = FakeCluster.Start();

        internal RespClient Client { get; private set; } = null!;

        internal FakeConnection Old { get; private set; } = null!;

        internal FakeConnection New { get; private set; } = null!;

        internal byte[] Ask => Wire.Error($"ASK {RespSlots.Of(Key)} 127.0.0.1:{_cluster.First.Port}");

        internal static async Task<Fixture> StartAsync(IRespStreamHandler? handler = null)
        {
            var fixture = new Fixture();
            fixture.Client = await fixture._cluster.ConnectAsync("heartbeatInterval=0,reconnectMaximum=50", handler);
            fixture.Old = await fixture._cluster.Second.AcceptAsync();
            fixture.New = await fixture._cluster.First.AcceptAsync();
            return fixture;
        }

        // A place in a ring that is not free would give its reply to the next one.
        internal async Task NobodyIsOwedAsync()
        {
            foreach (var epoch in Client.Shards.Select(static shard => shard.Epoch))
            {
                Assert.Equal("x", (await Client.ExecuteAsync(new RespCommand("PING", "x") { Epoch = epoch })).AsString());
            }
        }

        public async ValueTask DisposeAsync()
        {
            await Client.DisposeAsync();
            await _cluster.DisposeAsync();
        }
    }
}
