using Larder.Redis.Tests.Kit;
using Larder.Servers;

namespace Larder.Redis.Tests.Linking;

/// <summary>Changes as numbered messages, where there is no tracking.</summary>
public sealed class PubSubTests
{
    [Fact]
    public async Task Transport_PubSub_UsesNoTracking()
    {
        await using var server = await RealServer.StartAsync();
        await using var probe = await ProbedLink.ConnectAsync($"127.0.0.1:{server.Port}", "larder", RedisTransport.PubSub);
        await probe.AnnouncedAsync("everything");
        await probe.AskAsync(AuthorityVerb.TrackedRead, "k");

        Assert.Equal("0", await server.InfoAsync("clients", "tracking_clients"));
        Assert.Equal([$"larder:probe:m"], (List<object?>)(await server.CallAsync("PUBSUB", "CHANNELS"))!);
    }

    [Fact]
    public async Task Changes_OfOthers_AreAnnouncedAndOwnOnesAreNot()
    {
        var prefix = SharedServer.NewPrefix();
        await using var first = await ConnectAsync(prefix);
        await using var second = await ConnectAsync(prefix);
        foreach (var (verb, key) in new[]
        {
            (AuthorityVerb.Force, "force"), (AuthorityVerb.Hold, "hold"), (AuthorityVerb.Remove, "remove"), (AuthorityVerb.Expire, "expire"), (AuthorityVerb.Increment, "increment"),
        })
        {
            Assert.False((await first.AskAsync(verb, key, static command => command with { Token = FenceToken.Create(), Milliseconds = 60_000 })).HasFailed);
            await second.AnnouncedAsync(key);
        }

        var token = FenceToken.Create();
        await first.AskAsync(AuthorityVerb.Force, "k", command => command with { Token = token, Milliseconds = 60_000 });
        await first.AskAsync(AuthorityVerb.Fill, "k", command => command with { Expected = token, Token = FenceToken.Create(), Milliseconds = 60_000 });
        await first.AskAsync(AuthorityVerb.MoveFence, with: static command => command with { Fence = FenceName.OfTag("red"), Token = FenceToken.Create() });
        await first.AskAsync(AuthorityVerb.MoveFence, with: static command => command with { Token = FenceToken.Create() });

        await second.AnnouncedAsync("fence Cache ");
        Assert.Equal(["force", "hold", "remove", "expire", "increment", "k", "k", "fence Tag red", "fence Cache "], second.TakeAnnounced());
        Assert.Empty(first.TakeAnnounced());
    }

    [Fact]
    public async Task Leases_AndSnapshots_AreNoNews()
    {
        var prefix = SharedServer.NewPrefix();
        await using var first = await ConnectAsync(prefix);
        await using var second = await ConnectAsync(prefix);
        await first.AskAsync(AuthorityVerb.Acquire, "k", static command => command with { Token = FenceToken.Create(), Milliseconds = 60_000 });
        await first.AskAsync(AuthorityVerb.Snapshot, "l", static command => command with { Token = FenceToken.Create(), Milliseconds = 60_000 });
        await first.AskAsync(AuthorityVerb.Remove, "end");

        await second.AnnouncedAsync("end");
        Assert.Equal(["end"], second.TakeAnnounced());
    }

    [Theory]
    [InlineData("1000 somebody k:k")]
    [InlineData("0 somebody k:k")]
    [InlineData("1 somebody k:k")]
    [InlineData("nothing of ours")]
    [InlineData("")]
    public async Task Message_ThatIsNotTheNext_MeansEverything(string message)
    {
        var prefix = SharedServer.NewPrefix();
        await using var first = await ConnectAsync(prefix);
        await using var second = await ConnectAsync(prefix);
        await first.AskAsync(AuthorityVerb.Remove, "a");
        await first.AskAsync(AuthorityVerb.Remove, "b");
        await second.AnnouncedAsync("b");
        second.TakeAnnounced();

        await SharedServer.Real.CallAsync("PUBLISH", $"{prefix}:probe:m", message);

        await second.AnnouncedAsync("everything");
    }

    [Fact]
    public async Task Counter_Evicted_MeansEverything()
    {
        var prefix = SharedServer.NewPrefix();
        await using var first = await ConnectAsync(prefix);
        await using var second = await ConnectAsync(prefix);
        await first.AskAsync(AuthorityVerb.Remove, "a");
        await first.AskAsync(AuthorityVerb.Remove, "b");
        await second.AnnouncedAsync("b");

        await SharedServer.Real.CallAsync("DEL", $"{prefix}:probe:n");
        await first.AskAsync(AuthorityVerb.Remove, "c");

        await second.AnnouncedAsync("everything");
    }

    [Fact]
    public async Task Connection_Lost_DropsWhatMemoryHas()
    {
        await using var server = await RealServer.StartAsync();
        await using var reader = Start(server);
        await reader.ConnectedAsync();
        Assert.Equal(1, await reader.Cache.GetOrCreateAsync("k", static _ => ValueTask.FromResult(1)));

        await server.CallAsync("CLIENT", "KILL", "TYPE", "pubsub");
        await server.CallAsync("CLIENT", "KILL", "TYPE", "normal");
        await server.CallAsync("DEL", "larder:default:k:k");

        await RedisNode.UntilAsync(async () => await reader.Cache.GetOrCreateAsync("k", static _ => ValueTask.FromResult(2)) == 2, () => "the dropped value to be loaded anew");
    }

    [Fact]
    public async Task Remove_OnOneNode_ReachesTheOther()
    {
        await using var server = await RealServer.StartAsync();
        await using var reader = Start(server);
        await using var writer = Start(server);
        await reader.ConnectedAsync();
        await writer.ConnectedAsync();
        for (var round = 0; round < 20; round++)
        {
            var value = round;
            await writer.Cache.SetAsync("k", value, tags: ["red"]);
            await RedisNode.UntilAsync(async () => await reader.Cache.GetOrCreateAsync("k", _ => ValueTask.FromResult(value)) == value, () => "the value that was set");
            switch (round % 3)
            {
                case 0:
                    await writer.Cache.RemoveAsync("k");
                    break;
                case 1:
                    await writer.Cache.RemoveByTagAsync("red");
                    break;
                default:
                    await writer.Cache.ClearAsync();
                    break;
            }

            await RedisNode.UntilAsync(async () => await reader.Cache.GetOrCreateAsync("k", static _ => ValueTask.FromResult(-1)) == -1, () => $"the removal of round {round}");
        }
    }

    private static async Task<ProbedLink> ConnectAsync(string prefix)
    {
        var probe = await ProbedLink.ConnectAsync(SharedServer.Address, prefix, RedisTransport.PubSub);

        // The subscription stands.
        await probe.AnnouncedAsync("everything");
        probe.TakeAnnounced();
        return probe;
    }

    private static RedisNode Start(RealServer server) => RedisNode.Start(options =>
    {
        options.ConnectionString = $"127.0.0.1:{server.Port}";
        options.Transport = RedisTransport.PubSub;
        options.Level = CoherenceLevel.Eventual;
    });
}
