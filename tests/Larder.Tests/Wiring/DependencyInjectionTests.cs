using Larder.Tests.Support;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using static Larder.Tests.Support.TestCache;

namespace Larder.Tests.Wiring;

/// <summary>Caches from a service collection: the default one, named ones, typed ones, and their end.</summary>
public sealed class DependencyInjectionTests
{
    [Fact]
    public async Task Default_IsOneCacheForEverybody()
    {
        await using var provider = Build(services => services.AddLarder());
        await using var scope = provider.CreateAsyncScope();

        var cache = provider.GetRequiredService<ICache>();
        Assert.Same(cache, scope.ServiceProvider.GetRequiredService<ICache>());
        Assert.Equal(("default", true), (cache.Name, cache.IsEnabled));
        Assert.Equal("v", await cache.GetOrCreateAsync("k", Returns("v")));
    }

    [Fact]
    public async Task AddLarder_Twice_ChangesTheSettingsFurther()
    {
        await using var provider = Build(services =>
        {
            services.AddLarder(options => options.Defaults.FreshFor = Seconds(1));
            services.AddLarder(options => options.Defaults.StaleFor = Seconds(2));
        });
        var cache = Assert.Single(provider.GetServices<ICache>());
        await cache.SetAsync("k", "v");

        Assert.Equal(Seconds(3), await cache.GetTimeToLiveAsync("k"));
    }

    [Fact]
    public async Task Named_AreCachesOfTheirOwn_WithSettingsOfTheirOwn()
    {
        await using var provider = Build(services => services
            .AddLarder(options => options.Defaults.FreshFor = Seconds(1))
            .AddCache("products", options => options.Defaults.FreshFor = Seconds(2))
            .AddCache("products", options => options.Defaults.StaleFor = Seconds(10))
            .AddCache("orders"));
        var main = provider.GetRequiredService<ICache>();
        var products = provider.GetRequiredKeyedService<ICache>("products");
        var orders = provider.GetRequiredKeyedService<ICache>("orders");
        await main.SetAsync("k", 1);
        await products.SetAsync("k", 2);

        Assert.Equal(("products", "orders"), (products.Name, orders.Name));
        Assert.Same(products, provider.GetRequiredKeyedService<ICache>("products"));
        Assert.Equal(Seconds(1), await main.GetTimeToLiveAsync("k"));
        Assert.Equal(Seconds(12), await products.GetTimeToLiveAsync("k"));
        Assert.False(await orders.ExistsAsync("k"));
        await products.ClearAsync();
        Assert.True(await main.ExistsAsync("k"));
        Assert.Null(provider.GetKeyedService<ICache>("unknown"));
    }

    [Fact]
    public async Task FromKeyedServices_InAConstructor_GetsTheNamedCache()
    {
        await using var provider = Build(services =>
        {
            services.AddLarder().AddCache("products");
            services.AddSingleton<Shop>();
        });

        var shop = provider.GetRequiredService<Shop>();

        Assert.Equal(("default", "products"), (shop.Cache.Name, shop.Products.Name));
        Assert.Same(shop.Cache, shop.Baskets.Cache);
    }

    [Fact]
    public async Task OpenGenericTyped_IsAViewOfTheDefaultCacheForEveryType()
    {
        await using var provider = Build(services => services.AddLarder());
        var texts = provider.GetRequiredService<ICache<string>>();
        var numbers = provider.GetRequiredService<ICache<int>>();

        await texts.SetAsync("k", "v");
        await numbers.SetAsync("k", 5);

        Assert.Same(provider.GetRequiredService<ICache>(), texts.Cache);
        Assert.Equal(("System.String:", "System.Int32:"), (texts.KeyPrefix, numbers.KeyPrefix));
        Assert.True(texts.TryGet("k", out var text));
        Assert.True(numbers.TryGet("k", out var number));
        Assert.Equal(("v", 5), (text, number));
    }

    [Fact]
    public async Task AddTypedCache_WinsOverTheOpenGeneric_WithPrefixDefaultsAndCache()
    {
        await using var provider = Build(services => services
            .AddLarder()
            .AddCache("products")
            .AddTypedCache<string>("s:", new EntryOptions { FreshFor = Seconds(1) })
            .AddTypedCache<int>(cacheName: "products"));
        var texts = provider.GetRequiredService<ICache<string>>();
        var numbers = provider.GetRequiredService<ICache<int>>();
        await texts.SetAsync("k", "v");

        Assert.Equal(("s:", "default"), (texts.KeyPrefix, texts.Cache.Name));
        Assert.Equal(Seconds(1), await texts.Cache.GetTimeToLiveAsync("s:k"));
        Assert.Equal(("System.Int32:", "products"), (numbers.KeyPrefix, numbers.Cache.Name));
    }

    [Fact]
    public async Task AddTypedCache_BeforeAddLarderAgain_IsKept()
    {
        await using var provider = Build(services =>
        {
            services.AddLarder().AddTypedCache<string>("s:");
            services.AddLarder();
        });

        Assert.Equal("s:", provider.GetRequiredService<ICache<string>>().KeyPrefix);
    }

    [Fact]
    public async Task ClockAndLoggerOfTheContainer_AreUsed()
    {
        var clock = new FakeClock();
        using var log = new LogCollector();
        await using var provider = Build(services =>
        {
            services.AddSingleton<TimeProvider>(clock);
            services.AddSingleton<ILoggerFactory>(log);
            services.AddLarder(options => options.Defaults.FreshFor = Seconds(1));
        });
        var cache = provider.GetRequiredService<ICache>();
        await cache.SetAsync("k", "v");
        clock.Advance(Seconds(1));
        Assert.False(cache.TryGet<string>("k", out _));
        await Assert.ThrowsAsync<IOException>(() => cache.GetOrCreateAsync<string>("k", _ => throw new IOException("down")).AsTask());

        Assert.Equal(10, Assert.Single(log.Records).Id.Id);
    }

    [Fact]
    public async Task ClockAndLoggerOfTheSettings_WinOverTheContainers()
    {
        var clock = new FakeClock();
        using var log = new LogCollector();
        using var unused = new LogCollector();
        await using var provider = Build(services =>
        {
            services.AddSingleton<TimeProvider>(new FakeClock());
            services.AddSingleton<ILoggerFactory>(unused);
            services.AddLarder(options =>
            {
                options.TimeProvider = clock;
                options.LoggerFactory = log;
                options.Defaults.FreshFor = Seconds(1);
            });
        });
        var cache = provider.GetRequiredService<ICache>();
        await cache.SetAsync("k", "v");
        clock.Advance(Seconds(1));
        Assert.False(cache.TryGet<string>("k", out _));
        await Assert.ThrowsAsync<IOException>(() => cache.GetOrCreateAsync<string>("k", _ => throw new IOException("down")).AsTask());

        Assert.Single(log.Records);
        Assert.Empty(unused.Records);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Container_Disposed_DisposesItsCaches(bool asynchronously)
    {
        var provider = Build(services => services.AddLarder().AddCache("products"));
        var caches = new[] { provider.GetRequiredService<ICache>(), provider.GetRequiredKeyedService<ICache>("products") };
        var typed = provider.GetRequiredService<ICache<string>>();
        await caches[0].SetAsync("k", "v");

        await DisposeAsync(provider, asynchronously);

        foreach (var cache in caches)
        {
            await Assert.ThrowsAsync<ObjectDisposedException>(async () => await cache.GetOrCreateAsync("k", Returns("v")));
        }

        Assert.Throws<ObjectDisposedException>(() => typed.TryGet("k", out _));
    }

    [Fact]
    public async Task Container_DisposedSynchronouslyDuringALoad_CancelsItAtOnce()
    {
        var provider = Build(services => services.AddLarder());
        var cache = provider.GetRequiredService<ICache>();
        var source = new GatedSource<string>();
        var loading = cache.GetOrCreateAsync("k", source.Factory).AsTask();
        var call = await source.NextCallAsync();

        await DisposeAsync(provider, asynchronously: false);

        await Assert.ThrowsAsync<ObjectDisposedException>(() => loading.Soon());
        Assert.True(call.Token.IsCancellationRequested);
    }

    [Fact]
    public async Task Container_DisposedAsynchronouslyDuringALoad_WaitsForIt()
    {
        var provider = Build(services => services.AddLarder(options => options.TimeProvider = new FakeClock()));
        var cache = provider.GetRequiredService<ICache>();
        var source = new GatedSource<string>();
        var loading = cache.GetOrCreateAsync("k", source.Factory).AsTask();
        var call = await source.NextCallAsync();

        var disposing = provider.DisposeAsync().AsTask();
        Assert.False(disposing.IsCompleted);
        Assert.False(call.Token.IsCancellationRequested);
        call.Answer("v");

        await disposing.Soon();
        Assert.Equal("v", await loading.Soon());
    }

    [Fact]
    public async Task DisposedCache_EveryVerb_Throws()
    {
        var cache = LarderCache.Create();
        await cache.SetAsync("k", "v");
        await cache.DisposeAsync();
        await cache.DisposeAsync();
        var verbs = new Func<Task>[]
        {
            async () => await cache.GetOrCreateAsync("k", Returns("v")),
            async () => await cache.GetOrCreateAsync("k", 0, static (_, _) => new ValueTask<string>("v")),
            async () => await cache.GetOrCreateAsync("k", 0, static (_, _, _) => new ValueTask<string>("v")),
            async () => await cache.GetOrCreateAsync("k".AsSpan(), Returns("v")),
            async () => await cache.ResolveAsync("k", Returns("v")),
            () => Task.FromResult(cache.TryGet<string>("k", out _)),
            async () => await cache.GetAsync<string>("k"),
            async () => await cache.SetAsync("k", "v"),
            async () => await cache.ExistsAsync("k"),
            async () => await cache.GetTimeToLiveAsync("k"),
            async () => await cache.RemoveAsync("k"),
            async () => await cache.RemoveAsync(["k"]),
            async () => await cache.RemoveByTagAsync("t"),
            async () => await cache.RemoveByTagAsync("*"),
            async () => await cache.RemoveByTagAsync(["t"]),
            async () => await cache.ClearAsync(),
            async () => await cache.ExpireAsync("k"),
            () => Task.FromResult(cache.SubscribeRemovals((_, _) => ValueTask.CompletedTask)),
        };
        for (var i = 0; i < verbs.Length; i++)
        {
            var thrown = await Record.ExceptionAsync(verbs[i]);
            Assert.True(thrown is ObjectDisposedException, $"{i}: {thrown?.ToString() ?? "no exception"}");
        }
    }

    [Fact]
    public void NullServices_AreRefused() =>
        Assert.Throws<ArgumentNullException>(() => LarderServiceCollectionExtensions.AddLarder(null!));

    private static ServiceProvider Build(Action<IServiceCollection> add)
    {
        var services = new ServiceCollection();
        services.AddSingleton<TimeProvider>(new FakeClock());
        add(services);
        return services.BuildServiceProvider(validateScopes: true);
    }

    private static async Task DisposeAsync(ServiceProvider provider, bool asynchronously)
    {
        if (asynchronously)
        {
            await provider.DisposeAsync();
        }
        else
        {
            provider.Dispose();
        }
    }

    private sealed class Shop(ICache cache, [FromKeyedServices("products")] ICache products, ICache<Shop> baskets)
    {
        public ICache Cache { get; } = cache;

        public ICache Products { get; } = products;

        public ICache<Shop> Baskets { get; } = baskets;
    }
}
