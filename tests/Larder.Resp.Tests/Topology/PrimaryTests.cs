using Larder.Resp.Tests.Kit;
using Larder.Servers;

namespace Larder.Resp.Tests.Topology;

/// <summary>Several end points: which one is the primary, what is read from replicas, and what happens when roles change.</summary>
public sealed class PrimaryTests
{
    private static readonly byte[] Hello = FakeAnswers.Hello(1);
    private static readonly byte[] HelloOfReplica = FakeAnswers.Hello(1, role: "replica");

    [Fact]
    public async Task ConnectAsync_FirstDoesNotAnswerSecondIsAReplica_TakesTheThird()
    {
        await using var dead = FakeServer.Start();
        await using var replica = FakeServer.Start();
        replica.Answers.On("HELLO", HelloOfReplica);
        await using var primary = FakeServer.Start();

        // Only now, so that neither of the others gets its port.
        dead.StopListening();
        primary.Answers.On("GET", Wire.Bulk("of the primary"));
        await using var client = await RespClient.ConnectAsync($"127.0.0.1:{dead.Port},127.0.0.1:{replica.Port},127.0.0.1:{primary.Port}");
        Assert.Equal("of the primary", await client.GetStringAsync("a"));
        Assert.Equal($"127.0.0.1:{primary.Port}", client.Diagnose().EndPoint);
    }

    [Fact]
    public async Task ConnectAsync_NoPrimaryAmongSeveral_SaysWhatEachOneIs()
    {
        await using var dead = FakeServer.Start();
        dead.StopListening();
        await using var replica = FakeServer.Start();
        replica.Answers.On("HELLO", HelloOfReplica);
        var failure = await Assert.ThrowsAsync<RespConnectionException>(
            () => RespClient.ConnectAsync($"127.0.0.1:{dead.Port},127.0.0.1:{replica.Port},connectRetry=0"));
        Assert.Contains($"127.0.0.1:{dead.Port} cannot be reached", failure.Message, StringComparison.Ordinal);
        Assert.Contains($"127.0.0.1:{replica.Port} is a replica", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ConnectAsync_SentinelWithoutAService_IsRefusedWithTheRemedy()
    {
        await using var sentinel = FakeServer.Start();
        sentinel.Answers.On("HELLO", FakeAnswers.Hello(1, mode: "sentinel"));
        var failure = await Assert.ThrowsAsync<RespConnectionException>(() => RespClient.ConnectAsync($"127.0.0.1:{sentinel.Port},connectRetry=0"));
        Assert.Contains("serviceName", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Disconnect_PrimaryGone_GoesOnAtTheNextEndPoint()
    {
        await using var first = FakeServer.Start();
        await using var second = FakeServer.Start();
        second.Answers.On("GET", Wire.Bulk("of the second"));
        await using var client = await RespClient.ConnectAsync($"127.0.0.1:{first.Port},127.0.0.1:{second.Port},reconnectMaximum=50");
        var connection = await first.AcceptAsync();
        var read = client.GetStringAsync("a").AsTask();
        await connection.ExpectAsync("GET", "a");
        first.StopListening();
        connection.Close();
        Assert.Equal("of the second", await read);
    }

    [Fact]
    public async Task Write_PrimaryHasBecomeAReplica_IsCarriedOutByTheNewPrimary()
    {
        await using var first = FakeServer.Start();
        await using var second = FakeServer.Start();
        second.Answers.On("INCRBY", Wire.Number(7));
        await using var client = await RespClient.ConnectAsync($"127.0.0.1:{first.Port},127.0.0.1:{second.Port},reconnectMaximum=50");
        var connection = await first.AcceptAsync();
        var write = client.IncrementAsync("n").AsTask();
        await connection.ExpectAsync("INCRBY", "n", "1");
        first.Answers.On("HELLO", HelloOfReplica);
        await connection.ReplyAsync(Wire.Error("READONLY You can't write against a read only replica."));
        Assert.Equal(7, await write);
    }

    [Fact]
    public async Task Write_TheOnlyServerIsAReplica_FailsAtOnce()
    {
        await using var replica = FakeServer.Start();
        replica.Answers.On("HELLO", HelloOfReplica).On("SET", Wire.Error("READONLY You can't write against a read only replica."));
        await using var client = await RespClient.ConnectAsync($"127.0.0.1:{replica.Port}");
        var failure = await Assert.ThrowsAsync<RespServerException>(() => client.SetAsync("a", "b").AsTask());
        Assert.Equal("READONLY", failure.Code);
        Assert.True(client.IsConnected);
    }

    [Fact]
    public async Task Loading_EndsInTime_IsWaitedFor()
    {
        await using var server = FakeServer.Start();
        await using var client = await RespClient.ConnectAsync($"127.0.0.1:{server.Port}");
        var connection = await server.AcceptAsync();
        var write = client.IncrementAsync("n").AsTask();
        for (var i = 0; i < 3; i++)
        {
            await connection.ExchangeAsync(Wire.Error("LOADING Redis is loading the dataset in memory"), "INCRBY", "n", "1");
        }

        await connection.ExchangeAsync(Wire.Number(1), "INCRBY", "n", "1");
        Assert.Equal(1, await write);
    }

    [Fact]
    public async Task Loading_NeverEnds_IsATimeOutOrTheErrorItself()
    {
        await using var server = FakeServer.Start();
        server.Answers.On("GET", Wire.Error("LOADING Redis is loading the dataset in memory"));
        await using var client = await RespClient.ConnectAsync($"127.0.0.1:{server.Port},commandTimeout=200");
        await Assert.ThrowsAsync<RespTimeoutException>(() => client.GetStringAsync("a").AsTask());
        Assert.True(server.Connections[0].Received.Count(command => command.Verb == "GET") > 1);
    }

    [Fact]
    public async Task Loading_CommandThatIsNeverResent_GetsTheError()
    {
        await using var server = FakeServer.Start();
        server.Answers.On("GET", Wire.Error("LOADING Redis is loading the dataset in memory"));
        await using var client = await RespClient.ConnectAsync($"127.0.0.1:{server.Port}");
        var failure = await Assert.ThrowsAsync<RespServerException>(
            () => client.ExecuteAsync(new RespCommand("GET", "a") { Flags = RespFlags.NeverResend }).AsTask());
        Assert.Equal("LOADING", failure.Code);
    }

    [Fact]
    public async Task Transaction_LoadingWhileItIsQueued_IsSentAgainAsAWhole()
    {
        await using var server = FakeServer.Start();
        await using var client = await RespClient.ConnectAsync($"127.0.0.1:{server.Port}");
        var connection = await server.AcceptAsync();
        var all = client.ExecuteGroupAsync(new RespGroup { new("MULTI"), new("INCR", "n"), new("EXEC") }).AsTask();
        await connection.ExchangeAsync(Wire.Ok, "MULTI");
        await connection.ExchangeAsync(Wire.Error("LOADING Redis is loading the dataset in memory"), "INCR", "n");
        await connection.ExchangeAsync(Wire.Error("EXECABORT Transaction discarded because of previous errors."), "EXEC");
        await connection.ExchangeAsync(Wire.Ok, "MULTI");
        await connection.ExchangeAsync(Wire.Simple("QUEUED"), "INCR", "n");
        await connection.ExchangeAsync(Wire.Array(Wire.Number(1)), "EXEC");
        Assert.Equal(1, (await all)[2].Items[0].AsInt64());
    }

    [Fact]
    public async Task Group_SecondPartRefusedAfterTheFirstWasCarriedOut_IsNotSentAgain()
    {
        await using var server = FakeServer.Start();
        await using var client = await RespClient.ConnectAsync($"127.0.0.1:{server.Port}");
        var connection = await server.AcceptAsync();
        var all = client.ExecuteGroupAsync(new RespGroup { new("INCR", "n"), new("INCR", "m") }).AsTask();
        await connection.ExchangeAsync(Wire.Number(1), "INCR", "n");
        await connection.ExchangeAsync(Wire.Error("LOADING Redis is loading the dataset in memory"), "INCR", "m");
        var replies = await all;
        Assert.Equal(1, replies[0].AsInt64());
        Assert.True(replies[1].IsError);
    }

    [Fact]
    public async Task ReadFromReplicas_RealReplica_ReadsThereAndFallsBackToThePrimary()
    {
        await using var primary = await RealServer.StartAsync();
        await using var replica = await RealServer.StartAsync(new ServerSettings { Name = "replica", Arguments = ["--replicaof", "127.0.0.1", $"{primary.Port}"] });
        await using var client = await RespClient.ConnectAsync($"127.0.0.1:{replica.Port},127.0.0.1:{primary.Port},readFromReplicas=true,reconnectMaximum=50");
        await client.SetAsync("a", "1");
        Assert.Equal(1, await client.WaitForReplicasAsync(1, TimeSpan.FromSeconds(30)));
        await Bounded.UntilAsync(async () => await ReadsOfAsync(replica) > 0, () => client.GetStringAsync("a").AsTask());
        var before = await ReadsOfAsync(primary);
        Assert.Equal("1", await client.GetStringAsync("a"));
        Assert.Equal(before, await ReadsOfAsync(primary));
        replica.Kill();
        Assert.Equal("1", await Eventually.GetAsync(() => client.GetStringAsync("a").AsTask()));
        await Bounded.UntilAsync(async () => await ReadsOfAsync(primary) > before, () => client.GetStringAsync("a").AsTask());
    }

    private static async Task<long> ReadsOfAsync(RealServer server)
    {
        var calls = await server.InfoAsync("commandstats", "cmdstat_get");
        return calls is null ? 0 : long.Parse(calls.Split(',')[0]["calls=".Length..], System.Globalization.CultureInfo.InvariantCulture);
    }
}
