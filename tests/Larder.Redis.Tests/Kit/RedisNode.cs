using Larder.Servers;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Larder.Redis.Tests.Kit;

/// <summary>A cache on Redis, as a process would have it, and a way to see how its tier is.</summary>
internal sealed class RedisNode : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private RedisNode(ICache cache, RedisAuthority authority)
    {
        Cache = cache;
        Authority = authority;
    }

    internal ICache Cache { get; }

    internal RedisAuthority Authority { get; }

    /// <summary>Makes a cache; it need not be connected yet.</summary>
    internal static RedisNode Start(Action<RedisOptions> configure, Action<CacheOptions>? configureCache = null, string name = "default")
    {
        RedisAuthority? authority = null;
        var cache = LarderCache.Create(
            options =>
            {
                options.UseRedis(configure);
                authority = (RedisAuthority)options.Authority!;
                configureCache?.Invoke(options);
            },
            name);
        return new RedisNode(cache, authority!);
    }

    /// <summary>A cache on the shared server, connected.</summary>
    internal static async Task<RedisNode> StartAsync(string prefix, CoherenceLevel level = CoherenceLevel.Bounded, Action<CacheOptions>? configureCache = null)
    {
        var node = Start(options => (options.ConnectionString, options.Prefix, options.Level) = (SharedServer.Address, prefix, level), configureCache);
        await node.ConnectedAsync();
        return node;
    }

    /// <summary>A cache on a server of its own, connected.</summary>
    internal static async Task<RedisNode> StartAsync(RealServer server, CoherenceLevel level = CoherenceLevel.Bounded, Action<CacheOptions>? configureCache = null)
    {
        var node = Start(options => (options.ConnectionString, options.Level) = ($"127.0.0.1:{server.Port}", level), configureCache);
        await node.ConnectedAsync();
        return node;
    }

    /// <summary>The tier of a cache that dependency injection has made.</summary>
    internal static RedisAuthority Of(IServiceProvider provider, string name = "default") =>
        (RedisAuthority)provider.GetRequiredService<IOptionsMonitor<CacheOptions>>().Get(name).Authority!;

    /// <summary>Comes back when the tier is connected, and memory may be served.</summary>
    internal Task ConnectedAsync() => ConnectedAsync(Authority);

    internal static Task ConnectedAsync(RedisAuthority authority) =>
        UntilAsync(() => authority.IsAvailable && authority.Gate.ServesUntil > Environment.TickCount64, () => $"the tier to be connected; it says: {authority.Description}");

    internal Task DisconnectedAsync() => UntilAsync(() => !Authority.IsAvailable, () => $"the tier to be disconnected; it says: {Authority.Description}");

    /// <summary>Asks again and again until the answer is yes.</summary>
    internal static Task UntilAsync(Func<bool> question, Func<string> what) => UntilAsync(() => Task.FromResult(question()), what);

    internal static async Task UntilAsync(Func<Task<bool>> question, Func<string> what)
    {
        var deadline = Environment.TickCount64 + (long)Patience.TotalMilliseconds;
        while (!await question())
        {
            if (Environment.TickCount64 > deadline)
            {
                throw new TimeoutException($"Waited {Patience.TotalSeconds} s in vain for {what()}");
            }

            await Task.Delay(5);
        }
    }

    public ValueTask DisposeAsync() => Cache.DisposeAsync();
}
