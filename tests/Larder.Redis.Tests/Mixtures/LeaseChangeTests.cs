using Larder.Redis.Tests.Kit;

namespace Larder.Redis.Tests.Mixtures;

/// <summary>A change of CoherenceLease from one deployment to the next.</summary>
public sealed class LeaseChangeTests
{
    [Theory]
    [InlineData(CoherenceLevel.Bounded)]
    [InlineData(CoherenceLevel.Strict)]
    public async Task CoherenceLease_Changed_TakesOverWhenTheOldNodesHaveGone(CoherenceLevel level)
    {
        var prefix = SharedServer.NewPrefix();
        await using var old = Start(prefix, level, 1_000);
        await old.ConnectedAsync();
        await using var present = await StartForeignAsync(prefix, level, 400, 1_000);

        // Nothing is thrown meanwhile, and nothing old is served.
        Assert.Equal(1, await old.Cache.GetOrCreateAsync("k", static _ => ValueTask.FromResult(1)));
        await present.Cache.RemoveAsync("k");
        Assert.Equal(2, await present.Cache.GetOrCreateAsync("k", static _ => ValueTask.FromResult(2)));
        if (level == CoherenceLevel.Strict)
        {
            Assert.Equal(2, await old.Cache.GetOrCreateAsync("k", static _ => ValueTask.FromResult(3)));
        }

        await old.DisposeAsync();
        await present.ConnectedAsync();
        Assert.DoesNotContain("bypassed", present.Authority.Description, StringComparison.Ordinal);
    }

    [Fact]
    public async Task CoherenceLease_OldNodesDied_TakesOverByItself()
    {
        var prefix = SharedServer.NewPrefix();
        var nonce = new string('n', 16);
        await SharedServer.Real.CallAsync("HSET", $"{prefix}:default:r", "n", nonce, "s", "4", "l", "600", "c", "9", "m", "1", "a:sdead", "4", "h:sdead", "9");

        await using var present = await StartForeignAsync(prefix, CoherenceLevel.Strict, 400, 600);

        await present.ConnectedAsync();
        Assert.Equal("400", (string?)await SharedServer.Real.CallAsync("HGET", $"{prefix}:default:r", "l"));
    }

    private static async Task<RedisNode> StartForeignAsync(string prefix, CoherenceLevel level, int lease, int other)
    {
        using var logs = new Logs();
        var node = Start(prefix, level, lease, logs);
        await RedisNode.UntilAsync(() => logs.Told.Any(static told => told.Id.Id == 42), () => "the message");
        var told = Assert.Single(logs.Told, static told => told.Id.Id == 42).Message;
        Assert.Contains($"(CoherenceLease) is {lease} ms here, but the registry {prefix}:default:r on redis was made with {other} ms", told, StringComparison.Ordinal);
        return node;
    }

    private static RedisNode Start(string prefix, CoherenceLevel level, int lease, Logs? logs = null) => RedisNode.Start(
        options => (options.ConnectionString, options.Prefix, options.Level, options.CoherenceLease) = (SharedServer.Address, prefix, level, TimeSpan.FromMilliseconds(lease)),
        options => options.LoggerFactory = logs);
}
