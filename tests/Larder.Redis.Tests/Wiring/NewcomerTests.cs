using Larder.Redis.Tests.Kit;
using Larder.Resp;

namespace Larder.Redis.Tests.Wiring;

/// <summary>What somebody in a hurry does with the settings: each is refused with a remedy, or does no harm.</summary>
public sealed class NewcomerTests
{
    [Theory]
    [InlineData("")]
    [InlineData(" ")]
    [InlineData(",")]
    [InlineData("localhost:notaport")]
    [InlineData("localhost:70000")]
    [InlineData("http://localhost:6379")]
    [InlineData("localhost:6379,ssl=maybe")]
    [InlineData("localhost:6379,asyncTimeout=-5")]
    public void ConnectionString_ThatIsNone_IsRefusedByName(string text)
    {
        var failure = Assert.Throws<ArgumentException>(() => LarderCache.Create(options => options.UseRedis(text)));

        Assert.Contains("RedisOptions.ConnectionString", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void ConnectionAndConnectionString_AreRefusedTogether()
    {
        var failure = Assert.Throws<ArgumentException>(() => LarderCache.Create(options => options.UseRedis(redis =>
        {
            redis.ConnectionString = "localhost";
            redis.Connection = new RespOptions { EndPoints = [new RespEndPoint("localhost")] };
        })));

        Assert.Contains("both set; keep one", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Nothing_IsRefused()
    {
        Assert.Throws<ArgumentNullException>(static () => LarderCache.Create(static options => options.UseRedis((string)null!)));
        Assert.Throws<ArgumentNullException>(static () => LarderCache.Create(static options => options.UseRedis((Action<RedisOptions>)null!)));
        var failure = Assert.Throws<ArgumentException>(static () => LarderCache.Create(static options => options.UseRedis(static redis => (redis.ConnectionString, redis.Prefix) = ("localhost", null!))));
        Assert.Contains("Prefix", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Dispose_Twice_AndUseAfterwards_AreClear()
    {
        var node = await RedisNode.StartAsync(SharedServer.NewPrefix());
        await node.DisposeAsync();
        await node.DisposeAsync();
        await node.Authority.DisposeAsync();

        await Assert.ThrowsAsync<ObjectDisposedException>(() => node.Cache.SetAsync("k", 1).AsTask());
        await Assert.ThrowsAsync<ObjectDisposedException>(() => node.Cache.TryLockAsync("l", TimeSpan.FromSeconds(1)).AsTask());
        Assert.Contains("redis", node.Authority.Description, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Settings_ChangedAfterwards_ChangeNothing()
    {
        RedisOptions? settings = null;
        var prefix = SharedServer.NewPrefix();
        await using var node = RedisNode.Start(options => (settings = options).ConnectionString = SharedServer.Address, name: prefix);
        (settings!.Prefix, settings.ConnectionString, settings.Level, settings.WaitReplicas) = ("elsewhere", null, CoherenceLevel.Strict, 7);
        await node.ConnectedAsync();

        await using var held = await node.Cache.TryLockAsync("l", TimeSpan.FromSeconds(30));

        Assert.Equal(CoherenceLevel.Bounded, node.Authority.Level);
        Assert.Equal(1L, await SharedServer.Real.CallAsync("EXISTS", $"larder:{prefix}:l:{{:l}}"));
    }
}
