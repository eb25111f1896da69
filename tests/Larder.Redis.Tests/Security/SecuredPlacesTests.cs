using Larder.Redis.Tests.Kit;
using Larder.Resp;
using Larder.Servers;

namespace Larder.Redis.Tests.Security;

/// <summary>Caches over TLS with an authority of its own and a user of the least rights, where Redis is more than one server.</summary>
public sealed class SecuredPlacesTests
{
    private const string Password = "s3cret";

    [Fact]
    public async Task Cluster_WithTlsAndTheUserOfTheDocument_Works()
    {
        using var certificates = new TestCertificates();
        await using var cluster = await RealCluster.StartAsync(new ServerSettings { Certificates = certificates, Users = [LeastPrivilegeTests.UserOfTheDocument(Password)], SlotsOfPiece = SharedCluster.SlotsOfRange });
        await UseAsync(Settings(certificates, cluster.Nodes[0].Port));
        foreach (var node in cluster.Nodes)
        {
            Assert.Empty((List<object?>)(await node.CallAsync("ACL", "LOG"))!);
        }
    }

    [Fact]
    public async Task Sentinels_WithTlsAndTheUserOfTheDocument_Work()
    {
        using var certificates = new TestCertificates();
        await using var group = await RealSentinels.StartAsync(new ServerSettings { Certificates = certificates, Password = "replication", Users = [LeastPrivilegeTests.UserOfTheDocument(Password)] });
        await UseAsync(Settings(certificates, 1) with
        {
            EndPoints = [.. group.Sentinels.Select(static sentinel => new RespEndPoint("localhost", sentinel.Port))],
            Topology = RespTopologyKind.Sentinel,
            Sentinel = new RespSentinelOptions { ServiceName = RealSentinels.ServiceName },
        });
    }

    private static RespOptions Settings(TestCertificates certificates, int port) => new()
    {
        EndPoints = [new RespEndPoint("localhost", port)],
        Topology = RespTopologyKind.Cluster,
        User = "larder",
        Password = Password,
        SendLibraryInfo = false,
        Tls = new RespTlsOptions { CertificateAuthorities = [certificates.Authority] },
    };

    private static async Task UseAsync(RespOptions settings)
    {
        await using var first = RedisNode.Start(options => (options.Connection, options.Level) = (settings, CoherenceLevel.Strict));
        await using var second = RedisNode.Start(options => (options.Connection, options.Level) = (settings, CoherenceLevel.Strict));
        await first.ConnectedAsync();
        await second.ConnectedAsync();
        await first.Cache.SetAsync("k", 1, tags: ["red"]);
        Assert.Equal(1, await second.Cache.GetOrCreateAsync("k", static _ => ValueTask.FromResult(-1)));
        await first.Cache.RemoveByTagAsync("red");
        Assert.Equal(2, await second.Cache.GetOrCreateAsync("k", static _ => ValueTask.FromResult(2)));
        await using var held = await first.Cache.TryLockAsync("job", TimeSpan.FromSeconds(30));
        Assert.NotNull(held);
        Assert.Null(await second.Cache.TryLockAsync("job", TimeSpan.FromSeconds(30)));
    }
}
