using Larder.Resp.Tests.Kit;
using Larder.Servers;

namespace Larder.Resp.Tests.Connecting;

/// <summary>What becomes of commands: in flight at a disconnect, cancelled, bound to a connection, in groups.</summary>
public sealed class FlightTests
{
    [Fact]
    public async Task Disconnect_CommandsInFlight_AreTreatedAsTheTableSays()
    {
        await using var fixture = await Fixture.StartAsync();
        var client = fixture.Client;
        var epoch = client.Epoch;
        var read = client.GetStringAsync("a").AsTask();
        var unsafeOne = client.IncrementAsync("b").AsTask();
        var declared = client.ExecuteAsync(new RespCommand("EVAL", "x", 0) { Flags = RespFlags.Repeatable }).AsTask();
        var never = client.ExecuteAsync(new RespCommand("GET", "n") { Flags = RespFlags.NeverResend | RespFlags.Repeatable }).AsTask();
        var neverUnsafe = client.ExecuteAsync(new RespCommand("SET", "n", "v") { Flags = RespFlags.NeverResend }).AsTask();
        var bound = client.ExecuteAsync(new RespCommand("GET", "e") { Epoch = epoch }).AsTask();
        var group = client.ExecuteGroupAsync(new RespGroup { new("CLIENT CACHING", "YES"), new("GET", "g") }).AsTask();
        var transaction = client.ExecuteGroupAsync(new RespGroup { new("MULTI"), new("INCR", "m"), new("EXEC") }).AsTask();
        foreach (var verb in (string[])["GET", "INCRBY", "EVAL", "GET", "SET", "GET", "GET", "MULTI", "INCR", "EXEC"])
        {
            Assert.Equal(verb, (await fixture.First.ReceiveAsync()).Verb);
        }

        fixture.First.Close();
        var second = await fixture.Server.AcceptAsync();
        await second.ExchangeAsync(Wire.Bulk("1"), "GET", "a");
        Assert.Equal("EVAL", (await second.ReceiveAsync()).Verb);
        await second.ReplyAsync(Wire.Bulk("2"));
        await second.ExchangeAsync(Wire.Bulk("3"), "GET", "g");

        Assert.Equal("1", await read);
        Assert.Equal("2", (await declared).AsString());
        Assert.Equal("3", (await group)[1].AsString());
        await Assert.ThrowsAsync<RespIndeterminateException>(() => unsafeOne);
        await Assert.ThrowsAsync<RespConnectionException>(() => never);
        await Assert.ThrowsAsync<RespIndeterminateException>(() => neverUnsafe);
        await Assert.ThrowsAsync<RespConnectionException>(() => bound);
        await Assert.ThrowsAsync<RespIndeterminateException>(() => transaction);
        Assert.True(client.Epoch > epoch);
        var late = await Assert.ThrowsAsync<RespConnectionException>(() => client.ExecuteAsync(new RespCommand("GET", "e") { Epoch = epoch }).AsTask());
        Assert.Contains($"connection {epoch}", late.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Reply_ThatCannotBeRead_FailsItsCallerAloneAndIsNotAskedForAgain()
    {
        await using var server = FakeServer.Start();
        server.Answers.On("GET", static (_, command) => command[1] == "long" ? Wire.Raw("$2000000000\r\n") : Wire.Bulk(command[1]));
        await using var client = await RespClient.ConnectAsync($"127.0.0.1:{server.Port},reconnectMaximum=50,backlogPolicy=queue,commandTimeout=20s");
        Task<string?> unreadable;
        Task<string?> behind;
        using (RespClient.Gather())
        {
            unreadable = client.GetStringAsync("long").AsTask();
            behind = client.GetStringAsync("short").AsTask();
        }

        var failure = await Assert.ThrowsAsync<RespConnectionException>(() => unreadable);
        Assert.Contains("Limits.MaximumBulk", failure.Message, StringComparison.Ordinal);
        Assert.IsType<RespProtocolException>(failure.InnerException);
        Assert.Equal("short", await behind);
        Assert.Equal(2, server.Connections.Count);
    }

    [Fact]
    public async Task Command_ThatBringsDownOneConnectionAfterAnother_IsGivenUp()
    {
        await using var server = FakeServer.Start();
        server.Answers.On("GET", static (connection, command) =>
        {
            if (command[1] != "poison")
            {
                return Wire.Bulk(command[1]);
            }

            connection.Close();
            return null;
        });
        await using var client = await RespClient.ConnectAsync($"127.0.0.1:{server.Port},reconnectMinimum=1,reconnectMaximum=10,backlogPolicy=queue,commandTimeout=30s");
        Task<string?> poison;
        Task<string?>[] others;
        using (RespClient.Gather())
        {
            poison = client.GetStringAsync("poison").AsTask();
            others = [.. Enumerable.Range(0, 20).Select(i => client.GetStringAsync($"{i}").AsTask())];
        }

        await Assert.ThrowsAsync<RespConnectionException>(() => poison);
        Assert.Equal(Enumerable.Range(0, 20).Select(static i => $"{i}"), await Task.WhenAll(others));
        Assert.Equal(4, server.Connections.Sum(static connection => connection.Received.Count(static command => command.Is("GET", "poison"))));
    }

    [Fact]
    public async Task Disconnect_GroupWithSomeReplies_IsSentAgainAsAWhole()
    {
        await using var fixture = await Fixture.StartAsync();
        var group = fixture.Client.ExecuteGroupAsync(new RespGroup { new("GET", "a"), new("GET", "b"), new("GET", "c") }).AsTask();
        await fixture.First.ExchangeAsync(Wire.Bulk("old"), "GET", "a");
        await fixture.First.ExchangeAsync(Wire.Error("ERR old"), "GET", "b");
        await fixture.First.WaitUntilReadAsync();
        fixture.First.Close();
        var second = await fixture.Server.AcceptAsync();
        await second.ExchangeAsync(Wire.Bulk("1"), "GET", "a");
        await second.ExchangeAsync(Wire.Bulk("2"), "GET", "b");
        await second.ExchangeAsync(Wire.Bulk("3"), "GET", "c");
        Assert.Equal(["1", "2", "3"], (await group).Select(one => one.AsString()));
    }

    [Fact]
    public async Task Cancel_WhileWaiting_LeavesThePlaceBehind()
    {
        await using var fixture = await Fixture.StartAsync();
        using var cancelling = new CancellationTokenSource();
        var left = fixture.Client.GetStringAsync("a", cancelling.Token).AsTask();
        var kept = fixture.Client.GetStringAsync("b").AsTask();
        await fixture.First.ExpectAsync("GET", "a");
        await fixture.First.ExpectAsync("GET", "b");
        await cancelling.CancelAsync();
        var failure = await Assert.ThrowsAnyAsync<OperationCanceledException>(() => left);
        Assert.Equal(cancelling.Token, failure.CancellationToken);
        await fixture.First.ReplyAsync(Wire.Bulk("of a"));
        await fixture.First.ReplyAsync(Wire.Bulk("of b"));
        Assert.Equal("of b", await kept);
    }

    [Fact]
    public async Task Decoder_Throws_OnlyItsCallerFails()
    {
        await using var fixture = await Fixture.StartAsync();
        var broken = fixture.Client.GetAsync("a", new Broken()).AsTask();
        var wrongType = fixture.Client.ExecuteAsync(new RespCommand("GET", "n"), Larder.Resp.Reading.Replies.Whole).AsTask();
        var kept = fixture.Client.GetStringAsync("b").AsTask();
        await fixture.First.ExchangeAsync(Wire.Array(Wire.Bulk("x"), Wire.Bulk("y")), "GET", "a");
        await fixture.First.ExchangeAsync(Wire.Bulk("no number"), "GET", "n");
        await fixture.First.ExchangeAsync(Wire.Bulk("of b"), "GET", "b");
        await Assert.ThrowsAsync<InvalidTimeZoneException>(() => broken);
        await Assert.ThrowsAsync<RespReplyException>(() => wrongType);
        Assert.Equal("of b", await kept);
    }

    [Fact]
    public async Task Reply_NobodyWaitsFor_EndsTheConnection()
    {
        await using var fixture = await Fixture.StartAsync();
        await fixture.First.SendAsync(Wire.Bulk("for whom?"));
        await Patience.Await(fixture.First.Closed, () => "the connection to be closed");
        var second = await fixture.Server.AcceptAsync();
        var read = fixture.Client.GetStringAsync("a").AsTask();
        await second.ExchangeAsync(Wire.Bulk("1"), "GET", "a");
        Assert.Equal("1", await read);
    }

    [Fact]
    public async Task ErrorReply_Thrown_HasItsCodeAndRedirectionsTheirTarget()
    {
        await using var fixture = await Fixture.StartAsync();
        var wrong = fixture.Client.GetStringAsync("a").AsTask();
        var moved = fixture.Client.GetStringAsync("b").AsTask();
        await fixture.First.ExchangeAsync(Wire.Error("WRONGTYPE Operation against a key"), "GET", "a");
        await fixture.First.ExchangeAsync(Wire.Error("MOVED 3999 127.0.0.1:6381"), "GET", "b");
        Assert.Equal("WRONGTYPE", (await Assert.ThrowsAsync<RespServerException>(() => wrong)).Code);
        var redirect = await Assert.ThrowsAsync<RespRedirectException>(() => moved);
        Assert.Equal((3999, "127.0.0.1:6381", false), (redirect.Slot, redirect.Target, redirect.IsAsk));
    }

    [Fact]
    public async Task Await_ASecondTime_IsRefusedAndHarmsNobody()
    {
        await using var fixture = await Fixture.StartAsync();
        var read = fixture.Client.GetStringAsync("a");
        var reply = fixture.First.ExchangeAsync(Wire.Bulk("1"), "GET", "a");
        Assert.Equal("1", await read);
        await reply;
        await Assert.ThrowsAsync<InvalidOperationException>(async () => await read);
        var next = fixture.Client.GetStringAsync("b").AsTask();
        await fixture.First.ExchangeAsync(Wire.Bulk("2"), "GET", "b");
        Assert.Equal("2", await next);
    }

    [Fact]
    public async Task Send_MoreThanTheRingHolds_WaitForRoomAndThenAreRefused()
    {
        await using var fixture = await Fixture.StartAsync("maximumPending=16");
        // Behind the handshake, whose last commands nobody waits for.
        await fixture.Client.PingAsync();
        var limit = 16 * 5;
        var reads = Enumerable.Range(0, limit + 1).Select(i => fixture.Client.GetStringAsync(i).AsTask()).ToList();
        var refused = await Assert.ThrowsAsync<RespOverloadException>(() => reads[^1]);
        Assert.Contains("MaximumPending", refused.Message, StringComparison.Ordinal);
        for (var i = 0; i < limit; i++)
        {
            await fixture.First.ExchangeAsync(Wire.Number(i), "GET", i.ToString(System.Globalization.CultureInfo.InvariantCulture));
            Assert.Equal(i.ToString(System.Globalization.CultureInfo.InvariantCulture), await reads[i]);
        }
    }

    [Fact]
    public async Task Dispose_CommandsInFlight_FailAndLaterOnesAreRefused()
    {
        await using var fixture = await Fixture.StartAsync();
        var read = fixture.Client.GetStringAsync("a").AsTask();
        await fixture.First.ExpectAsync("GET", "a");
        await fixture.Client.DisposeAsync();
        await Assert.ThrowsAsync<RespConnectionException>(() => read);
        await Assert.ThrowsAsync<ObjectDisposedException>(() => fixture.Client.GetStringAsync("a").AsTask());
    }

    [Fact]
    public async Task Gather_SeveralCommands_GoOutInOnePiece()
    {
        await using var fixture = await Fixture.StartAsync();
        var sent = fixture.Client.Diagnose().BytesSent;
        Task[] reads;
        using (RespClient.Gather())
        {
            reads = [fixture.Client.GetStringAsync("a").AsTask(), fixture.Client.GetStringAsync("b").AsTask()];
            Assert.True(fixture.Client.Diagnose().Unsent > 0 || fixture.Client.Diagnose().BytesSent > sent);
        }

        await fixture.First.ExchangeAsync(Wire.Null, "GET", "a");
        await fixture.First.ExchangeAsync(Wire.Null, "GET", "b");
        await Task.WhenAll(reads);
    }

    private sealed class Broken : IRespDecoder<int>
    {
        public int Decode(ref RespReader reply) => throw new InvalidTimeZoneException();
    }

    private sealed class Fixture : IAsyncDisposable
    {
        internal required FakeServer Server { get; init; }

        internal required RespClient Client { get; init; }

        internal required FakeConnection First { get; init; }

        public async ValueTask DisposeAsync()
        {
            await Client.DisposeAsync();
            await Server.DisposeAsync();
        }

        internal static async Task<Fixture> StartAsync(string settings = "")
        {
            var server = FakeServer.Start();
            var options = RespOptions.Parse($"127.0.0.1:{server.Port},{settings}") with
            {
                BacklogPolicy = RespBacklogPolicy.Queue,
                ReconnectMaximum = TimeSpan.FromMilliseconds(50),
                CommandTimeout = TimeSpan.FromSeconds(30),
            };
            var client = await RespClient.ConnectAsync(options);
            return new Fixture { Server = server, Client = client, First = await server.AcceptAsync() };
        }
    }
}
