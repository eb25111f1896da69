using System.Collections.Concurrent;
using Larder.Redis.Tests.Kit;
using Larder.Servers;

namespace Larder.Redis.Tests.Feeding;

/// <summary>The feed of removals across nodes, over a real server.</summary>
public sealed class RemovalFeedTests
{
    private static readonly Removal Gap = new(RemovalKind.Gap, null, false);
    private readonly ConcurrentQueue<Removal> _seen = new();

    [Fact]
    public async Task Removals_OfTwoNodes_AreToldToTheThirdInOrder()
    {
        var prefix = SharedServer.NewPrefix();
        await using var a = await RedisNode.StartAsync(prefix);
        await using var b = await RedisNode.StartAsync(prefix);
        await using var listener = await RedisNode.StartAsync(prefix);
        await ListenAsync(listener.Cache);

        await Task.WhenAll(RemoveAsync(a.Cache, "a"), RemoveAsync(b.Cache, "b"));
        await a.Cache.RemoveByTagAsync("t");
        await a.Cache.ClearAsync();
        await a.Cache.PublishRemovalsAsync(["told"]);
        await RedisNode.UntilAsync(() => _seen.Contains(new Removal(RemovalKind.Key, "told", false)), () => "the last removal");
        await RedisNode.UntilAsync(() => _seen.Count == 204, () => $"all removals; there are {_seen.Count}");

        Assert.DoesNotContain(_seen.Skip(1), static removal => removal.Kind == RemovalKind.Gap || removal.IsLocal);
        foreach (var node in new[] { "a", "b" })
        {
            Assert.Equal(Enumerable.Range(0, 100).Select(i => $"{node}{i}"), _seen.Select(static removal => removal.Name ?? "").Where(name => name.StartsWith(node, StringComparison.Ordinal)));
        }

        Assert.Contains(new Removal(RemovalKind.Tag, "t", false), _seen);
        Assert.Contains(new Removal(RemovalKind.Clear, null, false), _seen);
    }

    [Fact]
    public async Task Removals_OfOneself_AreToldOnce()
    {
        var prefix = SharedServer.NewPrefix();
        await using var node = await RedisNode.StartAsync(prefix);
        await using var other = await RedisNode.StartAsync(prefix);
        await ListenAsync(node.Cache);
        await node.Cache.RemoveAsync("mine");
        await node.Cache.PublishRemovalsAsync(["too"]);
        await other.Cache.PublishRemovalsAsync(["theirs"]);
        await RedisNode.UntilAsync(() => _seen.Count >= 4, () => "four messages");
        Assert.Equal([Gap, new(RemovalKind.Key, "mine", true), new(RemovalKind.Key, "too", true), new(RemovalKind.Key, "theirs", false)], _seen);
    }

    [Fact]
    public async Task Connection_ThatIsLost_IsAGap()
    {
        await using var server = await RealServer.StartAsync();
        await using var node = await RedisNode.StartAsync(server);
        await using var other = await RedisNode.StartAsync(server);
        await ListenAsync(node.Cache);
        server.Kill();
        await server.RestartAsync();
        await RedisNode.UntilAsync(() => _seen.Count(static removal => removal.Kind == RemovalKind.Gap) >= 2, () => "the gap");
        await RedisNode.UntilAsync(
            async () =>
            {
                try
                {
                    await other.Cache.RemoveAsync("after");
                }
                catch (TierUnavailableException)
                {
                    return false;
                }

                return _seen.Contains(new Removal(RemovalKind.Key, "after", false));
            },
            () => "a removal behind the gap");
    }

    [Fact]
    public async Task Number_ThatIsSkipped_IsAGap()
    {
        var prefix = SharedServer.NewPrefix();
        await using var node = await RedisNode.StartAsync(prefix);
        await using var other = await RedisNode.StartAsync(prefix);
        await ListenAsync(node.Cache);
        await other.Cache.PublishRemovalsAsync(["one"]);

        // As if a message had been numbered, and lost on its way through a cluster.
        await SharedServer.Real.CallAsync("INCR", $"{prefix}:default:e");
        await other.Cache.PublishRemovalsAsync(["two"]);
        await SharedServer.Real.CallAsync("PUBLISH", $"{prefix}:default:f", "nonsense");
        await RedisNode.UntilAsync(() => _seen.Count >= 5, () => "five messages");
        Assert.Equal([Gap, new(RemovalKind.Key, "one", false), Gap, new(RemovalKind.Key, "two", false), Gap], _seen);
    }

    [Fact]
    public async Task Permission_ThatIsMissing_HurtsNobodyElse()
    {
        await using var server = await RealServer.StartAsync(new ServerSettings { Users = ["app on >secret resetchannels ~* +@all"] });
        await using var node = RedisNode.Start(options => options.ConnectionString = $"127.0.0.1:{server.Port},user=app,password=secret");
        await node.ConnectedAsync();
        await using var subscription = node.Cache.SubscribeRemovals(Record);
        await node.Cache.SetAsync("k", 1);
        Assert.Equal(RemovalOutcome.Done, await node.Cache.RemoveAsync("k"));
        await RedisNode.UntilAsync(() => !_seen.IsEmpty, () => "the node's own removal");
        Assert.Equal(new Removal(RemovalKind.Key, "k", true), Assert.Single(_seen));
    }

    [Theory]
    [InlineData(RedisTransport.Tracking)]
    [InlineData(RedisTransport.PubSub)]
    public async Task Feed_OfEitherTransport_IsTheSame(RedisTransport transport)
    {
        var prefix = SharedServer.NewPrefix();
        void Configure(RedisOptions options) => (options.ConnectionString, options.Prefix, options.Transport, options.Level) = (SharedServer.Address, prefix, transport, CoherenceLevel.Eventual);
        await using var node = RedisNode.Start(Configure);
        await using var other = RedisNode.Start(Configure);
        await node.ConnectedAsync();
        await other.ConnectedAsync();
        await ListenAsync(node.Cache);
        await other.Cache.RemoveAsync("k");
        await RedisNode.UntilAsync(() => _seen.Contains(new Removal(RemovalKind.Key, "k", false)), () => "the removal");
    }

    private static async Task RemoveAsync(ICache cache, string prefix)
    {
        for (var i = 0; i < 100; i++)
        {
            await cache.RemoveAsync($"{prefix}{i}");
        }
    }

    private async Task ListenAsync(ICache cache)
    {
        cache.SubscribeRemovals(Record);
        await RedisNode.UntilAsync(() => !_seen.IsEmpty, () => "the channel to stand");
    }

    private ValueTask Record(Removal removal, CancellationToken cancellationToken)
    {
        _seen.Enqueue(removal);
        return ValueTask.CompletedTask;
    }
}
