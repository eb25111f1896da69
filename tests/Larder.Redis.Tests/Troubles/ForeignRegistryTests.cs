using Larder.Redis.Tests.Kit;

namespace Larder.Redis.Tests.Troubles;

/// <summary>Another program has written to the names that keep nodes in step: memory is bypassed, nothing old is served, the log says what to do, and everything is well when the key is deleted.</summary>
public sealed class ForeignRegistryTests
{
    public static TheoryData<CoherenceLevel, string> Cases
    {
        get
        {
            var cases = new TheoryData<CoherenceLevel, string>();
            foreach (var level in Enum.GetValues<CoherenceLevel>())
            {
                foreach (var content in new[] { "SET {0} junk", "RPUSH {0} junk", "HSET {0} n junk", "HSET {0} n 0123456789abcdef s junk l 5000" })
                {
                    cases.Add(level, content);
                }
            }

            return cases;
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task Registry_OverwrittenByAnotherProgram_IsBypassedUntilItIsDeleted(CoherenceLevel level, string content)
    {
        var prefix = SharedServer.NewPrefix();
        using var logs = new Logs();
        await using var node = RedisNode.Start(
            options => (options.ConnectionString, options.Prefix, options.Level, options.CoherenceLease) = (SharedServer.Address, prefix, level, TimeSpan.FromMilliseconds(600)),
            options => options.LoggerFactory = logs);
        await node.ConnectedAsync();
        await node.Cache.SetAsync("k", 1);
        var registry = $"{prefix}:default:r";

        // In one step: the node makes one anew at any moment.
        var (command, values) = content.Split(" {0} ") is [var verb, var rest] ? (verb, rest.Split(' ')) : default;
        await SharedServer.Real.CallAsync(["EVAL", "redis.call('DEL',KEYS[1])redis.call(ARGV[1],KEYS[1],unpack(ARGV,2))", "1", registry, command, .. values]);

        if (level != CoherenceLevel.Eventual)
        {
            await RedisNode.UntilAsync(() => logs.Told.Any(static told => told.Id.Id == 42), () => "the message");
            Assert.Contains($"what is kept as the registry {registry} on redis is no registry", logs.Told.First(static told => told.Id.Id == 42).Message, StringComparison.Ordinal);
            Assert.True(node.Authority.Gate.ServesUntil < Environment.TickCount64);
            Assert.Contains("Delete it", node.Authority.Description, StringComparison.Ordinal);
        }

        Assert.Equal(1, await node.Cache.GetOrCreateAsync("k", static _ => ValueTask.FromResult(-1)));
        if (level == CoherenceLevel.Strict)
        {
            await Assert.ThrowsAsync<TierUnavailableException>(async () => await node.Cache.RemoveAsync("k"));
        }
        else
        {
            await node.Cache.RemoveAsync("k");
        }

        Assert.Equal(2, await node.Cache.GetOrCreateAsync("k", static _ => ValueTask.FromResult(2)));
        Assert.True(node.Authority.IsAvailable);
        Assert.DoesNotContain(logs.Told, static told => told.Id.Id == 41);

        await SharedServer.Real.CallAsync("DEL", registry);
        await node.ConnectedAsync();
        await node.Cache.RemoveAsync("k");
        Assert.Equal(3, await node.Cache.GetOrCreateAsync("k", static _ => ValueTask.FromResult(3)));
    }

    [Theory]
    [InlineData("b")]
    [InlineData("a")]
    [InlineData("c")]
    [InlineData("t:red")]
    public async Task Fence_OverwrittenByAnotherProgram_IsMended(string name)
    {
        var prefix = SharedServer.NewPrefix();
        await using var node = await RedisNode.StartAsync(prefix, CoherenceLevel.Strict);
        await using var other = await RedisNode.StartAsync(prefix, CoherenceLevel.Strict);
        for (var round = 0; round < 5; round++)
        {
            var value = round;
            await SharedServer.Real.CallAsync("EVAL", "redis.call('DEL',KEYS[1])redis.call('RPUSH',KEYS[1],'junk')", "1", $"{prefix}:default:{name}");
            await other.Cache.GetOrCreateAsync("k", _ => ValueTask.FromResult(value), tags: ["red"]);
            if (round % 2 == 0)
            {
                await node.Cache.RemoveByTagAsync("red");
            }
            else
            {
                await node.Cache.ClearAsync();
            }

            Assert.Equal(value + 1, await other.Cache.GetOrCreateAsync("k", _ => ValueTask.FromResult(value + 1), tags: ["red"]));
        }
    }
}
