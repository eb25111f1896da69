using Larder.Redis.Tests.Kit;
using Larder.Resp;
using Larder.Servers;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Larder.Redis.Tests.Wiring;

/// <summary>How caches get their Redis, with dependency injection and without.</summary>
public sealed class UseRedisTests
{
    [Fact]
    public async Task UseRedis_OnTwoApplications_OneLoadForBoth()
    {
        var prefix = SharedServer.NewPrefix();
        await using var first = Application(prefix);
        await using var second = Application(prefix);
        var caches = new[] { first.GetRequiredService<ICache>(), second.GetRequiredService<ICache>() };
        await RedisNode.ConnectedAsync(RedisNode.Of(first));
        await RedisNode.ConnectedAsync(RedisNode.Of(second));

        Assert.Equal("loaded", await caches[0].GetOrCreateAsync("k", static _ => ValueTask.FromResult("loaded")));
        Assert.Equal("loaded", await caches[1].GetOrCreateAsync("k", static _ => ValueTask.FromResult("loaded twice")));
    }

    [Fact]
    public async Task UseRedis_ForAllCaches_IsOneConnection()
    {
        await using var server = await RealServer.StartAsync();
        var services = new ServiceCollection();
        services.AddLarder().AddCache("products").UseRedis($"127.0.0.1:{server.Port}").AddCache("users");
        await using var provider = services.BuildServiceProvider();
        var caches = new[] { provider.GetRequiredService<ICache>(), provider.GetRequiredKeyedService<ICache>("products"), provider.GetRequiredKeyedService<ICache>("users") };
        foreach (var name in new[] { "default", "products", "users" })
        {
            await RedisNode.ConnectedAsync(RedisNode.Of(provider, name));
        }

        foreach (var cache in caches)
        {
            await cache.SetAsync("k", 1);
        }

        // The other one asks.
        Assert.Equal("2", await server.InfoAsync("clients", "connected_clients"));
        Assert.Equal(1L, await server.CallAsync("EXISTS", "larder:default:k:k"));
        Assert.Equal(1L, await server.CallAsync("EXISTS", "larder:products:k:k"));
        Assert.Equal(1L, await server.CallAsync("EXISTS", "larder:users:k:k"));
    }

    [Fact]
    public async Task UseRedis_ForOneCache_LeavesTheOthersAlone()
    {
        var services = new ServiceCollection();
        services.AddLarder().AddCache("shared").UseRedis("shared", options =>
        {
            options.ConnectionString = SharedServer.Address;
            options.Prefix = SharedServer.NewPrefix();
        });
        await using var provider = services.BuildServiceProvider();

        Assert.NotNull(provider.GetRequiredService<IOptionsMonitor<CacheOptions>>().Get("shared").Authority);
        Assert.Null(provider.GetRequiredService<IOptionsMonitor<CacheOptions>>().Get("default").Authority);
    }

    [Fact]
    public async Task UseRedis_ForACacheThatIsNotThere_IsRefusedWithTheNamesThatAre()
    {
        var services = new ServiceCollection();
        services.AddLarder().UseRedis("prodcts", static options => options.ConnectionString = SharedServer.Address).AddCache("products").AddCache("users");
        await using var provider = services.BuildServiceProvider();

        var failures = new[]
        {
            Assert.Throws<OptionsValidationException>(() => provider.GetRequiredService<ICache>()),
            Assert.Throws<OptionsValidationException>(() => provider.GetRequiredKeyedService<ICache>("products")),
        };

        Assert.All(failures, static failure => Assert.Equal(
            "UseRedis(\"prodcts\", ...) names a cache that is not there; there is \"default\", \"products\", \"users\". Mend the name, or add the cache with AddCache(\"prodcts\").", failure.Message));
    }

    [Theory]
    [InlineData("default")]
    [InlineData("late")]
    public async Task UseRedis_ForTheDefaultOrALaterCache_IsTaken(string name)
    {
        var services = new ServiceCollection();
        services.AddLarder().UseRedis(name, static options => (options.ConnectionString, options.Prefix) = (SharedServer.Address, SharedServer.NewPrefix())).AddCache("late");
        await using var provider = services.BuildServiceProvider();

        Assert.NotNull(provider.GetRequiredService<ICache>());
        Assert.NotNull(provider.GetRequiredKeyedService<ICache>("late"));
        Assert.NotNull(provider.GetRequiredService<IOptionsMonitor<CacheOptions>>().Get(name).Authority);
    }

    [Fact]
    public async Task UseRedis_ForAllAndForOne_TakesBothSettings()
    {
        var prefix = SharedServer.NewPrefix();
        var services = new ServiceCollection();
        services.AddLarder().AddCache("strict").UseRedis(options => (options.ConnectionString, options.Prefix) = (SharedServer.Address, prefix))
            .UseRedis("strict", static options => options.Level = CoherenceLevel.Strict);
        await using var provider = services.BuildServiceProvider();
        var options = provider.GetRequiredService<IOptionsMonitor<RedisOptions>>();

        Assert.Equal((prefix, CoherenceLevel.Strict), (options.Get("strict").Prefix, options.Get("strict").Level));
        Assert.Equal((prefix, CoherenceLevel.Bounded), (options.Get("default").Prefix, options.Get("default").Level));
        Assert.Equal(CoherenceLevel.Strict, ((RedisAuthority)provider.GetRequiredService<IOptionsMonitor<CacheOptions>>().Get("strict").Authority!).Level);
    }

    [Fact]
    public async Task UseRedis_WithWrongSettings_NamesThemAll()
    {
        var services = new ServiceCollection();
        services.AddLarder().UseRedis(static options =>
        {
            options.Prefix = "a:b";
            options.CoherenceLease = TimeSpan.FromMilliseconds(10);
            options.Transport = RedisTransport.PubSub;
            options.WaitReplicas = -1;
        });
        await using var provider = services.BuildServiceProvider();

        var failure = Assert.Throws<OptionsValidationException>(() => provider.GetRequiredService<ICache>());

        Assert.Contains("ConnectionString and RedisOptions.Connection are null", failure.Message, StringComparison.Ordinal);
        Assert.Contains("Prefix is \"a:b\"", failure.Message, StringComparison.Ordinal);
        Assert.Contains("CoherenceLease is 00:00:00.0100000", failure.Message, StringComparison.Ordinal);
        Assert.Contains("Level is Bounded, but RedisOptions.Transport is PubSub", failure.Message, StringComparison.Ordinal);
        Assert.Contains("WaitReplicas is -1", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void UseRedis_LeaseWithAFraction_IsRefused()
    {
        var failure = Assert.Throws<ArgumentException>(static () => new RedisAuthority(new RedisOptions { ConnectionString = "localhost", CoherenceLease = TimeSpan.FromMicroseconds(1_000_500) }));

        Assert.Contains("CoherenceLease is 00:00:01.0005000, which nodes compare in whole milliseconds; leave the fraction out.", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void UseRedis_WrongConnectionString_IsRefusedWithoutItsSecret()
    {
        var failure = Assert.Throws<ArgumentException>(static () => LarderCache.Create(static options => options.UseRedis("localhost,password=s3cret,colour=red")));

        Assert.Contains("colour", failure.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("s3cret", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void UseRedis_WrongSettingsInCode_AreNamedWhenTheCacheIsMade()
    {
        var failure = Assert.Throws<ArgumentException>(static () => LarderCache.Create(static options => options.UseRedis(static redis => redis.Connection = new RespOptions
        {
            EndPoints = [new RespEndPoint("localhost")],
            ConnectTimeout = TimeSpan.FromSeconds(-1),
        })));

        Assert.Contains("RedisOptions.Connection: ", failure.Message, StringComparison.Ordinal);
        Assert.Contains("ConnectTimeout", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task UseRedis_WithoutDependencyInjection_SharesValues()
    {
        var prefix = SharedServer.NewPrefix();
        await using var first = await RedisNode.StartAsync(prefix);
        await using var second = await RedisNode.StartAsync(prefix);
        await first.Cache.SetAsync("k", "value");

        Assert.Equal("value", await second.Cache.GetOrCreateAsync("k", static _ => ValueTask.FromResult("loaded")));
    }

    [Fact]
    public async Task UseRedis_WhileRedisIsAway_StartsAndServes()
    {
        await using var server = await RealServer.StartAsync();
        server.Kill();
        await using var node = RedisNode.Start(options => options.ConnectionString = $"127.0.0.1:{server.Port}");
        Assert.Equal(1, await node.Cache.GetOrCreateAsync("k", static _ => ValueTask.FromResult(1)));

        await server.RestartAsync();
        await node.ConnectedAsync();
        await node.Cache.SetAsync("k", 2);

        Assert.Equal(1L, await server.CallAsync("EXISTS", "larder:default:k:k"));
    }

    private static ServiceProvider Application(string prefix)
    {
        var services = new ServiceCollection();
        services.AddLarder().UseRedis(options => (options.ConnectionString, options.Prefix) = (SharedServer.Address, prefix));
        return services.BuildServiceProvider();
    }
}
