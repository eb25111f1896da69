using Larder.Redis.Tests.Kit;
using Larder.Testing;

namespace Larder.Redis.Tests.Contract;

/// <summary>A tier with faults does what the tier inside does, locks and the feed of removals included.</summary>
public sealed class FaultyTests
{
    [Fact]
    public async Task Around_ATierThatMakesLocksAndCarriesRemovals_DoesSoToo()
    {
        var prefix = SharedServer.NewPrefix();
        var authority = new RedisAuthority(new RedisOptions { ConnectionString = SharedServer.Address, Prefix = prefix });
        var tier = FaultyTier.Around(authority);
        await using var cache = LarderCache.Create(options => options.Authority = tier);
        await using var other = await RedisNode.StartAsync(prefix);
        await RedisNode.ConnectedAsync(authority);

        await using (var held = await cache.TryLockAsync("job", TimeSpan.FromSeconds(30)))
        {
            Assert.NotNull(held);
            Assert.Null(await other.Cache.TryLockAsync("job", TimeSpan.FromSeconds(30)));
        }

        var fault = tier.Faults.Fail(TierOperations.Lock);
        await Assert.ThrowsAsync<TierUnavailableException>(() => cache.TryLockAsync("job", TimeSpan.FromSeconds(30)).AsTask());
        fault.Heal();
        tier.Faults.Fail(TierOperations.Publish);
        await Assert.ThrowsAsync<TierUnavailableException>(() => cache.PublishRemovalsAsync(["k"]).AsTask());
        tier.Faults.HealAll();
        await cache.PublishRemovalsAsync(["k"]);
    }
}
