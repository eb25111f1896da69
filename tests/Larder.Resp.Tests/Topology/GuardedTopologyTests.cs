using Larder.Resp.Tests.Kit;
using Larder.Servers;

namespace Larder.Resp.Tests.Topology;

/// <summary>A cluster and Sentinels that speak TLS only, with an ACL user for the application.</summary>
public sealed class GuardedTopologyTests
{
    private static readonly ServerSettings Guarded = new() { Password = "of-default", Users = ["app on >of-app ~* &* +@all -@dangerous +info +cluster"] };

    [Fact]
    public async Task Cluster_WithTlsAndUsers_WorksThroughAFailover()
    {
        using var certificates = new TestCertificates();
        await using var cluster = await RealCluster.StartAsync(Guarded with { Certificates = certificates });
        var options = Options($"127.0.0.1:{cluster.Nodes[0].Port},user=app,password=of-app,ssl=true,commandTimeout=20s,reconnectMaximum=200", certificates);
        var log = new StreamLog();
        await using var client = await RespClient.ConnectAsync(options, log);
        Assert.Equal(3, client.Shards.Count);
        Assert.All(client.Shards, static shard => Assert.NotEqual(0, shard.Epoch));
        for (var i = 0; i < 100; i++)
        {
            await client.SetAsync($"key{i}", i);
        }

        Assert.Equal(100, await client.ExistsAsync(Enumerable.Range(0, 100).Select(static i => (RespArgument)$"key{i}").ToArray()));
        await client.SetAsync("foo", "1");
        Assert.Equal(1L, await cluster.Nodes[2].CallAsync("WAIT", "1", "10000"));
        cluster.Nodes[2].Kill();
        Assert.Equal("1", await Eventually.GetAsync(() => client.GetStringAsync("foo").AsTask()));
        Assert.Equal("NOPERM", (await Assert.ThrowsAsync<RespServerException>(() => client.ExecuteAsync(new RespCommand("KEYS", "*")).AsTask())).Code);
    }

    [Fact]
    public async Task Cluster_WrongPasswordOrAuthority_IsOneClearErrorWithoutARetry()
    {
        using var certificates = new TestCertificates();
        using var others = new TestCertificates();
        await using var cluster = await RealCluster.StartAsync(Guarded with { Certificates = certificates });
        var endPoint = $"127.0.0.1:{cluster.Nodes[0].Port}";
        foreach (var topology in (string[])["auto", "cluster"])
        {
            var password = await Assert.ThrowsAsync<RespAuthenticationException>(
                () => RespClient.ConnectAsync(Options($"{endPoint},user=app,password=wrong,ssl=true,topology={topology}", certificates)));
            Assert.Contains("refused the password of user \"app\"", password.Message, StringComparison.Ordinal);
            var authority = await Assert.ThrowsAsync<RespAuthenticationException>(
                () => RespClient.ConnectAsync(Options($"{endPoint},user=app,password=of-app,ssl=true,topology={topology}", others)));
            Assert.Contains("authority is not trusted", authority.Message, StringComparison.Ordinal);
            Assert.DoesNotContain("wrong", password.ToString(), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Sentinels_WithTlsAndUsers_WorkThroughAFailover()
    {
        using var certificates = new TestCertificates();
        await using var group = await RealSentinels.StartAsync(Guarded with { Certificates = certificates }, "watch on >of-watch allchannels -@all +sentinel +subscribe +ping +hello +auth +client");
        var text = $"127.0.0.1:{group.Sentinels[0].Port},serviceName={RealSentinels.ServiceName},user=app,password=of-app,sentinelUser=watch,sentinelPassword=of-watch,ssl=true,reconnectMaximum=200";
        await using var client = await RespClient.ConnectAsync(Options(text, certificates));
        Assert.Equal(1, await client.IncrementAsync("n"));
        await group.Servers[0].CallAsync("WAIT", "2", "10000");
        group.Servers[0].Kill();
        Assert.Equal(2, await Eventually.GetAsync(() => client.IncrementAsync("n").AsTask()));
        Assert.NotEqual($"127.0.0.1:{group.Servers[0].Port}", client.Diagnose().EndPoint);

        var refused = await Assert.ThrowsAsync<RespAuthenticationException>(() => RespClient.ConnectAsync(Options(text.Replace("of-watch", "wrong", StringComparison.Ordinal), certificates)));
        Assert.Contains("refused the password of user \"watch\"", refused.Message, StringComparison.Ordinal);
    }

    private static RespOptions Options(string text, TestCertificates certificates)
    {
        var options = RespOptions.Parse(text);
        return options with { Tls = options.Tls! with { TargetHost = "localhost", CertificateAuthorities = [certificates.Authority] } };
    }
}
