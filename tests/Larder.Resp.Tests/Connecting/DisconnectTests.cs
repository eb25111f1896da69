using Larder.Resp.Tests.Kit;
using Larder.Servers;

namespace Larder.Resp.Tests.Connecting;

/// <summary>A connection that its user gives up.</summary>
public sealed class DisconnectTests
{
    private const string Reason = "It was not to be trusted.";

    [Fact]
    public async Task Disconnect_CommandsInFlight_FollowTheTableAndTheGapIsTold()
    {
        await using var server = FakeServer.Start();
        await using var client = await RespClient.ConnectAsync(
            RespOptions.Parse($"127.0.0.1:{server.Port},reconnectMaximum=50") with { BacklogPolicy = RespBacklogPolicy.Queue });
        var lost = new TaskCompletionSource<RespGap>(TaskCreationOptions.RunContinuationsAsynchronously);
        client.Gap += (_, gap) => lost.TrySetResult(gap);
        var connection = await server.AcceptAsync();
        var epoch = client.Epoch;
        var read = client.GetStringAsync("a").AsTask();
        var bound = client.ExecuteAsync(new RespCommand("GET", "b") { Epoch = epoch }).AsTask();
        await connection.ReceiveAsync();
        await connection.ReceiveAsync();

        Assert.False(client.Disconnect(epoch + 1, Reason));
        Assert.True(client.Disconnect(epoch, Reason));
        var gap = await Patience.Await(lost.Task, () => "the gap");
        Assert.Equal((epoch, false), (gap.Epoch, gap.IsConnected));
        Assert.EndsWith(Reason, gap.Reason!.Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<RespConnectionException>(() => bound);
        var second = await server.AcceptAsync();
        await second.ExchangeAsync(Wire.Bulk("1"), "GET", "a");
        Assert.Equal("1", await read);
        Assert.False(client.Disconnect(epoch, Reason));
        Assert.True(client.Epoch > epoch);
    }

    [Fact]
    public async Task Disconnect_FromAHandler_IsTheLastDeliveryOfWhatWasReceived()
    {
        await using var server = FakeServer.Start();
        RespClient? client = null;
        var log = new StreamLog();
        var outcomes = new Outcomes { Before = _ => client!.Disconnect(client.Epoch, Reason) };
        await using var made = client = await RespClient.ConnectAsync($"127.0.0.1:{server.Port},reconnectMaximum=50", log);
        var connection = await server.AcceptAsync();
        client.Post(new RespCommand("GET", "a"), outcomes);
        client.Post(new RespCommand("GET", "b") { Epoch = client.Epoch }, log);
        await connection.ReceiveAsync();
        await connection.ReceiveAsync();
        await connection.SendAsync(Wire.Join(Wire.Invalidation("x"), Wire.Bulk("1"), Wire.Invalidation("y"), Wire.Bulk("2")));
        await server.AcceptAsync();
        await Eventually.GetAsync(() => client.PingAsync().AsTask());
        await outcomes.ExpectAsync("reply 1");

        // The failure comes on any thread, so its place is open.
        Assert.Equal(["connected", "invalidate Array(BulkString x)", "lost", "connected"], log.Lines.Where(static line => !line.StartsWith("failure", StringComparison.Ordinal)));
        await Bounded.UntilAsync(() => Task.FromResult(log.Lines.Contains("failure RespConnectionException")), static () => Task.CompletedTask);
    }

    [Fact]
    public async Task Disconnect_WhileADeliveryIsUnderWay_ThatOneIsTheLast()
    {
        await using var server = FakeServer.Start();
        using var entered = new SemaphoreSlim(0);
        using var leave = new SemaphoreSlim(0);
        var first = new Outcomes
        {
            Before = _ =>
            {
                entered.Release();
                Assert.True(leave.Wait(Patience.Limit));
            },
        };
        var second = new Outcomes();
        await using var client = await RespClient.ConnectAsync($"127.0.0.1:{server.Port},reconnectMaximum=50");
        var connection = await server.AcceptAsync();
        client.Post(new RespCommand("GET", "a"), first);
        client.Post(new RespCommand("GET", "b") { Epoch = client.Epoch }, second);
        await connection.ReceiveAsync();
        await connection.ReceiveAsync();
        await connection.SendAsync(Wire.Join(Wire.Bulk("1"), Wire.Bulk("2")));
        Assert.True(await entered.WaitAsync(Patience.Limit));
        Assert.True(client.Disconnect(client.Epoch, Reason));
        leave.Release();
        await first.ExpectAsync("reply 1");
        await second.ExpectAsync("failure RespConnectionException");
    }

    [Fact]
    public async Task Disconnect_FromTheGapOfANewConnection_GivesThatOneUp()
    {
        await using var server = FakeServer.Start();
        server.Answers.On("GET", Wire.Bulk("1"));
        var handler = new Refusing();
        await using var client = await RespClient.ConnectAsync($"127.0.0.1:{server.Port},reconnectMaximum=50", handler);
        handler.Client = client;
        (await server.AcceptAsync()).Close();
        await Eventually.GetAsync(() => client.GetAsync("a").AsTask());
        Assert.True(server.Connections.Count >= 3);
        Assert.NotEqual(handler.GivenUp, client.Epoch);
    }

    private sealed class Refusing : IRespStreamHandler
    {
        internal RespClient? Client { get; set; }

        internal long GivenUp { get; private set; }

        public void OnPush(ref RespReader push)
        {
        }

        public void OnGap(RespGap gap)
        {
            if (gap.IsConnected && GivenUp == 0 && Client is { } client)
            {
                GivenUp = gap.Epoch;
                Assert.True(client.Disconnect(gap.Epoch, Reason));
            }
        }
    }
}
