using Larder.Redis.Tests.Kit;

namespace Larder.Redis.Tests.Holds;

/// <summary>A hold on a real server, seen by two nodes.</summary>
public sealed class RedisHoldTests
{
    private static readonly TimeSpan Time = TimeSpan.FromMinutes(1);

    [Fact]
    public async Task Hold_ThenCommitThenRemove_NobodyStoresWhatWasReadInBetween()
    {
        var prefix = SharedServer.NewPrefix();
        await using var writer = await RedisNode.StartAsync(prefix, CoherenceLevel.Strict);
        await using var reader = await RedisNode.StartAsync(prefix, CoherenceLevel.Strict);
        await writer.Cache.SetAsync("k", "old");
        Assert.Equal("old", (await reader.Cache.GetAsync<string>("k")).Value);

        Assert.Equal(RemovalOutcome.Done, await writer.Cache.HoldAsync("k", Time));
        Assert.False(reader.Cache.TryGet<string>("k", out _));
        Assert.Equal("before the commit", await reader.Cache.GetOrCreateAsync("k", static _ => ValueTask.FromResult("before the commit")));
        Assert.False((await reader.Cache.GetAsync<string>("k")).HasValue);
        Assert.True((await reader.Cache.SnapshotAsync("k")).IsNone);
        Assert.InRange((long)(await SharedServer.Real.CallAsync("PTTL", $"{prefix}:default:k:k"))!, 1, 60_000);

        await writer.Cache.RemoveAsync("k");
        Assert.Equal("new", await reader.Cache.GetOrCreateAsync("k", static _ => ValueTask.FromResult("new")));
        Assert.Equal("new", (await writer.Cache.GetAsync<string>("k")).Value);
    }

    [Fact]
    public async Task Set_DuringAHold_EndsIt()
    {
        var prefix = SharedServer.NewPrefix();
        await using var node = await RedisNode.StartAsync(prefix);
        await node.Cache.HoldAsync("k", Time);
        await node.Cache.SetAsync("k", "set");
        Assert.Equal("set", (await node.Cache.GetAsync<string>("k")).Value);
    }
}
