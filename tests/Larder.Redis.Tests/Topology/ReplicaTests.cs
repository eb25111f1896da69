using Larder.Redis.Tests.Kit;
using Larder.Servers;

namespace Larder.Redis.Tests.Topology;

/// <summary>Changes that wait for replicas.</summary>
public sealed class ReplicaTests
{
    [Fact]
    public async Task WaitReplicas_WhenTheReplicaHasIt_IsDone()
    {
        await using var primary = await RealServer.StartAsync();
        await using var replica = await RealServer.StartAsync(new ServerSettings { Arguments = ["--replicaof", "127.0.0.1", $"{primary.Port}"] });
        await RedisNode.UntilAsync(async () => await replica.InfoAsync("replication", "master_link_status") == "up", () => "the replica to be in step");
        // A replica that has just come counts for its primary only when it has confirmed for the first time, a second later.
        await using var node = Start(primary, replicas: 1, TimeSpan.FromSeconds(30));
        await node.ConnectedAsync();
        await node.Cache.SetAsync("k", 1);
        Assert.Equal(1L, await replica.CallAsync("EXISTS", "larder:default:k:k"));
        Assert.Equal(StoreOutcome.Stored, await node.Cache.SetIfUnchangedAsync("k", 2, await node.Cache.SnapshotAsync("k")));
        Assert.True(await node.Cache.AddTagsAsync("k", ["red"]));
        Assert.Equal(1, await node.Cache.IncrementAsync("n"));

        await node.Cache.RemoveAsync("k");
        await node.Cache.RemoveByTagAsync("red");
        await node.Cache.ClearAsync();

        Assert.Equal(0L, await replica.CallAsync("EXISTS", "larder:default:k:k"));
        Assert.Empty((List<object?>)(await primary.CallAsync("KEYS", "larder:default:x:*"))!);
    }

    [Fact]
    public async Task WaitReplicas_WhenThereAreTooFew_IsNotCertain()
    {
        await using var primary = await RealServer.StartAsync();
        await using var node = Start(primary, replicas: 1);
        await node.ConnectedAsync();
        await node.Cache.GetOrCreateAsync("k", static _ => ValueTask.FromResult(1));

        await Assert.ThrowsAsync<TierUnavailableException>(() => node.Cache.RemoveAsync("k").AsTask());

        Assert.Equal(0L, await primary.CallAsync("EXISTS", "larder:default:k:k"));
        Assert.Equal(2, await node.Cache.GetOrCreateAsync("k", static _ => ValueTask.FromResult(2)));
    }

    [Fact]
    public async Task WaitReplicas_OfALock_WhenTheReplicaHasIt_IsHeld()
    {
        await using var primary = await RealServer.StartAsync();
        await using var replica = await RealServer.StartAsync(new ServerSettings { Arguments = ["--replicaof", "127.0.0.1", $"{primary.Port}"] });
        await RedisNode.UntilAsync(async () => await replica.InfoAsync("replication", "master_link_status") == "up", () => "the replica to be in step");
        await using var node = Start(primary, replicas: 1, TimeSpan.FromSeconds(30));

        await using var held = await node.Cache.TryLockAsync("job", TimeSpan.FromMinutes(1));

        Assert.NotNull(held);
        Assert.Equal(1L, await replica.CallAsync("EXISTS", "larder:default:l:{:job}"));
    }

    [Fact]
    public async Task WaitReplicas_OfALock_WhenThereAreTooFew_IsRefusedAndGivenBack()
    {
        await using var primary = await RealServer.StartAsync();
        await using var node = Start(primary, replicas: 1);

        var failure = await Assert.ThrowsAsync<TierUnavailableException>(() => node.Cache.TryLockAsync("job", TimeSpan.FromMinutes(1)).AsTask());

        Assert.Contains("WaitReplicas", failure.Message, StringComparison.Ordinal);
        await RedisNode.UntilAsync(async () => (long)(await primary.CallAsync("EXISTS", "larder:default:l:{:job}"))! == 0, () => "the lock to be given back");
    }

    [Fact]
    public async Task WaitReplicas_OfALock_WhenTheyAreLost_IsLostInTime()
    {
        await using var primary = await RealServer.StartAsync();
        await using var replica = await RealServer.StartAsync(new ServerSettings { Arguments = ["--replicaof", "127.0.0.1", $"{primary.Port}"] });
        await RedisNode.UntilAsync(async () => await replica.InfoAsync("replication", "master_link_status") == "up", () => "the replica to be in step");
        await using var node = Start(primary, replicas: 1, TimeSpan.FromSeconds(10));
        await using var held = await node.Cache.TryLockAsync("job", TimeSpan.FromSeconds(5));
        Assert.NotNull(held);

        replica.Kill();

        await RedisNode.UntilAsync(() => held.Lost.IsCancellationRequested, () => "the owner to be told");
        Assert.False(held.IsHeld);
    }

    [Fact]
    public async Task WaitReplicas_WhenThereAreTooFew_NoChangeIsCertain()
    {
        await using var primary = await RealServer.StartAsync();
        await using var node = Start(primary, replicas: 1);
        await node.ConnectedAsync();
        await Assert.ThrowsAsync<TierUnavailableException>(() => node.Cache.SetAsync("k", 1).AsTask());
        Assert.Equal(2, await node.Cache.GetOrCreateAsync("j", static _ => ValueTask.FromResult(2)));
        Assert.Equal(StoreOutcome.Unavailable, await node.Cache.SetIfUnchangedAsync("j", 3, await node.Cache.SnapshotAsync("j")));
        await Assert.ThrowsAsync<TierUnavailableException>(() => node.Cache.AddTagsAsync("j", ["red"]).AsTask());
        await Assert.ThrowsAsync<TierUnavailableException>(() => node.Cache.IncrementAsync("n").AsTask());
        await Assert.ThrowsAsync<TierUnavailableException>(() => node.Cache.ExpireAsync("j").AsTask());
        await Assert.ThrowsAsync<TierUnavailableException>(() => node.Cache.HoldAsync("j", TimeSpan.FromSeconds(1)).AsTask());
    }

    [Fact]
    public async Task WaitReplicas_WhileItWaits_DoesNotHoldReadersUp()
    {
        await using var primary = await RealServer.StartAsync();
        await using var node = Start(primary, replicas: 1, TimeSpan.FromSeconds(30));
        await node.ConnectedAsync();
        await node.Cache.GetOrCreateAsync("k", static _ => ValueTask.FromResult(1));
        using var stop = new CancellationTokenSource();

        var removing = node.Cache.RemoveAsync("k", stop.Token).AsTask();
        await RedisNode.UntilAsync(async () => (string)(await primary.CallAsync("INFO", "clients"))! is var info && info.Contains("blocked_clients:1", StringComparison.Ordinal), () => "the removal to wait");
        Assert.Equal(2, await node.Cache.GetOrCreateAsync("k", static _ => ValueTask.FromResult(2)));
        Assert.False(removing.IsCompleted);
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => removing);
    }

    private static RedisNode Start(RealServer server, int replicas, TimeSpan? timeout = null) => RedisNode.Start(
        options =>
        {
            options.ConnectionString = $"127.0.0.1:{server.Port}";
            options.WaitReplicas = replicas;
            options.ReplicaTimeout = timeout ?? TimeSpan.FromMilliseconds(200);
        },
        static options => options.TierTimeout = TimeSpan.FromSeconds(60));
}
