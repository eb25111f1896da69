using System.Globalization;
using Larder.Redis.Tests.Kit;
using Larder.Servers;

namespace Larder.Redis.Tests.Troubles;

/// <summary>Values that are longer than the connection takes: not stored, and read as a miss that costs nobody else anything.</summary>
public sealed class LargeValueTests
{
    [Fact]
    public async Task Set_OfMoreThanTheConnectionReads_IsCountedAndNotStored()
    {
        await using var server = await RealServer.StartAsync();
        await using var node = await StartAsync(server);
        var large = new string('x', 200_000);

        Assert.Equal(large, await node.Cache.GetOrCreateAsync("k", _ => ValueTask.FromResult(large)));
        await node.Cache.SetAsync("l", large);

        Assert.Equal(0L, await server.CallAsync("EXISTS", "larder:default:k:l"));
        Assert.Equal(2, node.Cache.Statistics.TooLarge);
    }

    [Fact]
    public async Task Get_OfMoreThanTheConnectionReads_IsAMissAndTheConnectionStays()
    {
        await using var server = await RealServer.StartAsync();
        await using var other = await RedisNode.StartAsync(server);
        await using var node = await StartAsync(server);
        var connections = await server.InfoAsync("stats", "total_connections_received");
        await other.Cache.SetAsync("large", new string('x', 500_000));
        await other.Cache.SetAsync("small", "small");

        Assert.False((await node.Cache.GetAsync<string>("large")).HasValue);
        Assert.Equal("loaded", await node.Cache.GetOrCreateAsync("large", static _ => ValueTask.FromResult("loaded")));
        var many = await node.Cache.GetManyAsync<string>(["large", "small"]);
        Assert.False(many["large"].HasValue);
        Assert.Equal("small", many["small"].Value);
        await node.Cache.SetAsync("large", "set");
        await RedisNode.UntilAsync(async () => (await other.Cache.GetAsync<string>("large")).Value == "set", () => "the value that was set");

        // One that asks.
        Assert.Equal(int.Parse(connections!, CultureInfo.InvariantCulture) + 1, int.Parse((await server.InfoAsync("stats", "total_connections_received"))!, CultureInfo.InvariantCulture));
    }

    private static async Task<RedisNode> StartAsync(RealServer server)
    {
        var node = RedisNode.Start(options => options.ConnectionString = $"127.0.0.1:{server.Port},maximumBulk=65536");
        await node.ConnectedAsync();
        return node;
    }
}
