using Larder.Resp.Tests.Kit;
using Larder.Servers;

namespace Larder.Resp.Tests.Reading;

/// <summary>Commands whose outcome goes to a handler: on the reader, in the order of the stream, exactly once.</summary>
public sealed class PostTests
{
    [Fact]
    public async Task Post_BetweenPushesAndOtherReplies_IsToldInTheOrderOfTheStream()
    {
        await using var server = FakeServer.Start();
        var log = new StreamLog();
        await using var client = await RespClient.ConnectAsync($"127.0.0.1:{server.Port}", log);
        var connection = await server.AcceptAsync();
        client.Post(new RespCommand("GET", "a"), log, isTracked: true);
        var awaited = client.GetAsync("b", log).AsTask();
        client.Post(new RespCommand("GET", "c"), log);
        await connection.ExpectAsync("GET", "a");
        await connection.ExpectAsync("GET", "b");
        await connection.ExpectAsync("GET", "c");
        var seen = connection.Received.Select(static command => command.ToString()).ToList();
        Assert.Equal(seen.IndexOf("GET a") - 1, seen.IndexOf("CLIENT CACHING YES"));
        var stream = Wire.Join(
            Wire.Invalidation("x"), Wire.Bulk("1"), Wire.Invalidation("y"), Wire.Bulk("2"), Wire.Invalidation("z"), Wire.Error("WRONGTYPE of c"), Wire.Invalidation("w"));
        await connection.SendInPiecesAsync(stream, [.. Enumerable.Range(1, (stream.Length - 1) / 5).Select(static piece => piece * 5)]);
        await awaited;
        await Bounded.UntilAsync(() => Task.FromResult(log.Lines.Count == 8), static () => Task.CompletedTask);
        Assert.Equal(
            [
                "connected",
                "invalidate Array(BulkString x)", "reply 1",
                "invalidate Array(BulkString y)", "reply 2",
                "invalidate Array(BulkString z)", "error WRONGTYPE",
                "invalidate Array(BulkString w)",
            ],
            log.Lines);
    }

    [Fact]
    public async Task Post_CachingIsRefused_TellsThatErrorOnceAndNoReply()
    {
        await using var server = FakeServer.Start();
        server.Answers.On("CLIENT", static (_, command) => command[1] == "CACHING" ? Wire.Error("ERR no tracking") : Wire.Ok);
        server.Answers.On("GET", Wire.Bulk("1"));
        await using var client = await RespClient.ConnectAsync($"127.0.0.1:{server.Port}", new StreamLog());
        var outcomes = new Outcomes();
        client.Post(new RespCommand("GET", "a"), outcomes, isTracked: true);
        client.Post(new RespCommand("GET", "a"), outcomes);
        await outcomes.ExpectAsync("error ERR", "reply 1");
    }

    [Fact]
    public async Task Post_BoundToAnotherConnection_FailsOnTheCallersThreadAndIsNotSent()
    {
        await using var server = FakeServer.Start();
        await using var client = await RespClient.ConnectAsync($"127.0.0.1:{server.Port}");
        var connection = await server.AcceptAsync();
        var thread = 0;
        var outcomes = new Outcomes { Before = _ => thread = Environment.CurrentManagedThreadId };
        client.Post(new RespCommand("GET", "a") { Epoch = client.Epoch + 1 }, outcomes);
        Assert.Equal((1, Environment.CurrentManagedThreadId), (outcomes.Waiting, thread));
        await outcomes.ExpectAsync("failure RespConnectionException");
        await client.PingAsync();
        Assert.DoesNotContain(connection.Received, static command => command.Verb == "GET");
    }

    [Fact]
    public async Task Post_ConnectionLost_FollowsTheTable()
    {
        await using var server = FakeServer.Start();
        await using var client = await RespClient.ConnectAsync(
            RespOptions.Parse($"127.0.0.1:{server.Port},reconnectMaximum=50") with { BacklogPolicy = RespBacklogPolicy.Queue });
        var connection = await server.AcceptAsync();
        var (bound, never, writing, repeatable) = (new Outcomes(), new Outcomes(), new Outcomes(), new Outcomes());
        client.Post(new RespCommand("GET", "a") { Epoch = client.Epoch }, bound);
        client.Post(new RespCommand("GET", "b") { Flags = RespFlags.Repeatable | RespFlags.NeverResend }, never);
        client.Post(new RespCommand("INCR", "c"), writing);
        client.Post(new RespCommand("GET", "d"), repeatable);
        for (var i = 0; i < 4; i++)
        {
            await connection.ReceiveAsync();
        }

        connection.Close();
        await bound.ExpectAsync("failure RespConnectionException");
        await never.ExpectAsync("failure RespConnectionException");
        await writing.ExpectAsync("failure RespIndeterminateException");
        var second = await server.AcceptAsync();
        await second.ExchangeAsync(Wire.Bulk("1"), "GET", "d");
        await repeatable.ExpectAsync("reply 1");
        Assert.Equal([0, 0, 0, 0], new[] { bound, never, writing, repeatable }.Select(static one => one.Waiting));
    }

    [Fact]
    public async Task Post_TimeIsUp_FailsOnceAndThrowsAwayTheLateReply()
    {
        await using var server = FakeServer.Start();
        await using var client = await RespClient.ConnectAsync($"127.0.0.1:{server.Port}");
        var connection = await server.AcceptAsync();
        var outcomes = new Outcomes();
        client.Post(new RespCommand("GET", "a") { Timeout = TimeSpan.FromMilliseconds(30) }, outcomes);
        await outcomes.ExpectAsync("failure RespTimeoutException");
        client.Post(new RespCommand("GET", "b"), outcomes);
        await connection.ExchangeAsync(Wire.Bulk("1"), "GET", "a");
        await connection.ExchangeAsync(Wire.Bulk("2"), "GET", "b");
        await outcomes.ExpectAsync("reply 2");
        Assert.Equal(0, outcomes.Waiting);
    }

    [Fact]
    public async Task Post_HandlerThrowsOnTheReader_EndsTheConnectionAndTellsNothingMore()
    {
        await using var server = FakeServer.Start();
        var lost = new TaskCompletionSource<RespGap>(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var client = await RespClient.ConnectAsync($"127.0.0.1:{server.Port}");
        client.Gap += (_, gap) => lost.TrySetResult(gap);
        var connection = await server.AcceptAsync();
        var calls = 0;
        var throwing = new Outcomes
        {
            Before = _ =>
            {
                Interlocked.Increment(ref calls);
                throw new InvalidTimeZoneException();
            },
        };
        var behind = new Outcomes();
        client.Post(new RespCommand("GET", "a"), throwing);
        client.Post(new RespCommand("GET", "b") { Epoch = client.Epoch }, behind);
        await connection.ReceiveAsync();
        await connection.ReceiveAsync();
        await connection.SendAsync(Wire.Join(Wire.Bulk("1"), Wire.Bulk("2")));
        Assert.IsType<InvalidTimeZoneException>((await Patience.Await(lost.Task, () => "the gap")).Reason);
        await behind.ExpectAsync("failure RespConnectionException");
        Assert.Equal(1, calls);
    }

    [Fact]
    public async Task Post_HandlerThrowsInOnFailure_IsLoggedAndHarmsNobody()
    {
        await using var server = FakeServer.Start();
        server.Answers.On("GET", Wire.Bulk("1"));
        await using var client = await RespClient.ConnectAsync($"127.0.0.1:{server.Port}");
        client.Post(new RespCommand("GET", "a") { Epoch = client.Epoch + 1 }, new Outcomes { Before = static _ => throw new InvalidTimeZoneException() });
        var outcomes = new Outcomes();
        client.Post(new RespCommand("GET", "a"), outcomes);
        await outcomes.ExpectAsync("reply 1");
    }

    [Fact]
    public async Task Post_FromAHandler_IsSentAndAnswered()
    {
        await using var server = FakeServer.Start();
        server.Answers.On("GET", static (_, command) => Wire.Bulk(command[1]));
        await using var client = await RespClient.ConnectAsync($"127.0.0.1:{server.Port}");
        var second = new Outcomes();
        var first = new Outcomes { Before = line => client.Post(new RespCommand("GET", $"after {line}"), second) };
        client.Post(new RespCommand("GET", "a"), first);
        client.Post(new RespCommand("GET", "b"), first);
        await second.ExpectAsync("reply after reply a", "reply after reply b");
    }

    [Fact]
    public async Task Post_InsideAGathering_WaitsForItsEnd()
    {
        await using var server = FakeServer.Start();
        server.Answers.On("GET", static (_, command) => Wire.Bulk(command[1]));
        await using var client = await RespClient.ConnectAsync($"127.0.0.1:{server.Port}");
        await client.PingAsync();
        var outcomes = new Outcomes();
        using (RespClient.Gather())
        {
            for (var i = 0; i < 10; i++)
            {
                client.Post(new RespCommand("GET", i), outcomes);
            }

            Assert.Equal(10, client.Node.Current!.Outbox.Unsent);
        }

        await outcomes.ExpectAsync([.. Enumerable.Range(0, 10).Select(static i => $"reply {i}")]);
    }

    [Fact]
    public async Task Post_WrongArguments_AreThrownAndTheHandlerIsToldNothing()
    {
        await using var server = FakeServer.Start();
        await using var client = await RespClient.ConnectAsync($"127.0.0.1:{server.Port}");
        var outcomes = new Outcomes();
        Assert.Throws<ArgumentNullException>(() => client.Post(new RespCommand("GET", "a"), null!));
        Assert.Throws<ArgumentException>(() => client.Post(default, outcomes));
        Assert.Throws<ArgumentNullException>(() => client.Post(new RespCommand("GET", (string?)null), outcomes));
        Assert.Throws<ArgumentOutOfRangeException>(() => client.Post(new RespCommand("GET", "a") { Timeout = TimeSpan.Zero }, outcomes));
        await client.PingAsync();
        Assert.Equal(0, outcomes.Waiting);
    }

    [Fact]
    public async Task Post_ClientIsDisposed_FailsWithoutThrowing()
    {
        await using var server = FakeServer.Start();
        var client = await RespClient.ConnectAsync($"127.0.0.1:{server.Port}");
        var connection = await server.AcceptAsync();
        var outcomes = new Outcomes();
        client.Post(new RespCommand("GET", "a"), outcomes);
        await connection.ReceiveAsync();
        await client.DisposeAsync();
        await outcomes.ExpectAsync("failure RespConnectionException");
        client.Post(new RespCommand("GET", "a"), outcomes);
        await outcomes.ExpectAsync("failure ObjectDisposedException");
    }

    [Fact]
    public async Task Post_OftenOnARealServer_IsToldInOrderAndTakesNoMemory()
    {
        const int Rounds = 400;
        const int AtOnce = 100;
        await using var server = await RealServer.StartAsync();
        await using var client = await RespClient.ConnectAsync($"127.0.0.1:{server.Port}");
        var counting = new Counting();
        var taken = new List<long>();
        for (var round = 0; round < Rounds; round++)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            for (var i = 0; i < AtOnce; i++)
            {
                client.Post(new RespCommand("ECHO", (round * AtOnce) + i), counting);
            }

            taken.Add(GC.GetAllocatedBytesForCurrentThread() - before);
            await client.PingAsync();
        }

        Assert.Equal(((long)Rounds * AtOnce, 0), (counting.Next, counting.Wrong));

        // The first rounds fill the pools; a few others may meet something else that runs on the same thread.
        taken.Sort();
        Assert.Equal((0, 0), (taken[Rounds / 2], counting.MedianBetween()));
    }

    private sealed class Counting : IRespReplyHandler
    {
        private readonly List<long> _between = [];
        private long _before;
        private int _thread;

        internal long Next { get; private set; }

        internal int Wrong { get; private set; }

        public void OnReply(ref RespReader reply)
        {
            Wrong += reply.GetInt64() == Next ? 0 : 1;
            Next++;
            var now = GC.GetAllocatedBytesForCurrentThread();
            if (_thread == Environment.CurrentManagedThreadId)
            {
                _between.Add(now - _before);
            }

            _thread = Environment.CurrentManagedThreadId;
            _before = GC.GetAllocatedBytesForCurrentThread();
        }

        public void OnError(RespServerException error, long epoch) => Wrong++;

        public void OnFailure(Exception failure) => Wrong++;

        internal long MedianBetween()
        {
            _between.Sort();
            return _between[_between.Count / 2];
        }
    }
}
