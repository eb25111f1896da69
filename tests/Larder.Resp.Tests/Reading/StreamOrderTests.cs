using Larder.Resp.Tests.Kit;
using Larder.Servers;

namespace Larder.Resp.Tests.Reading;

/// <summary>What a handler and the decoders see comes in the order of the stream, on one thread at a time.</summary>
public sealed class StreamOrderTests
{
    [Fact]
    public async Task Pushes_BetweenReplies_AreHandledInTheOrderOfTheStream()
    {
        var log = new StreamLog();
        await using var server = FakeServer.Start();
        await using var client = await RespClient.ConnectAsync(
            RespOptions.Parse($"127.0.0.1:{server.Port}") with { BacklogPolicy = RespBacklogPolicy.Queue, CommandTimeout = TimeSpan.FromSeconds(30), ReconnectMaximum = TimeSpan.FromMilliseconds(50) }, log);
        var connection = await server.AcceptAsync();
        Assert.Contains(connection.Received, command => command.Is("CLIENT", "TRACKING", "ON", "OPTIN"));

        var one = client.ExecuteTrackedAsync(new RespCommand("GET", "a"), log).AsTask();
        var two = client.GetAsync("b", log).AsTask();
        await connection.ExpectAsync("GET", "a");
        await connection.ExpectAsync("GET", "b");
        var seen = connection.Received.Select(command => command.ToString()).ToList();
        Assert.Equal(seen.IndexOf("GET a") - 1, seen.IndexOf("CLIENT CACHING YES"));
        var stream = Wire.Join(Wire.Invalidation("x"), Wire.Bulk("1"), Wire.Invalidation("y", "z"), Wire.Bulk("2"), Wire.Push(Wire.Bulk("invalidate"), Wire.Null));
        await connection.SendInPiecesAsync(stream, [.. Enumerable.Range(1, (stream.Length - 1) / 7).Select(piece => piece * 7)]);
        await Task.WhenAll(one, two);
        await connection.WaitUntilReadAsync();
        connection.Close();
        await server.AcceptAsync();
        await client.PingAsync();

        Assert.Equal(
            [
                "connected",
                "invalidate Array(BulkString x)",
                "reply 1",
                "invalidate Array(BulkString y, BulkString z)",
                "reply 2",
                "invalidate all",
                "lost",
                "connected",
            ],
            log.Lines);
    }

    [Fact]
    public async Task Push_HandlerThrows_EndsTheConnection()
    {
        await using var server = FakeServer.Start();
        var handler = new ThrowingHandler();
        await using var client = await RespClient.ConnectAsync($"127.0.0.1:{server.Port}", handler);
        var connection = await server.AcceptAsync();
        await connection.SendAsync(Wire.Invalidation("x"));
        await Patience.Await(connection.Closed, () => "the connection to be closed");
        Assert.IsType<InvalidTimeZoneException>(await Patience.Await(handler.Lost.Task, () => "the gap"));
    }

    [Fact]
    public async Task Tracking_OnARealServer_PushesBeforeTheNextReply()
    {
        await using var server = await RealServer.StartAsync();
        var log = new StreamLog();
        await using var client = await RespClient.ConnectAsync($"127.0.0.1:{server.Port}", log);
        await client.SetAsync("a", "1");
        await client.ExecuteTrackedAsync(new RespCommand("GET", "a"), log);
        var written = client.SetAsync("a", "2").AsTask();
        await client.GetAsync("a", log);
        await written;
        Assert.Equal(["connected", "reply 1", "invalidate Array(BulkString a)", "reply 2"], log.Lines);
    }

    private sealed class ThrowingHandler : IRespStreamHandler
    {
        internal TaskCompletionSource<Exception?> Lost { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public void OnPush(ref RespReader push) => throw new InvalidTimeZoneException();

        public void OnGap(RespGap gap)
        {
            if (!gap.IsConnected)
            {
                Lost.TrySetResult(gap.Reason);
            }
        }
    }
}
