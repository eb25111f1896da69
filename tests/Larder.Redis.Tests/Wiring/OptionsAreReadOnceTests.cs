using Larder.Redis.Tests.Kit;
using Larder.Resp;

namespace Larder.Redis.Tests.Wiring;

/// <summary>The settings of a cache are those that it was made with, whatever becomes of the object that they came in.</summary>
public sealed class OptionsAreReadOnceTests
{
    [Fact]
    public async Task RedisAuthority_OptionsChangedAfterwards_KeepsWhatItWasMadeWith()
    {
        var (prefix, other) = (SharedServer.NewPrefix(), SharedServer.NewPrefix());
        var options = new RedisOptions { ConnectionString = SharedServer.Address, Prefix = prefix };
        var authority = new RedisAuthority(options);
        options.Prefix = other;
        options.Level = CoherenceLevel.Strict;
        options.ConnectionString = "127.0.0.1:1";
        await using var cache = LarderCache.Create(settings => settings.Authority = authority);
        await RedisNode.ConnectedAsync(authority);

        await using var held = await cache.TryLockAsync("job", TimeSpan.FromSeconds(30));

        Assert.Equal(CoherenceLevel.Bounded, authority.Level);
        Assert.NotNull(held);
        Assert.Equal(1L, await SharedServer.Real.CallAsync("EXISTS", $"{prefix}:default:l:{{:job}}"));
        Assert.Equal(0L, await SharedServer.Real.CallAsync("EXISTS", $"{other}:default:l:{{:job}}"));
    }

    [Fact]
    public async Task RedisAuthority_EndPointsChangedAfterwards_ConnectsToTheFirstOnes()
    {
        var endPoints = new List<RespEndPoint> { new("127.0.0.1", SharedServer.Real.Port) };
        var authority = new RedisAuthority(new RedisOptions { Connection = new RespOptions { EndPoints = endPoints }, Prefix = SharedServer.NewPrefix() });
        endPoints[0] = new RespEndPoint("127.0.0.1", 1);
        await using var cache = LarderCache.Create(settings => settings.Authority = authority);

        await RedisNode.ConnectedAsync(authority);

        Assert.True(authority.IsAvailable);
    }
}
