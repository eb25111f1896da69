using Larder.Redis.Tests.Kit;

namespace Larder.Redis.Tests.Linking;

/// <summary>What an entry costs in Redis beside its value.</summary>
public sealed class EntrySizeTests
{
    private const int PrefixAndCacheName = 20;

    [Fact]
    public async Task Entry_OfAHundredBytes_TakesAtMostThreeHundred()
    {
        var prefix = SharedServer.NewPrefix().PadRight(PrefixAndCacheName - "default".Length, 'p');
        await using var node = await RedisNode.StartAsync(prefix);
        await node.Cache.GetOrCreateAsync("0123456789", static _ => ValueTask.FromResult(new byte[100]), new EntryOptions { FreshFor = TimeSpan.FromMinutes(5) });

        var bytes = (long)(await SharedServer.Real.CallAsync("MEMORY", "USAGE", $"{prefix}:default:k:0123456789", "SAMPLES", "0"))!;

        Assert.Equal(PrefixAndCacheName, (prefix + "default").Length);
        Assert.InRange(bytes, 100, 300);
    }
}
