using System.Globalization;
using Larder.Resp.Tests.Kit;
using Larder.Servers;

namespace Larder.Resp.Tests.Topology;

public sealed class SentinelTests
{
    private const int Writers = 8;

    [Fact]
    public async Task PrimaryKilledUnderLoad_SafeCommandsSurviveAndNothingIsRepeated()
    {
        await using var group = await RealSentinels.StartAsync(password: "secret");
        var sentinels = string.Join(',', group.Sentinels.Select(one => $"127.0.0.1:{one.Port}"));
        await using var client = await RespClient.ConnectAsync(
            $"{sentinels},serviceName={RealSentinels.ServiceName},password=secret,commandTimeout=20s,reconnectMaximum=100");
        var old = group.Servers[0];
        await client.SetAsync("key", "value");
        Assert.Equal(2, await client.WaitForReplicasAsync(2, TimeSpan.FromSeconds(10)));

        // Safe commands are under way while the server dies: it is stopped first, so that none of them is answered.
        old.Pause();
        var reads = Enumerable.Range(0, 100).Select(_ => client.GetStringAsync("key").AsTask()).ToArray();
        var unsafeOnes = Enumerable.Range(0, Writers).Select(i => CountAsync(client, Counter(i))).ToArray();
        old.Kill();
        Assert.All(await Task.WhenAll(reads), value => Assert.Equal("value", value));
        var primary = await group.WaitForAnotherPrimaryAsync(old);
        var outcomes = await Task.WhenAll(unsafeOnes);
        for (var i = 0; i < Writers; i++)
        {
            var value = await primary.CallAsync("GET", Counter(i)) as string;
            Assert.Equal(outcomes[i] ? "1" : null, value);
        }

        Assert.Equal(1, await Eventually.GetAsync(() => client.IncrementAsync("after").AsTask()));
        Assert.Equal($"127.0.0.1:{primary.Port}", client.Diagnose().EndPoint);
    }

    [Fact]
    public async Task PrimaryReplacedInAgreement_IsLeftAndTheNewOneFound()
    {
        await using var group = await RealSentinels.StartAsync();
        await using var client = await RespClient.ConnectAsync(
            $"127.0.0.1:{group.Sentinels[0].Port},serviceName={RealSentinels.ServiceName},commandTimeout=20s,reconnectMaximum=100");
        var old = group.Servers[0];
        Assert.Equal(1, await client.IncrementAsync("n"));
        await group.Sentinels[0].CallAsync("SENTINEL", "FAILOVER", RealSentinels.ServiceName);
        var primary = await group.WaitForAnotherPrimaryAsync(old);
        await Bounded.UntilAsync(
            () => Task.FromResult(client.IsConnected && client.Diagnose().EndPoint == $"127.0.0.1:{primary.Port}"), () => Task.CompletedTask);
        Assert.Equal("OK", (await Eventually.GetAsync(() => client.ExecuteAsync(new RespCommand("SET", "m", "1")).AsTask())).AsString());
        Assert.Equal("1", await primary.CallAsync("GET", "m"));
    }

    [Fact]
    public async Task ListedSentinelIsGone_TheOthersWereFoundAndTellOfTheNewPrimary()
    {
        await using var group = await RealSentinels.StartAsync();
        await using var client = await RespClient.ConnectAsync(
            $"127.0.0.1:{group.Sentinels[0].Port},serviceName={RealSentinels.ServiceName},reconnectMaximum=100");
        foreach (var sentinel in group.Sentinels.Skip(1))
        {
            // Only this client speaks RESP3 to it.
            await Bounded.UntilAsync(async () => ((string)(await sentinel.CallAsync("CLIENT", "LIST"))!).Contains("resp=3", StringComparison.Ordinal), static () => Task.CompletedTask);
        }

        group.Sentinels[0].Kill();
        group.Servers[0].Kill();
        await Bounded.UntilAsync(
            () => Task.FromResult(client.IsConnected && client.Diagnose().EndPoint != $"127.0.0.1:{group.Servers[0].Port}"), static () => Task.CompletedTask);
        Assert.Equal(1, await Eventually.GetAsync(() => client.IncrementAsync("n").AsTask()));
    }

    [Fact]
    public async Task OtherSentinels_KnownByAnotherAddressOrUnreadable_AreLeft()
    {
        await using var primary = FakeServer.Start();
        await using var listed = FakeServer.Start();
        await using var same = FakeServer.Start();
        await using var other = FakeServer.Start();
        foreach (var (sentinel, id) in ((FakeServer, string)[])[(listed, "a"), (same, "a"), (other, "b")])
        {
            sentinel.Answers.On("HELLO", FakeAnswers.Hello(1, mode: "sentinel")).On("SUBSCRIBE", Wire.Push(Wire.Bulk("subscribe"), Wire.Bulk("+switch-master"), Wire.Number(1)));
            sentinel.Answers.On("SENTINEL", (_, command) => command[1] switch
            {
                "MYID" => Wire.Bulk(id),
                "SENTINELS" => Wire.Array(Sentinel("c", "127.0.0.1", "nonsense"), Sentinel("d", "", "1"), Wire.Null, Sentinel("x", "127.0.0.1", $"{same.Port}"), Sentinel("b", "127.0.0.1", $"{other.Port}")),
                _ => Wire.Array(Wire.Bulk("127.0.0.1"), Wire.Bulk($"{primary.Port}")),
            });
        }

        await using var client = await RespClient.ConnectAsync($"127.0.0.1:{listed.Port},serviceName=main,reconnectMaximum=50");
        var connection = await same.AcceptAsync();
        await Patience.Await(connection.Closed, () => "the second connection to the same Sentinel to be left");
        await other.AcceptAsync();
        primary.CloseAll();
        await Eventually.GetAsync(() => client.PingAsync().AsTask());
        Assert.Equal((1, 1, 1), (listed.Connections.Count, same.Connections.Count, other.Connections.Count));
        Assert.Equal(2, other.Connections[0].Received.Count(static command => command.Is("SENTINEL", "GET-MASTER-ADDR-BY-NAME", "main")) + 1);

        static byte[] Sentinel(string id, string host, string port) =>
            Wire.Map(Wire.Bulk("name"), Wire.Bulk(id), Wire.Bulk("ip"), Wire.Bulk(host), Wire.Bulk("port"), Wire.Bulk(port), Wire.Bulk("runid"), Wire.Bulk(id));
    }

    [Fact]
    public async Task ConnectAsync_NoSentinelKnowsTheService_SaysSo()
    {
        await using var group = await RealSentinels.StartAsync();
        var failure = await Assert.ThrowsAsync<RespConnectionException>(
            () => RespClient.ConnectAsync($"127.0.0.1:{group.Sentinels[0].Port},serviceName=other,connectRetry=0"));
        Assert.Contains("watches no other", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ConnectAsync_SentinelPasswordAndServerPassword_GoWhereTheyBelong()
    {
        await using var primary = FakeServer.Start();
        await using var sentinel = FakeServer.Start();
        sentinel.Answers.On("HELLO", FakeAnswers.Hello(1, mode: "sentinel")).On(
            "SENTINEL", Wire.Array(Wire.Bulk("127.0.0.1"), Wire.Bulk(primary.Port.ToString(CultureInfo.InvariantCulture))));
        sentinel.Answers.On("SUBSCRIBE", Wire.Push(Wire.Bulk("subscribe"), Wire.Bulk("+switch-master"), Wire.Number(1)));
        await using var client = await RespClient.ConnectAsync(
            $"127.0.0.1:{sentinel.Port},serviceName=main,user=app,password=of-servers,sentinelUser=watch,sentinelPassword=of-sentinels");
        Assert.Contains("of-servers", primary.Connections[0].Received[0].Texts);
        Assert.Contains("of-sentinels", sentinel.Connections[0].Received[0].Texts);
        Assert.DoesNotContain("of-servers", sentinel.Connections[0].Received.SelectMany(command => command.Texts));
    }

    [Fact]
    public async Task SwitchMaster_NamesThePrimaryThatWeHave_ChangesNothing()
    {
        await using var primary = FakeServer.Start();
        await using var other = FakeServer.Start();
        await using var sentinel = FakeServer.Start();
        var port = primary.Port.ToString(CultureInfo.InvariantCulture);
        var otherPort = other.Port.ToString(CultureInfo.InvariantCulture);
        sentinel.Answers.On("HELLO", FakeAnswers.Hello(1, mode: "sentinel")).On("SENTINEL", (_, _) => Wire.Array(Wire.Bulk("127.0.0.1"), Wire.Bulk(port)));
        sentinel.Answers.On("SUBSCRIBE", Wire.Push(Wire.Bulk("subscribe"), Wire.Bulk("+switch-master"), Wire.Number(1)));
        other.Answers.On("GET", Wire.Bulk("of the other"));
        await using var client = await RespClient.ConnectAsync($"127.0.0.1:{sentinel.Port},serviceName=main,reconnectMaximum=50");
        var epoch = client.Epoch;
        await sentinel.Connections[0].SendAsync(News($"main 127.0.0.1 {otherPort} 127.0.0.1 {port}"));
        await sentinel.Connections[0].SendAsync(News($"another 127.0.0.1 {port} 127.0.0.1 {otherPort}"));
        await sentinel.Connections[0].WaitUntilReadAsync();
        Assert.Equal(epoch, client.Epoch);
        port = otherPort;
        await sentinel.Connections[0].SendAsync(News($"main 127.0.0.1 {primary.Port} 127.0.0.1 {otherPort}"));
        await other.AcceptAsync();
        Assert.Equal("of the other", await Eventually.GetAsync(() => client.GetStringAsync("a").AsTask()));
        Assert.Single(primary.Connections);

        static byte[] News(string text) => Wire.Push(Wire.Bulk("message"), Wire.Bulk("+switch-master"), Wire.Bulk(text));
    }

    private static string Counter(int i) => $"n{i.ToString(CultureInfo.InvariantCulture)}";

    // True when it was carried out; false when that is not known, or certainly not so. It was asked once.
    private static async Task<bool> CountAsync(RespClient client, string key)
    {
        try
        {
            Assert.Equal(1, await client.IncrementAsync(key));
            return true;
        }
        catch (RespIndeterminateException)
        {
            return false;
        }
    }
}
