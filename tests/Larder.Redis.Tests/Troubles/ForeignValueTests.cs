using Larder.Ports;
using Larder.Redis.Tests.Kit;
using Larder.Servers;

namespace Larder.Redis.Tests.Troubles;

/// <summary>What others have left under a key of ours is a miss, never an exception, and gives way to the next load.</summary>
public sealed class ForeignValueTests
{
    public static TheoryData<string> Contents => ["", "hello", "V", "V0123456789", "Vabcdefghijklmnop", "Vabcdefghijklmnop and some more that is no body", "Labcdefghijklmnop", "L and much more than a lease has", "Sabcdefghijklmno", "H", "Ho", "Nabcdefghijklmnop", "Nabcdefghijklmnopx", "42", "-", "\u00e4\u20ac", "99999999999999999999"];

    [Theory]
    [MemberData(nameof(Contents))]
    public async Task Get_OfAForeignString_IsAMissThatTheNextLoadReplaces(string content)
    {
        var prefix = SharedServer.NewPrefix();
        await using var node = await RedisNode.StartAsync(prefix);
        await SharedServer.Real.CallAsync("SET", $"{prefix}:default:k:k", content);

        Assert.False((await node.Cache.GetAsync<string>("k")).HasValue);
        Assert.Equal("loaded", await node.Cache.GetOrCreateAsync("k", static _ => ValueTask.FromResult("loaded")));

        // What looks like a hold is one for ever as far as a reader can tell, and a number is nothing that a load replaces; a Set replaces both.
        await node.Cache.SetAsync("k", "set");
        await using var other = await RedisNode.StartAsync(prefix);
        Assert.Equal("set", (await other.Cache.GetAsync<string>("k")).Value);
    }

    [Fact]
    public async Task Get_OfAnotherType_IsAMissThatTheNextLoadReplaces()
    {
        var prefix = SharedServer.NewPrefix();
        await using var node = await RedisNode.StartAsync(prefix);
        await SharedServer.Real.CallAsync("HSET", $"{prefix}:default:k:k", "field", "value");
        await SharedServer.Real.CallAsync("RPUSH", $"{prefix}:default:k:l", "value");

        Assert.False((await node.Cache.GetAsync<string>("k")).HasValue);
        Assert.All(await node.Cache.GetManyAsync<string>(["k", "l"]), static result => Assert.False(result.Value.HasValue));
        Assert.Equal("loaded", await node.Cache.GetOrCreateAsync("k", static _ => ValueTask.FromResult("loaded")));

        await using var other = await RedisNode.StartAsync(prefix);
        Assert.Equal("loaded", (await other.Cache.GetAsync<string>("k")).Value);
        Assert.True(node.Authority.IsAvailable);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(17)]
    [InlineData(20)]
    [InlineData(40)]
    public async Task Get_OfATruncatedValue_IsAMissThatTheNextLoadReplaces(int length)
    {
        var prefix = SharedServer.NewPrefix();
        await using (var writer = await RedisNode.StartAsync(prefix))
        {
            await writer.Cache.SetAsync("k", "a value of some length");
        }

        var name = $"{prefix}:default:k:k";
        await SharedServer.Real.CallAsync("EVAL", "redis.call('SET',KEYS[1],redis.call('GETRANGE',KEYS[1],0,ARGV[1]-1),'KEEPTTL')", "1", name, $"{length}");
        await using var node = await RedisNode.StartAsync(prefix);

        Assert.False((await node.Cache.GetAsync<string>("k")).HasValue);
        Assert.Equal("loaded", await node.Cache.GetOrCreateAsync("k", static _ => ValueTask.FromResult("loaded")));

        await using var other = await RedisNode.StartAsync(prefix);
        Assert.Equal("loaded", (await other.Cache.GetAsync<string>("k")).Value);
    }

    [Fact]
    public async Task Get_OfAFlippedBit_IsAMissThatTheNextLoadReplaces()
    {
        var prefix = SharedServer.NewPrefix();
        await using var writer = await RedisNode.StartAsync(prefix);
        await writer.Cache.SetAsync("k", "a value of some length");
        var bit = await SharedServer.Real.CallAsync("GETBIT", $"{prefix}:default:k:k", "400");
        await SharedServer.Real.CallAsync("SETBIT", $"{prefix}:default:k:k", "400", bit is 0L ? "1" : "0");
        await using var node = await RedisNode.StartAsync(prefix);

        Assert.Equal("loaded", await node.Cache.GetOrCreateAsync("k", static _ => ValueTask.FromResult("loaded")));
        await RedisNode.UntilAsync(async () => (await writer.Cache.GetAsync<string>("k")).Value == "loaded", () => "the writer to see the replacement");
    }

    [Theory]
    [InlineData("SET", "junk")]
    [InlineData("RPUSH", "junk")]
    public async Task ReadFence_OverwrittenByAnotherProgram_IsMadeAnew(string command, string content)
    {
        var prefix = SharedServer.NewPrefix();
        await using var probe = await ProbedLink.ConnectAsync(SharedServer.Address, prefix);
        foreach (var (name, fence) in new[] { ("c", FenceName.Cache), ("t:red", FenceName.OfTag("red")) })
        {
            await SharedServer.Real.CallAsync(command, $"{prefix}:probe:{name}", content);
            var fresh = FenceToken.Create();

            var made = await probe.AskAsync(AuthorityVerb.ReadFence, with: command => command with { Fence = fence, Token = fresh });
            var kept = await probe.AskAsync(AuthorityVerb.ReadFence, with: command => command with { Fence = fence, Token = FenceToken.Create() });

            Assert.Equal((fresh, fresh), (made.Token, kept.Token));
        }
    }

    [Theory]
    [InlineData("SET", "junk")]
    [InlineData("SET", "sixteen bytes !!")]
    [InlineData("RPUSH", "junk")]
    public async Task TakeRefresh_OfWhatIsNoLease_TakesItsPlace(string command, string content)
    {
        var prefix = SharedServer.NewPrefix();
        await using var probe = await ProbedLink.ConnectAsync(SharedServer.Address, prefix);
        await SharedServer.Real.CallAsync(command, $"{prefix}:probe:w:k", content);

        var taken = await TakeRefreshAsync(probe);
        var second = await TakeRefreshAsync(probe);

        Assert.Equal((1L, 0L), (taken.Number, taken.Milliseconds));
        Assert.Equal(0L, second.Number);
        Assert.InRange(second.Milliseconds, 1, 30_000);
    }

    [Fact]
    public async Task TakeRefresh_OfAListThatEnds_TakesItsPlace()
    {
        var prefix = SharedServer.NewPrefix();
        await using var probe = await ProbedLink.ConnectAsync(SharedServer.Address, prefix);
        await SharedServer.Real.CallAsync("RPUSH", $"{prefix}:probe:w:k", "junk");
        await SharedServer.Real.CallAsync("PEXPIRE", $"{prefix}:probe:w:k", "3600000");

        Assert.Equal(1L, (await TakeRefreshAsync(probe)).Number);
    }

    private static Task<ProbedAnswer> TakeRefreshAsync(ProbedLink probe) =>
        probe.AskAsync(AuthorityVerb.TakeRefresh, with: static command => command with { Key = "k", Token = FenceToken.Create(), Milliseconds = 30_000 });
}
