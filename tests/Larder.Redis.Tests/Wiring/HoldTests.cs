using Larder.Redis.Tests.Kit;

namespace Larder.Redis.Tests.Wiring;

/// <summary>The hold of a writer, on all nodes.</summary>
public sealed class HoldTests
{
    [Fact]
    public async Task Hold_OnOneNode_LetsAllLoadAndNobodyStore()
    {
        var prefix = SharedServer.NewPrefix();
        await using var writer = await RedisNode.StartAsync(prefix);
        await using var reader = await RedisNode.StartAsync(prefix);
        await writer.Cache.SetAsync("k", 1);

        await writer.Cache.HoldAsync("k", TimeSpan.FromMinutes(1));
        await RedisNode.UntilAsync(async () => await reader.Cache.GetOrCreateAsync("k", static _ => ValueTask.FromResult(2)) == 2, () => "the source to be asked");
        Assert.Equal(3, await reader.Cache.GetOrCreateAsync("k", static _ => ValueTask.FromResult(3)));

        await writer.Cache.RemoveAsync("k");
        Assert.Equal(4, await reader.Cache.GetOrCreateAsync("k", static _ => ValueTask.FromResult(4)));
        Assert.Equal(4, await writer.Cache.GetOrCreateAsync("k", static _ => ValueTask.FromResult(5)));
    }
}
