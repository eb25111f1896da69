using System.Text;
using Larder.Resp.Tests.Kit;
using Larder.Servers;

namespace Larder.Resp.Tests.PubSub;

public sealed class SubscriptionTests(SharedServer shared) : IClassFixture<SharedServer>
{
    [Theory]
    [InlineData(RespChannelKind.Channel, "news.a")]
    [InlineData(RespChannelKind.Pattern, "news.*")]
    [InlineData(RespChannelKind.Sharded, "news.a")]
    public async Task SubscribeAsync_EveryKind_GetsWhatIsPublished(RespChannelKind kind, string name)
    {
        await using var client = await RespClient.ConnectAsync($"127.0.0.1:{shared.Server.Port}");
        var one = await client.SubscribeAsync(name, kind);
        var two = await client.SubscribeAsync(name, kind);
        await PublishAsync(shared.Client, kind, "first");
        Assert.Equal("Message news.a first", await NextAsync(one));
        Assert.Equal("Message news.a first", await NextAsync(two));
        await one.DisposeAsync();
        await PublishAsync(shared.Client, kind, "second");
        Assert.Equal("Message news.a second", await NextAsync(two));
        await two.DisposeAsync();
        Assert.Equal(0, await PublishAsync(shared.Client, kind, "third"));
        await using var three = await client.SubscribeAsync(name, kind);
        Assert.Equal(1, await PublishAsync(shared.Client, kind, "fourth"));
        Assert.Equal("Message news.a fourth", await NextAsync(three));
    }

    [Fact]
    public async Task Disconnect_Subscribed_SaysWhatIsMissingAndGoesOn()
    {
        await using var client = await RespClient.ConnectAsync($"127.0.0.1:{shared.Server.Port}");
        await using var news = await client.SubscribeAsync("gap");
        await shared.Client.PublishAsync("gap", "before");
        Assert.Equal("Message gap before", await NextAsync(news));
        client.Node.Current!.Close(new RespConnectionException("The test has cut it."));
        Assert.Equal("Lost gap ", await NextAsync(news));
        Assert.Equal("Resumed gap ", await NextAsync(news));
        await shared.Client.PublishAsync("gap", "after");
        Assert.Equal("Message gap after", await NextAsync(news));
    }

    [Theory]
    [InlineData(true, true)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [InlineData(false, false)]
    public async Task Unsubscribe_SlotMovesAtTheSameTime_ShiftsNoReply(bool isPushed, bool isRefused)
    {
        await using var server = FakeServer.Start();
        await using var client = await RespClient.ConnectAsync($"127.0.0.1:{server.Port},heartbeatInterval=0");
        server.Answers.Leave("PING");
        var connection = await server.AcceptAsync();
        var subscribing = client.SubscribeAsync("x", RespChannelKind.Sharded).AsTask();
        await connection.ExchangeAsync(Wire.Push(Wire.Bulk("ssubscribe"), Wire.Bulk("x"), Wire.Number(1)), "SSUBSCRIBE", "x");
        var leaving = (await subscribing).DisposeAsync().AsTask();
        var (a, b) = (client.GetStringAsync("a").AsTask(), client.GetStringAsync("b").AsTask());
        await connection.ExpectAsync("SUNSUBSCRIBE", "x");
        var end = (await connection.ReceiveAsync())[1];
        await connection.ExpectAsync("GET", "a");
        await connection.ExpectAsync("GET", "b");
        var push = Wire.Push(Wire.Bulk("sunsubscribe"), Wire.Bulk("x"), Wire.Number(0));
        await connection.SendAsync(Wire.Join(isPushed ? push : [], isRefused ? Wire.Error("MOVED 16287 127.0.0.1:1") : push, Wire.Bulk(end), Wire.Bulk("of a"), Wire.Bulk("of b")));
        Assert.Equal(("of a", "of b"), (await a, await b));
        await leaving;
    }

    [Fact]
    public async Task SubscribeAsync_ServerRefuses_ThrowsAndKeepsTheRepliesOfOthers()
    {
        await using var server = FakeServer.Start();
        await using var client = await RespClient.ConnectAsync($"127.0.0.1:{server.Port}");
        var connection = await server.AcceptAsync();
        var refused = client.SubscribeAsync("secret").AsTask();
        var read = client.GetStringAsync("a").AsTask();
        await connection.ExchangeAsync(Wire.Error("NOPERM this user has no permissions"), "SUBSCRIBE", "secret");
        await connection.ExchangeAsync(Wire.Bulk("1"), "GET", "a");
        Assert.Equal("NOPERM", (await Assert.ThrowsAsync<RespServerException>(() => refused)).Code);
        Assert.Equal("1", await read);
    }

    [Fact]
    public async Task SubscribeAsync_OtherPushesBeforeTheConfirmation_AreNotTakenForIt()
    {
        await using var server = FakeServer.Start();
        await using var client = await RespClient.ConnectAsync($"127.0.0.1:{server.Port}");
        var connection = await server.AcceptAsync();
        var subscribing = client.SubscribeAsync("b").AsTask();
        var read = client.GetStringAsync("a").AsTask();
        await connection.ExpectAsync("SUBSCRIBE", "b");
        await connection.SendAsync(Wire.Push(Wire.Bulk("subscribe"), Wire.Bulk("other"), Wire.Number(1)));
        await connection.SendAsync(Wire.Message("b", "early"));
        await connection.WaitUntilReadAsync();
        Assert.False(subscribing.IsCompleted);
        await connection.ReplyAsync(Wire.Push(Wire.Bulk("subscribe"), Wire.Bulk("b"), Wire.Number(1)));
        await connection.ExchangeAsync(Wire.Bulk("1"), "GET", "a");
        var subscription = await subscribing;
        Assert.Equal("1", await read);
        Assert.Equal("Message b early", await NextAsync(subscription));
    }

    [Fact]
    public async Task Resume_ServerTooSlowToConfirm_IsAskedAgainUntilItDoes()
    {
        await using var server = FakeServer.Start();
        await using var client = await RespClient.ConnectAsync($"127.0.0.1:{server.Port},heartbeatInterval=0,commandTimeout=1000,hardTimeout=60000,reconnectMaximum=50");
        var confirmation = Wire.Push(Wire.Bulk("subscribe"), Wire.Bulk("b"), Wire.Number(1));
        server.Answers.On("SUBSCRIBE", confirmation);
        await using var subscription = await client.SubscribeAsync("b");
        server.Answers.Leave("SUBSCRIBE");
        (await server.AcceptAsync()).Close();
        Assert.Equal("Lost b ", await NextAsync(subscription));
        var second = await server.AcceptAsync();
        await second.ExpectAsync("SUBSCRIBE", "b");

        // The first one has had its time by now, so its confirmation is nobody's.
        await second.ExpectAsync("SUBSCRIBE", "b");
        server.Answers.On("SUBSCRIBE", confirmation);
        await second.SendAsync(Wire.Join(confirmation, confirmation));
        Assert.Equal("Resumed b ", await NextAsync(subscription));
    }

    [Fact]
    public async Task SubscribeAsync_CallerGivesUp_LeavesNoSubscriptionBehind()
    {
        await using var server = FakeServer.Start();
        await using var client = await RespClient.ConnectAsync($"127.0.0.1:{server.Port}");
        var connection = await server.AcceptAsync();
        using var cancelling = new CancellationTokenSource();
        var subscribing = client.SubscribeAsync("b", cancellationToken: cancelling.Token).AsTask();
        await connection.ExpectAsync("SUBSCRIBE", "b");
        await cancelling.CancelAsync();
        await connection.ExpectAsync("UNSUBSCRIBE", "b");
        await connection.ReplyAsync(Wire.Push(Wire.Bulk("subscribe"), Wire.Bulk("b"), Wire.Number(1)));
        await connection.ReplyAsync(Wire.Push(Wire.Bulk("unsubscribe"), Wire.Bulk("b"), Wire.Number(0)));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => subscribing);
        var read = client.GetStringAsync("a").AsTask();
        await connection.ExchangeAsync(Wire.Bulk("1"), "GET", "a");
        Assert.Equal("1", await read);
    }

    [Fact]
    public async Task Messages_FasterThanTheirReader_AreDroppedAndThatIsSaid()
    {
        await using var client = await RespClient.ConnectAsync($"127.0.0.1:{shared.Server.Port}");
        await using var news = await client.SubscribeAsync("flood", capacity: 2);
        for (var i = 0; i < 5; i++)
        {
            await shared.Client.PublishAsync("flood", i);
        }

        // Behind the last message on the same connection, so all five have been seen.
        await client.PingAsync();
        Assert.Equal(3, news.Dropped);
        Assert.Equal("Message flood 0", await NextAsync(news));
        Assert.Equal("Message flood 1", await NextAsync(news));
        await shared.Client.PublishAsync("flood", "later");
        Assert.Equal("Dropped flood ", await NextAsync(news));
        Assert.Equal("Message flood later", await NextAsync(news));
    }

    private static async Task<long> PublishAsync(RespClient client, RespChannelKind kind, string message) =>
        kind == RespChannelKind.Sharded ? await client.PublishToShardAsync("news.a", message) : await client.PublishAsync("news.a", message);

    private static async Task<string> NextAsync(RespSubscription subscription) => await Patience.Await(ReadAsync(subscription), () => "a message");

    private static async Task<string> ReadAsync(RespSubscription subscription)
    {
        await foreach (var message in subscription.ReadAllAsync())
        {
            return $"{message.Kind} {message.Channel} {Encoding.UTF8.GetString(message.Payload.Span)}";
        }

        return "the end";
    }
}
