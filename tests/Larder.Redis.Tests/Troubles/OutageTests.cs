using System.Globalization;
using Larder.Redis.Tests.Kit;
using Larder.Servers;

namespace Larder.Redis.Tests.Troubles;

/// <summary>Connections that are cut, servers that restart, hang or become replicas: readers see no error and nothing old, and afterwards all is as before.</summary>
public sealed class OutageTests
{
    [Fact]
    public async Task ClientKill_OfAllConnections_LosesNothingAndReconnects()
    {
        await using var server = await RealServer.StartAsync();
        await using var first = StrictWithAShortLease(server);
        await using var second = StrictWithAShortLease(server);
        await first.ConnectedAsync();
        await second.ConnectedAsync();
        await first.Cache.SetAsync("k", 1);
        Assert.Equal(1, await second.Cache.GetOrCreateAsync("k", static _ => ValueTask.FromResult(-1)));

        for (var round = 2; round < 6; round++)
        {
            await server.CallAsync("CLIENT", "KILL", "TYPE", "normal");
            Assert.Equal(round - 1, await second.Cache.GetOrCreateAsync("k", _ => ValueTask.FromResult(round - 1)));
            await SetAsync(first, round);

            // From Redis, or from the source where this node is not connected yet.
            Assert.Equal(round, await second.Cache.GetOrCreateAsync("k", _ => ValueTask.FromResult(round)));
        }
    }

    [Fact]
    public async Task ClientKill_ThenAChangeByAnother_IsNotServedFromMemory()
    {
        await using var server = await RealServer.StartAsync();
        await using var reader = await RedisNode.StartAsync(server);
        await using var writer = await RedisNode.StartAsync(server);
        await writer.Cache.SetAsync("k", 1);
        Assert.Equal(1, await reader.Cache.GetOrCreateAsync("k", static _ => ValueTask.FromResult(-1)));

        await server.CallAsync("CLIENT", "KILL", "TYPE", "normal");
        await SetAsync(writer, 2);

        await RedisNode.UntilAsync(async () => await reader.Cache.GetOrCreateAsync("k", static _ => ValueTask.FromResult(2)) == 2, () => "the new value");
    }

    [Fact]
    public async Task Restart_OfTheServer_IsSurvivedWithoutAnError()
    {
        await using var server = await RealServer.StartAsync();
        await using var node = await RedisNode.StartAsync(server);
        await node.Cache.SetAsync("k", 1);

        server.Kill();
        await node.DisconnectedAsync();
        Assert.Equal(2, await node.Cache.GetOrCreateAsync("k", static _ => ValueTask.FromResult(2)));
        await server.RestartAsync();
        await node.ConnectedAsync();

        Assert.Equal(3, await node.Cache.GetOrCreateAsync("k", static _ => ValueTask.FromResult(3)));
        Assert.Equal(1L, await server.CallAsync("EXISTS", "larder:default:k:k"));
        Assert.Equal(3, await node.Cache.GetOrCreateAsync("k", static _ => ValueTask.FromResult(4)));
    }

    [Fact]
    public async Task Restart_WithItsData_BringsNothingOldBack()
    {
        await using var server = await RealServer.StartAsync(new ServerSettings { IsPersistent = true });
        await using var node = await RedisNode.StartAsync(server, CoherenceLevel.Strict);
        await node.Cache.SetAsync("k", 1, tags: ["red"]);
        await node.Cache.SetAsync("l", 1);
        await node.Cache.RemoveByTagAsync("red");

        server.Kill();
        await server.RestartAsync();
        await node.ConnectedAsync();

        Assert.Equal(2, await node.Cache.GetOrCreateAsync("k", static _ => ValueTask.FromResult(2)));
        Assert.Equal(1, await node.Cache.GetOrCreateAsync("l", static _ => ValueTask.FromResult(2)));
    }

    [Fact]
    public async Task Pause_OfTheServer_CostsReadersNoErrorAndEndsByItself()
    {
        await using var server = await RealServer.StartAsync();
        await using var node = RedisNode.Start(
            options => (options.ConnectionString, options.CoherenceLease) = ($"127.0.0.1:{server.Port},asyncTimeout=300,hardTimeout=300", TimeSpan.FromMilliseconds(500)),
            static options => options.TierTimeout = TimeSpan.FromMilliseconds(200));
        await node.ConnectedAsync();
        await node.Cache.SetAsync("k", 1);

        server.Pause();
        await RedisNode.UntilAsync(() => node.Authority.Gate.ServesUntil <= Environment.TickCount64, () => "memory to be bypassed");
        Assert.Equal(2, await node.Cache.GetOrCreateAsync("k", static _ => ValueTask.FromResult(2)));
        await node.DisconnectedAsync();
        server.Resume();
        await node.ConnectedAsync();

        Assert.Equal(1, await node.Cache.GetOrCreateAsync("k", static _ => ValueTask.FromResult(3)));
    }

    [Fact]
    public async Task ScriptFlush_WhileInUse_ChangesNothing()
    {
        await using var server = await RealServer.StartAsync();
        await using var node = await RedisNode.StartAsync(server, CoherenceLevel.Strict);
        await node.Cache.SetAsync("k", 1);

        for (var round = 0; round < 10; round++)
        {
            await server.CallAsync("SCRIPT", "FLUSH");
            Assert.Equal(round, await node.Cache.GetOrCreateAsync($"k{round}", _ => ValueTask.FromResult(round)));
            await node.Cache.RemoveAsync("k");
            await node.Cache.SetAsync("k", round);
        }

        Assert.True(node.Authority.IsAvailable);
    }

    [Theory]
    [InlineData("FLUSHALL")]
    [InlineData("FLUSHDB")]
    public async Task Flush_OfTheServer_EndsWhatMemoryHad(string command)
    {
        await using var server = await RealServer.StartAsync();
        await using var node = await RedisNode.StartAsync(server);
        await node.Cache.SetAsync("k", 1);

        await server.CallAsync(command);

        await RedisNode.UntilAsync(async () => await node.Cache.GetOrCreateAsync("k", static _ => ValueTask.FromResult(2)) == 2, () => "memory to be dropped");
    }

    [Fact]
    public async Task ReplicaOf_AtRuntime_IsGivenUpAndTakenBack()
    {
        await using var server = await RealServer.StartAsync();
        await using var other = await RealServer.StartAsync();
        await using var node = RedisNode.Start(options => (options.ConnectionString, options.CoherenceLease) = ($"127.0.0.1:{server.Port}", TimeSpan.FromMilliseconds(300)));
        await node.ConnectedAsync();
        await node.Cache.SetAsync("k", 1);

        await server.CallAsync("REPLICAOF", "127.0.0.1", $"{other.Port}");
        await RedisNode.UntilAsync(() => node.Authority.Description.Contains("is a replica", StringComparison.Ordinal), () => $"the replica to be noticed; the tier says: {node.Authority.Description}");
        Assert.Equal(2, await node.Cache.GetOrCreateAsync("k", static _ => ValueTask.FromResult(2)));
        Assert.False(node.Authority.IsAvailable);

        await server.CallAsync("REPLICAOF", "NO", "ONE");
        await node.ConnectedAsync();
        Assert.Equal(3, await node.Cache.GetOrCreateAsync("k", static _ => ValueTask.FromResult(3)));
        Assert.Equal(1L, await server.CallAsync("EXISTS", "larder:default:k:k"));
    }

    [Fact]
    public async Task Memory_OfTheServerIsFull_LoadsAreServedAndRemovalsHold()
    {
        await using var server = await RealServer.StartAsync();
        await using var node = await RedisNode.StartAsync(server, CoherenceLevel.Eventual);
        await node.Cache.SetAsync("k", 1);
        await server.CallAsync("CONFIG", "SET", "maxmemory", "1");

        Assert.Equal(5, await node.Cache.GetOrCreateAsync("new", static _ => ValueTask.FromResult(5)));
        await node.Cache.RemoveAsync("k");
        Assert.Equal(2, await node.Cache.GetOrCreateAsync("k", static _ => ValueTask.FromResult(2)));
        Assert.Equal(0L, await server.CallAsync("EXISTS", "larder:default:k:k"));
        Assert.True(node.Authority.IsAvailable);
        await server.CallAsync("CONFIG", "SET", "maxmemory", "0");
    }

    // Each of these once gave the connection up, for all caches of the process.
    [Theory]
    [InlineData(CoherenceLevel.Strict)]
    [InlineData(CoherenceLevel.Bounded)]
    public async Task Memory_OfTheServerIsFull_ChangesThatCanNotBeMadeOrToldAreThrownAndTheConnectionStays(CoherenceLevel level)
    {
        await using var server = await RealServer.StartAsync();
        await using var node = await RedisNode.StartAsync(server, level);
        await node.Cache.SetAsync("k", 1);
        await node.Cache.GetOrCreateAsync("tagged", static _ => ValueTask.FromResult(1), tags: ["red"]);
        var connections = await server.InfoAsync("stats", "total_connections_received");
        await server.CallAsync("CONFIG", "SET", "maxmemory", "1");

        // What is there is removed, but at Strict nobody can be waited for; what is not there can not be announced.
        if (level == CoherenceLevel.Strict)
        {
            await ThrowsAsync(() => node.Cache.RemoveAsync("k"));
        }
        else
        {
            Assert.Equal(RemovalOutcome.Done, await node.Cache.RemoveAsync("k"));
        }

        await ThrowsAsync(() => node.Cache.RemoveAsync("missing"));
        await ThrowsAsync(() => node.Cache.RemoveByTagAsync("red"));
        await ThrowsAsync(() => node.Cache.ClearAsync());
        await Assert.ThrowsAsync<TierUnavailableException>(async () => await node.Cache.SetAsync("k", 2));
        await Assert.ThrowsAsync<TierUnavailableException>(async () => await node.Cache.IncrementAsync("n"));
        Assert.Equal(3, await node.Cache.GetOrCreateAsync("k", static _ => ValueTask.FromResult(3)));
        Assert.True(node.Authority.IsAvailable);
        await server.CallAsync("CONFIG", "SET", "maxmemory", "0");
        await node.Cache.RemoveByTagAsync("red");
        Assert.Equal(4, await node.Cache.GetOrCreateAsync("tagged", static _ => ValueTask.FromResult(4), tags: ["red"]));

        // Those of this test itself: two that set, and one that asks.
        Assert.Equal(int.Parse(connections!, CultureInfo.InvariantCulture) + 3, int.Parse((await server.InfoAsync("stats", "total_connections_received"))!, CultureInfo.InvariantCulture));

        static Task ThrowsAsync(Func<ValueTask<RemovalOutcome>> removal) => Assert.ThrowsAsync<TierUnavailableException>(async () => await removal());
    }

    // A renewal that was refused for want of memory once gave the connection up, again and again, and every removal with it.
    [Fact]
    public async Task Memory_OfTheServerIsFullForLongerThanALease_MemoryIsSilentAndTheConnectionStays()
    {
        await using var server = await RealServer.StartAsync();
        await using var node = RedisNode.Start(options =>
        {
            options.ConnectionString = $"127.0.0.1:{server.Port}";
            options.CoherenceLease = TimeSpan.FromMilliseconds(200);
        });
        await node.ConnectedAsync();
        await node.Cache.SetAsync("k", 1);
        await RedisNode.UntilAsync(() => node.Cache.TryGet<int>("k", out _), () => "memory to serve");
        var connections = await server.InfoAsync("stats", "total_connections_received");
        await server.CallAsync("CONFIG", "SET", "maxmemory", "1");
        await RedisNode.UntilAsync(() => !node.Cache.TryGet<int>("k", out _), () => "the lease to end");

        Assert.Equal(RemovalOutcome.Done, await node.Cache.RemoveAsync("k"));
        Assert.Equal(2, await node.Cache.GetOrCreateAsync("k", static _ => ValueTask.FromResult(2)));
        await server.CallAsync("CONFIG", "SET", "maxmemory", "0");
        await RedisNode.UntilAsync(
            async () => await node.Cache.GetOrCreateAsync("k", static _ => ValueTask.FromResult(2)) == 2 && node.Cache.TryGet<int>("k", out _), () => "memory to serve again");

        // Those of this test itself: two that set, and one that asks.
        Assert.Equal(int.Parse(connections!, CultureInfo.InvariantCulture) + 3, int.Parse((await server.InfoAsync("stats", "total_connections_received"))!, CultureInfo.InvariantCulture));
    }

    [Fact]
    public async Task Eviction_AtAnyTime_NeverBringsARemovedValueBack()
    {
        await using var server = await RealServer.StartAsync();
        await using var first = StrictWithAShortLease(server);
        await using var second = StrictWithAShortLease(server);
        await first.ConnectedAsync();
        await second.ConnectedAsync();
        var source = 0;
        for (var round = 0; round < 40; round++)
        {
            await first.Cache.GetOrCreateAsync("k", _ => ValueTask.FromResult(Volatile.Read(ref source)), tags: ["red"]);
            await server.CallAsync("EVAL", "local k=redis.call('RANDOMKEY') if k then redis.call('DEL',k) end", "0");
            Interlocked.Increment(ref source);
            switch (round % 3)
            {
                case 0:
                    await first.Cache.RemoveByTagAsync("red");
                    break;
                case 1:
                    await first.Cache.ClearAsync();
                    break;
                default:
                    await first.Cache.RemoveAsync("k");
                    break;
            }

            await server.CallAsync("EVAL", "local k=redis.call('RANDOMKEY') if k then redis.call('DEL',k) end", "0");
            Assert.Equal(source, await second.Cache.GetOrCreateAsync("k", _ => ValueTask.FromResult(Volatile.Read(ref source)), tags: ["red"]));
        }
    }

    /// <summary>A Set that the loss of its connection leaves in doubt is repeated, as its caller is told to.</summary>
    private static Task SetAsync(RedisNode node, int value) => RedisNode.UntilAsync(
        async () =>
        {
            try
            {
                await node.Cache.SetAsync("k", value);
                return true;
            }
            catch (TierUnavailableException)
            {
                return false;
            }
        },
        () => "the value to be set");

    // A registry that was evicted makes changes wait for a lease.
    private static RedisNode StrictWithAShortLease(RealServer server) => RedisNode.Start(options =>
    {
        options.ConnectionString = $"127.0.0.1:{server.Port}";
        options.Level = CoherenceLevel.Strict;
        options.CoherenceLease = TimeSpan.FromMilliseconds(200);
    });
}
