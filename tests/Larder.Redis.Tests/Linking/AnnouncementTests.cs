using Larder.Redis.Tests.Kit;
using Larder.Servers;

namespace Larder.Redis.Tests.Linking;

/// <summary>What a server announces of its own accord, and to whom.</summary>
public sealed class AnnouncementTests
{
    [Fact]
    public async Task TrackedRead_OfAKeyThatExpires_IsAnnounced()
    {
        await using var probe = await ProbedLink.ConnectAsync(SharedServer.Address, SharedServer.NewPrefix());
        await probe.AskAsync(AuthorityVerb.Force, "k", static command => command with { Token = FenceToken.Create(), Milliseconds = 50 });
        await probe.AskAsync(AuthorityVerb.TrackedRead, "k");

        await probe.AnnouncedAsync("k");
    }

    [Fact]
    public async Task TrackedRead_OfAKeyThatIsEvicted_IsAnnounced()
    {
        await using var server = await RealServer.StartAsync();
        await using var probe = await ProbedLink.ConnectAsync($"127.0.0.1:{server.Port}", "larder");
        await probe.AskAsync(AuthorityVerb.Force, "k", static command => command with { Token = FenceToken.Create(), Milliseconds = 600_000 });
        await probe.AskAsync(AuthorityVerb.TrackedRead, "k");
        await server.CallAsync("CONFIG", "SET", "maxmemory-policy", "allkeys-random");
        await server.CallAsync("CONFIG", "SET", "maxmemory", "1");
        await Assert.ThrowsAsync<RawErrorException>(() => server.CallAsync("SET", "other", "x"));

        await probe.AnnouncedAsync("k");
        await server.CallAsync("CONFIG", "SET", "maxmemory", "0");
    }

    [Theory]
    [InlineData("FLUSHALL")]
    [InlineData("FLUSHDB")]
    public async Task Flush_OfTheServer_IsAnnouncedAsEverything(string command)
    {
        await using var server = await RealServer.StartAsync();
        await using var probe = await ProbedLink.ConnectAsync($"127.0.0.1:{server.Port}", "larder");
        await probe.AskAsync(AuthorityVerb.TrackedRead, "k");

        await server.CallAsync(command);

        await probe.AnnouncedAsync("everything");
    }

    [Fact]
    public async Task Change_InAnotherCacheOrApplication_IsNotAnnounced()
    {
        var prefix = SharedServer.NewPrefix();
        var hub = new Connecting.RedisHub(Larder.Resp.RespOptions.Parse(SharedServer.Address));
        await using var shop = new ProbedLink(new Redis.Linking.RedisLink(hub, prefix), "shop");
        await using var users = new ProbedLink(new Redis.Linking.RedisLink(hub, prefix), "users");
        await using var other = await ProbedLink.ConnectAsync(SharedServer.Address, SharedServer.NewPrefix());
        await shop.ConnectedAsync();
        await users.ConnectedAsync();
        foreach (var probe in new[] { shop, users, other })
        {
            await probe.AskAsync(AuthorityVerb.TrackedRead, "k");
        }

        await users.AskAsync(AuthorityVerb.Remove, "k");
        await shop.AskAsync(AuthorityVerb.Read, "k");
        await other.AskAsync(AuthorityVerb.Read, "k");

        Assert.Equal(["k"], users.TakeAnnounced());
        Assert.Empty(shop.TakeAnnounced());
        Assert.Empty(other.TakeAnnounced());
    }

    [Fact]
    public async Task Start_WhileTheHubIsConnected_IsToldOfTheSameConnection()
    {
        var hub = new Connecting.RedisHub(Larder.Resp.RespOptions.Parse(SharedServer.Address));
        await using var first = new ProbedLink(new Redis.Linking.RedisLink(hub, SharedServer.NewPrefix()));
        await first.ConnectedAsync();
        await using var second = new ProbedLink(new Redis.Linking.RedisLink(hub, SharedServer.NewPrefix()));
        await second.ConnectedAsync();

        Assert.Equal(first.Epoch, second.Epoch);
    }

    [Fact]
    public async Task Drop_OfTheConnection_IsToldToAllCachesOnIt()
    {
        var hub = new Connecting.RedisHub(Larder.Resp.RespOptions.Parse(SharedServer.Address));
        await using var first = new ProbedLink(new Redis.Linking.RedisLink(hub, SharedServer.NewPrefix()));
        await using var second = new ProbedLink(new Redis.Linking.RedisLink(hub, SharedServer.NewPrefix()));
        await first.ConnectedAsync();
        await second.ConnectedAsync();
        var epoch = first.Epoch;

        first.Link.Drop(epoch);

        await second.AnnouncedAsync("disconnected");
        await RedisNode.UntilAsync(() => first.Epoch > epoch && second.Epoch == first.Epoch, () => "both to be on a new connection");
    }

    [Fact]
    public async Task Send_ForAnOlderConnection_FailsAtOnce()
    {
        await using var probe = await ProbedLink.ConnectAsync(SharedServer.Address, SharedServer.NewPrefix());
        var epoch = probe.Epoch;
        probe.Link.Drop(epoch);
        await RedisNode.UntilAsync(() => probe.Epoch > epoch, () => "a new connection");
        var caller = new Failures();

        probe.Link.Send(epoch, new AuthorityCommand(AuthorityVerb.Read, caller) { Key = "k" }, new AuthorityCommand(AuthorityVerb.ReadMany, caller, 1) { Keys = new[] { "a", "b" } });

        Assert.Equal([0, 1, 2], caller.Failed);
    }

    private sealed class Failures : IAuthorityCaller
    {
        internal List<int> Failed { get; } = [];

        void IAuthorityCaller.Answered(int index, in AuthorityAnswer answer) => Assert.Fail("It was answered.");

        void IAuthorityCaller.Failed(int index, Exception? failure) => Failed.Add(index);
    }
}
