using Larder.Redis.Tests.Kit;
using Larder.Redis.Tests.Security;
using Larder.Servers;

namespace Larder.Redis.Tests.Troubles;

/// <summary>What a change says that could not be told to Redis: where, why, and what to do. And nothing is sent to a server that the caches refuse.</summary>
public sealed class ReasonTests
{
    private static readonly TimeSpan Long = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task Change_ServerAway_SaysWhyAndWhatToDo()
    {
        await using var server = await RealServer.StartAsync();
        await using var node = await RedisNode.StartAsync(server);
        server.Kill();
        await node.DisconnectedAsync();
        await RedisNode.UntilAsync(() => node.Authority.Description.Contains("cannot be reached", StringComparison.Ordinal), () => $"another attempt; the tier says: {node.Authority.Description}");

        var failure = await Assert.ThrowsAsync<TierUnavailableException>(() => node.Cache.RemoveAsync("secret-key").AsTask());

        AssertSays(failure, "redis", "\"default\"", "not connected since", $"127.0.0.1:{server.Port}", "repeat it", "QueueRemovals");
        Assert.DoesNotContain("secret-key", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Change_PasswordRefused_SaysSo()
    {
        await using var server = await RealServer.StartAsync(new ServerSettings { Password = "right" });
        await using var node = RedisNode.Start(options => options.ConnectionString = $"127.0.0.1:{server.Port},password=s3cret");
        await RedisNode.UntilAsync(() => node.Authority.Description.Contains("password", StringComparison.Ordinal), () => $"the refusal; the tier says: {node.Authority.Description}");

        var failure = await Assert.ThrowsAsync<TierUnavailableException>(() => node.Cache.SetAsync("k", 1).AsTask());

        AssertSays(failure, "password");
        Assert.DoesNotContain("s3cret", failure.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Change_NoMemoryLeft_SaysSo()
    {
        await using var server = await RealServer.StartAsync();
        await using var node = await RedisNode.StartAsync(server, CoherenceLevel.Eventual);
        await server.CallAsync("CONFIG", "SET", "maxmemory", "1");

        var failure = await Assert.ThrowsAsync<TierUnavailableException>(() => node.Cache.SetAsync("k", 1).AsTask());

        AssertSays(failure, "OOM", "maxmemory");
    }

    [Fact]
    public async Task Change_TooFewReplicas_SaysSo()
    {
        await using var server = await RealServer.StartAsync();
        await using var node = RedisNode.Start(options => (options.ConnectionString, options.WaitReplicas, options.ReplicaTimeout) = ($"127.0.0.1:{server.Port}", 1, TimeSpan.FromMilliseconds(50)));
        await node.ConnectedAsync();

        var failure = await Assert.ThrowsAsync<TierUnavailableException>(() => node.Cache.RemoveAsync("k").AsTask());

        AssertSays(failure, "WaitReplicas", "ReplicaTimeout", "done on the primary");
    }

    [Theory]
    [InlineData("6.2.14", "master", "Redis 7.0 or later")]
    [InlineData("7.0.15", "replica", "is a replica")]
    public async Task Change_ServerThatIsRefused_SaysWhyAndSendsNothing(string version, string role, string expected)
    {
        await using var server = FakeServer.Start(static connection => connection.Closed);
        server.Answers.On("HELLO", (connection, _) => FakeAnswers.Hello(connection.Id, role: role, version: version));
        await using var node = RedisNode.Start(options => options.ConnectionString = $"127.0.0.1:{server.Port}");
        await RedisNode.UntilAsync(() => node.Authority.Description.Contains(expected, StringComparison.Ordinal), () => $"the refusal; the tier says: {node.Authority.Description}");

        var change = await Assert.ThrowsAsync<TierUnavailableException>(() => node.Cache.SetAsync("k", 1).AsTask());
        var taking = await Assert.ThrowsAsync<TierUnavailableException>(() => node.Cache.TryLockAsync("l", Long).AsTask().WaitAsync(Long));

        AssertSays(change, expected);
        AssertSays(taking, expected);
        Assert.DoesNotContain(server.Connections.SelectMany(static connection => connection.Received), static command => command.Verb == "EVAL");
    }

    [Fact]
    public async Task TryLock_RightIsMissing_SaysSo()
    {
        await using var server = await RealServer.StartAsync(new ServerSettings { Users = ["larder on >s3cret ~* &* +@all -time"] });
        await using var node = RedisNode.Start(options => options.ConnectionString = $"127.0.0.1:{server.Port},user=larder,password=s3cret");
        await node.ConnectedAsync();
        await server.CallAsync("ACL", "SETUSER", "larder", "-eval");

        var failure = await Assert.ThrowsAsync<TierUnavailableException>(() => node.Cache.TryLockAsync("l", Long).AsTask());

        AssertSays(failure, "NOPERM", "docs/redis.md");
    }

    [Theory]
    [InlineData("set", "a command (+set): see")]
    [InlineData("pttl", "which ACL LOG on the server names: see")]
    [InlineData("unlink", "which ACL LOG on the server names: see")]
    public async Task Connection_RightToACommandIsMissing_IsGivenUpForAReasonThatLeadsToIt(string command, string expected)
    {
        await using var server = await RealServer.StartAsync(new ServerSettings { Users = [LeastPrivilegeTests.UserOfTheDocument("s3cret")] });
        await using var node = RedisNode.Start(options => (options.ConnectionString, options.CoherenceLease) = ($"127.0.0.1:{server.Port},user=larder,password=s3cret,setlib=false", TimeSpan.FromMilliseconds(200)));
        await node.ConnectedAsync();
        await server.CallAsync("ACL", "SETUSER", "larder", $"-{command}");

        string all = "";
        await RedisNode.UntilAsync(
            async () =>
            {
                var change = await Record.ExceptionAsync(() => node.Cache.RemoveByTagAsync("secret-tag").AsTask());
                change ??= await Record.ExceptionAsync(() => node.Cache.SetAsync("secret-key", 1, tags: ["secret-tag"]).AsTask());
                change ??= await Record.ExceptionAsync(() => node.Cache.RemoveAsync("secret-key").AsTask());
                all = $"{node.Authority.Description} {change?.Message}";
                return all.Contains($"{expected} Permissions in docs/redis.md", StringComparison.Ordinal);
            },
            () => $"the right to be named; what was said: {all}");

        Assert.DoesNotContain("secret-", all, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Cluster_RightToScriptsIsMissing_IsNamedUntilItIsThere()
    {
        await using var server = await RealServer.StartAsync(new ServerSettings
        {
            Users = [LeastPrivilegeTests.UserOfTheDocument("s3cret") + " -eval"],
            Arguments = ["--cluster-enabled", "yes"],
        });
        await server.CallAsync("CLUSTER", "ADDSLOTSRANGE", "0", "16383");
        await using var node = RedisNode.Start(options => options.ConnectionString = $"127.0.0.1:{server.Port},user=larder,password=s3cret,setlib=false,topology=cluster");
        await RedisNode.UntilAsync(
            () => node.Authority.Description.Contains("(+eval): see Permissions in docs/redis.md", StringComparison.Ordinal), () => $"the right to be named; the tier says: {node.Authority.Description}");

        await server.CallAsync("ACL", "SETUSER", "larder", "+eval");

        await node.ConnectedAsync();
        Assert.DoesNotContain("+eval", node.Authority.Description, StringComparison.Ordinal);
        await using var taken = await node.Cache.TryLockAsync("l", Long);
        Assert.NotNull(taken);
    }

    private static void AssertSays(Exception failure, params string[] words) =>
        Assert.All(words, word => Assert.Contains(word, failure.Message, StringComparison.OrdinalIgnoreCase));
}
