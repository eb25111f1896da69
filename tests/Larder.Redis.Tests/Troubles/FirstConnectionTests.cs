using Larder.Redis.Tests.Kit;
using Larder.Resp;
using Larder.Servers;

namespace Larder.Redis.Tests.Troubles;

/// <summary>First connections that fail in every way: nobody waits for them longer than for the failure, and they are tried again.</summary>
public sealed class FirstConnectionTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan TooLong = TimeSpan.FromMinutes(10);

    [Fact]
    public async Task FirstCall_NobodyListens_DoesNotWaitForTheTierTimeout()
    {
        await using var server = await RealServer.StartAsync();
        server.Kill();
        await using var node = RedisNode.Start(options => options.ConnectionString = $"127.0.0.1:{server.Port}", static options => options.TierTimeout = TooLong);

        Assert.Equal(1, await node.Cache.GetOrCreateAsync("k", static _ => ValueTask.FromResult(1)).AsTask().WaitAsync(Patience));
    }

    [Fact]
    public async Task FirstCalls_NoMemberOfTheClusterListens_DoNotWaitForTheTierTimeout()
    {
        await using var server = await RealServer.StartAsync();
        server.Kill();
        await using var node = RedisNode.Start(options => options.ConnectionString = $"127.0.0.1:{server.Port},topology=cluster", static options => options.TierTimeout = TooLong);

        Assert.Equal(1, await node.Cache.GetOrCreateAsync("k", static _ => ValueTask.FromResult(1)).AsTask().WaitAsync(Patience));
        var failure = await Assert.ThrowsAsync<TierUnavailableException>(() => node.Cache.SetAsync("k", 1).AsTask().WaitAsync(Patience));

        Assert.Contains($"127.0.0.1:{server.Port}", failure.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("topology=cluster", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Change_WholeClusterIsAwayLater_DoesNotWaitForTheTierTimeout()
    {
        await using var server = await StartClusterOfOneAsync(new ServerSettings());
        await using var node = RedisNode.Start(options => options.ConnectionString = $"127.0.0.1:{server.Port},topology=cluster", static options => options.TierTimeout = TooLong);
        await node.ConnectedAsync();
        server.Kill();
        await node.DisconnectedAsync();

        await Assert.ThrowsAsync<TierUnavailableException>(() => node.Cache.SetAsync("k", 1).AsTask().WaitAsync(Patience));
    }

    [Fact]
    public async Task Connecting_UserMayNotAskForSlots_NamesTheRightAndGoesOnWithIt()
    {
        await using var server = await StartClusterOfOneAsync(new ServerSettings { Users = ["larder on >s3cret ~* &* +@all -cluster"] });
        await using var node = RedisNode.Start(options => options.ConnectionString = $"127.0.0.1:{server.Port},user=larder,password=s3cret");
        await RedisNode.UntilAsync(
            () => node.Authority.Description.Contains("+cluster|slots", StringComparison.Ordinal), () => $"the reason to be told; the tier says: {node.Authority.Description}");

        Assert.Contains("NOPERM", node.Authority.Description, StringComparison.Ordinal);
        Assert.Contains("Permissions in docs/redis.md", node.Authority.Description, StringComparison.Ordinal);
        Assert.DoesNotContain("topology=", node.Authority.Description, StringComparison.Ordinal);

        await server.CallAsync("ACL", "SETUSER", "larder", "+cluster|slots");
        await node.ConnectedAsync();
    }

    [Fact]
    public async Task Connecting_ToAServerThatStandsAloneAsACluster_SaysSo()
    {
        await using var server = await RealServer.StartAsync();
        await using var node = RedisNode.Start(options => options.ConnectionString = $"127.0.0.1:{server.Port},topology=cluster");

        await RedisNode.UntilAsync(
            () => node.Authority.Description.Contains("topology=cluster", StringComparison.Ordinal), () => $"the reason to be told; the tier says: {node.Authority.Description}");
    }

    [Fact]
    public async Task TryLock_PasswordIsRefused_IsNotWaitedFor()
    {
        await using var server = await RealServer.StartAsync(new ServerSettings { Password = "s3cret" });
        await using var node = RedisNode.Start(options => options.ConnectionString = $"127.0.0.1:{server.Port},asyncTimeout=600000", static options => options.TierTimeout = TooLong);

        var failure = await Assert.ThrowsAsync<TierUnavailableException>(() => node.Cache.TryLockAsync("l", TooLong).AsTask().WaitAsync(Patience));

        Assert.Contains("asks for a password", failure.InnerException!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Connecting_TheCheckOfTheCertificateThrows_IsToldAndTriedAgain()
    {
        using var certificates = new TestCertificates();
        await using var server = await RealServer.StartAsync(new ServerSettings { Certificates = certificates });
        var check = new MendedLater();
        await using var node = RedisNode.Start(options => options.Connection = check.OptionsFor(server, RespTopologyKind.Auto));
        await RedisNode.UntilAsync(() => Tells(node), () => $"the failure to be told; the tier says: {node.Authority.Description}");
        Assert.DoesNotContain(MendedLater.Secret, node.Authority.Description, StringComparison.Ordinal);

        check.Mend();

        await node.ConnectedAsync();
    }

    [Fact]
    public async Task Connecting_ToAClusterWithACheckThatThrows_IsToldAndTriedAgain()
    {
        using var certificates = new TestCertificates();
        await using var server = await RealServer.StartAsync(new ServerSettings { Certificates = certificates, Arguments = ["--cluster-enabled", "yes"] });
        var check = new MendedLater();
        await using var node = RedisNode.Start(options => options.Connection = check.OptionsFor(server, RespTopologyKind.Cluster));
        await RedisNode.UntilAsync(() => Tells(node), () => $"the failure to be told; the tier says: {node.Authority.Description}");

        check.Mend();

        // Nobody has given it slots, so there is no more to see than that it was reached.
        await RedisNode.UntilAsync(() => !Tells(node), () => "another attempt");
    }

    private static async Task<RealServer> StartClusterOfOneAsync(ServerSettings settings)
    {
        var server = await RealServer.StartAsync(settings with { Arguments = ["--cluster-enabled", "yes"] });
        await server.CallAsync("CLUSTER", "ADDSLOTSRANGE", "0", "16383");
        return server;
    }

    private static bool Tells(RedisNode node) => node.Authority.Description.Contains(nameof(InvalidOperationException), StringComparison.Ordinal);

    /// <summary>A check of certificates that throws until it is mended.</summary>
    private sealed class MendedLater
    {
        internal const string Secret = "s3cret";

        private bool _isMended;

        internal void Mend() => Volatile.Write(ref _isMended, true);

        internal RespOptions OptionsFor(RealServer server, RespTopologyKind topology) => new()
        {
            EndPoints = [new RespEndPoint("localhost", server.Port)],
            Topology = topology,
            Tls = new RespTlsOptions { ValidationCallback = (_, _, _, _) => Volatile.Read(ref _isMended) ? true : throw new InvalidOperationException(Secret) },
        };
    }
}
