using System.Collections.Concurrent;
using System.Globalization;
using Larder.Integration.Tests.Kit;
using Larder.Redis;
using Microsoft.Extensions.DependencyInjection;

namespace Larder.Integration.Tests.Promise;

/// <summary>Scenario F21: two caches of one process share a connection, and another process uses the same server; the end of one of the two takes nothing from anybody.</summary>
public sealed class SharedConnectionTests : IAsyncLifetime
{
    private const string Doomed = "doomed";
    private static readonly string Kept = nameof(CoherenceLevel.Strict);
    private readonly ConcurrentQueue<string> _heard = new();
    private World _world = null!;

    public async ValueTask InitializeAsync() => _world = await World.StartAsync();

    public ValueTask DisposeAsync() => _world.DisposeAsync();

    [Fact]
    public async Task F21_OneOfTwoCachesIsDisposed_TheOtherKeepsConnectionLockAndFeed()
    {
        var other = await _world.StartNodeAsync(CoherenceLevel.Strict);
        await using var provider = Process();
        var kept = provider.GetRequiredKeyedService<ICache>(Kept);
        var doomed = provider.GetRequiredKeyedService<ICache>(Doomed);
        await using var feed = await ListenAsync(kept, Kept);
        await ListenAsync(doomed, Doomed);
        await doomed.SetAsync("k", 1L);
        await kept.SetAsync("k", 5L);
        await using var held = await kept.TryLockAsync("job", TimeSpan.FromMinutes(1));
        Assert.NotNull(held);
        Assert.NotNull(await doomed.TryLockAsync("job", TimeSpan.FromMinutes(1)));
        var connections = await ConnectionsAsync();

        await doomed.DisposeAsync();

        Assert.True(held.IsHeld);
        Assert.False(held.Lost.IsCancellationRequested);
        Assert.Equal("none", await other.CallAsync("lock job 60000"));
        Assert.Equal(5, (await kept.GetAsync<long>("k")).Value);
        await other.CallAsync("set k 6");
        Assert.Equal(6, (await kept.GetAsync<long>("k")).Value);
        Assert.Equal(RemovalOutcome.Done, await kept.RemoveAsync("k"));
        Assert.EndsWith(" none", await other.CallAsync("get k"), StringComparison.Ordinal);
        await other.CallAsync("remove theirs");
        await World.Until(() => Task.FromResult(_heard.Contains($"{Kept} Key theirs")), "the other process's removal to be told");

        // One of them asks.
        Assert.Equal(connections + 1, await ConnectionsAsync());
        Assert.Single(_heard, $"{Kept} Gap ");
        await held.DisposeAsync();
        Assert.NotEqual("none", await other.CallAsync("lock job 60000"));
    }

    private async Task<int> ConnectionsAsync() => int.Parse((await _world.Server.InfoAsync("stats", "total_connections_received"))!, CultureInfo.InvariantCulture);

    private async Task<IAsyncDisposable> ListenAsync(ICache cache, string name)
    {
        var subscription = cache.SubscribeRemovals((removal, _) =>
        {
            _heard.Enqueue($"{name} {removal.Kind} {removal.Name}");
            return ValueTask.CompletedTask;
        });
        await World.Until(() => Task.FromResult(_heard.Contains($"{name} Gap ")), "the channel to stand");
        return subscription;
    }

    private ServiceProvider Process()
    {
        var services = new ServiceCollection();
        services.AddLarder().AddCache(Kept).AddCache(Doomed).UseRedis(redis =>
        {
            redis.ConnectionString = string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{_world.Server.Port}");
            redis.Level = CoherenceLevel.Strict;
            redis.CoherenceLease = World.Lease;
        });
        return services.BuildServiceProvider();
    }
}
