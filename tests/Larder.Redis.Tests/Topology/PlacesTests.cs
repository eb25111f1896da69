using Larder.Redis.Connecting;
using Larder.Redis.Tests.Kit;
using Larder.Resp;
using Larder.Servers;

namespace Larder.Redis.Tests.Topology;

/// <summary>Where Redis may be, and what is refused.</summary>
public sealed class PlacesTests
{
    [Fact]
    public async Task UnixSocket_Works()
    {
        await using var server = await RealServer.StartAsync(new ServerSettings { HasUnixSocket = true });
        await using var node = RedisNode.Start(options => options.ConnectionString = $"unix:{server.UnixPath}");
        await node.ConnectedAsync();

        await KeepsAsync(node, server);
    }

    [Fact]
    public async Task Tls_WithPasswordAndOwnAuthority_Works()
    {
        using var certificates = new TestCertificates();
        await using var server = await RealServer.StartAsync(new ServerSettings { Certificates = certificates, Password = "s3cret", DemandsClientCertificate = true });
        await using var node = RedisNode.Start(options => options.Connection = new RespOptions
        {
            EndPoints = [new RespEndPoint("localhost", server.Port)],
            Password = "s3cret",
            Tls = new RespTlsOptions { CertificateAuthorities = [certificates.Authority], ClientCertificates = [certificates.Client] },
        });
        await node.ConnectedAsync();

        await KeepsAsync(node, server);
    }

    [Fact]
    public async Task Sentinel_AfterAFailover_GoesOnWithTheNewPrimary()
    {
        await using var group = await RealSentinels.StartAsync();
        var places = string.Join(',', group.Sentinels.Select(static sentinel => $"127.0.0.1:{sentinel.Port}"));
        await using var first = RedisNode.Start(options => (options.ConnectionString, options.CoherenceLease) = ($"{places},serviceName={RealSentinels.ServiceName}", TimeSpan.FromMilliseconds(500)));
        await using var second = RedisNode.Start(options => (options.ConnectionString, options.CoherenceLease) = ($"{places},serviceName={RealSentinels.ServiceName}", TimeSpan.FromMilliseconds(500)));
        await first.ConnectedAsync();
        await second.ConnectedAsync();
        await first.Cache.SetAsync("k", 1);
        Assert.Equal(1, await second.Cache.GetOrCreateAsync("k", static _ => ValueTask.FromResult(-1)));

        var old = await group.PrimaryAsync();
        old.Kill();
        Assert.Equal(2, await first.Cache.GetOrCreateAsync("l", static _ => ValueTask.FromResult(2)));
        var primary = await group.WaitForAnotherPrimaryAsync(old);
        await first.ConnectedAsync();
        await second.ConnectedAsync();
        await RedisNode.UntilAsync(async () => await SetsAsync(first), () => "a Set on the new primary");

        Assert.Equal(1L, await primary.CallAsync("EXISTS", "larder:default:k:m"));
        Assert.Equal(3, await second.Cache.GetOrCreateAsync("m", static _ => ValueTask.FromResult(-1)));
    }

    [Fact]
    public async Task Cluster_WithoutSlots_IsDoneWithout()
    {
        await using var server = await RealServer.StartAsync(new ServerSettings { Arguments = ["--cluster-enabled", "yes"] });
        await using var node = RedisNode.Start(options => options.ConnectionString = $"127.0.0.1:{server.Port}");

        Assert.False(node.Authority.IsAvailable);
        Assert.Equal(1, await node.Cache.GetOrCreateAsync("k", static _ => ValueTask.FromResult(1)));
    }

    [Theory]
    [InlineData("redis", "6.2.14", "standalone", "master", "Redis 7.0 or later")]
    [InlineData("redis", "7.0.0", "cluster", "master", "member of a cluster")]
    [InlineData("redis", "7.0.0", "standalone", "replica", "is a replica")]
    [InlineData("redis", "7.0.0", "standalone", "master", null)]
    [InlineData("valkey", "8.1.0", "standalone", "master", null)]
    [InlineData("redis", "10.1", "standalone", "master", null)]
    [InlineData("something", "unknown", "standalone", "master", null)]
    public void Obstacle_OfAServer_IsNamed(string server, string version, string mode, string role, string? expected)
    {
        var texts = new[] { "server", server, "version", version, "mode", mode, "role", role };
        var hello = new RespValue(RespType.Map, [.. texts.Select(static text => new RespValue(RespType.BulkString, System.Text.Encoding.UTF8.GetBytes(text)))]);

        var obstacle = Greeting.Obstacle(hello);

        Assert.True(expected is null ? obstacle is null : obstacle!.Contains(expected, StringComparison.Ordinal), obstacle);
    }

    [Fact]
    public async Task Cluster_OfNodesThatAreTooOld_IsDoneWithoutAndSaysWhy()
    {
        await using var server = FakeServer.Start();
        server.Answers.On("HELLO", static (connection, _) => FakeAnswers.Hello(connection.Id, mode: "cluster", version: "6.2.14"));
        server.Answers.On("CLUSTER", (_, _) => Wire.Array(Wire.Array(Wire.Number(0), Wire.Number(16_383), Wire.Array(Wire.Bulk("127.0.0.1"), Wire.Number(server.Port), Wire.Bulk("node")))));
        server.Answers.On("EVAL", Wire.Number(1));
        await using var node = RedisNode.Start(options => options.ConnectionString = $"127.0.0.1:{server.Port},topology=cluster");

        await RedisNode.UntilAsync(() => node.Authority.Description.Contains("The server is redis 6.2.14; Redis 7.0 or later", StringComparison.Ordinal), () => $"the reason; it says: {node.Authority.Description}");
        Assert.False(node.Authority.IsAvailable);
        Assert.Equal(1, await node.Cache.GetOrCreateAsync("k", static _ => ValueTask.FromResult(1)));
    }

    private static async Task KeepsAsync(RedisNode node, RealServer server)
    {
        await node.Cache.SetAsync("k", 1);
        Assert.Equal(1L, await server.CallAsync("EXISTS", "larder:default:k:k"));
        await node.Cache.RemoveAsync("k");
        Assert.Equal(2, await node.Cache.GetOrCreateAsync("k", static _ => ValueTask.FromResult(2)));
    }

    private static async Task<bool> SetsAsync(RedisNode node)
    {
        try
        {
            await node.Cache.SetAsync("m", 3);
            return true;
        }
        catch (TierUnavailableException)
        {
            return false;
        }
    }
}
