using System.Globalization;
using System.Text.Json;
using Larder.Benchmarks.Harness;
using Larder.Redis;
using Larder.Resp;
using Larder.Servers;

namespace Larder.Benchmarks.Suites;

/// <summary>The loops of the Redis tier's rows.</summary>
internal static class RedisLoops
{
    internal static readonly TimeSpan Long = TimeSpan.FromHours(1);

    private const int PayloadLength = 100;
    private const int PrefixLength = 20;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private static readonly EntryOptions WithoutMemory = new() { Skip = CacheSkip.Memory };

    internal static void Wait(Task task) => task.WaitAsync(Patience).GetAwaiter().GetResult();

    internal static T Wait<T>(Task<T> task) => task.WaitAsync(Patience).GetAwaiter().GetResult();

    /// <summary>A cache on Redis that may serve from memory.</summary>
    internal static ICache Start(int port, CoherenceLevel level, string name, TimeSpan? lease = null)
    {
        RedisAuthority? authority = null;
        var cache = LarderCache.Create(
            options =>
            {
                options.UseRedis(redis =>
                {
                    redis.ConnectionString = string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{port}");
                    redis.Level = level;
                    redis.CoherenceLease = lease ?? redis.CoherenceLease;
                });
                authority = (RedisAuthority)options.Authority!;
                options.Defaults.FreshFor = Long;
            },
            name);
        Wait(ConnectedAsync(authority!));
        return cache;
    }

    /// <summary>Stores a document under each key.</summary>
    internal static async Task FillAsync(ICache cache, string[] keys)
    {
        foreach (var key in keys)
        {
            await cache.SetAsync(key, Document.Of(key));
        }
    }

    /// <summary>Stores an array under each key, and answers how long it is in Redis.</summary>
    internal static async Task<int> FillBytesAsync(ICache cache, RespClient client, string[] keys, int length, string head)
    {
        foreach (var key in keys)
        {
            await cache.SetAsync(key, new byte[length]);
        }

        return (await client.GetAsync(head + keys[0]))!.Length;
    }

    internal static Task DecodeAsync(byte[] encoded, int times)
    {
        for (var i = 0; i < times; i++)
        {
            Check(JsonSerializer.Deserialize<Document>(encoded) is not null);
        }

        return Task.CompletedTask;
    }

    /// <summary>So many callers at once, each of which reads one key after another past memory.</summary>
    internal static Task GetAsync<T>(ICache cache, string[] keys, int callers, int times)
    {
        var running = new Task[callers];
        for (var i = 0; i < callers; i++)
        {
            running[i] = CallAsync<T>(cache, keys[i], times);
        }

        return Task.WhenAll(running);
    }

    internal static async Task GetManyAsync(ICache cache, string[] keys, int times)
    {
        for (var i = 0; i < times; i++)
        {
            var found = await cache.GetManyAsync<byte[]>(keys, WithoutMemory);
            Check(found.Count == keys.Length && found[keys[^1]].HasValue);
        }
    }

    internal static async Task RemoveAsync(ICache cache, string[] keys)
    {
        foreach (var key in keys)
        {
            Check(await cache.RemoveAsync(key) == RemovalOutcome.Done);
        }
    }

    /// <summary>Both nodes have every key in memory.</summary>
    internal static async Task HaveBothAsync(ICache first, ICache second, string[] keys)
    {
        foreach (var cache in new[] { first, second })
        {
            foreach (var key in keys)
            {
                await cache.GetOrCreateAsync(key, static _ => new ValueTask<byte[]>(new byte[PayloadLength]));
            }
        }
    }

    /// <summary>What an entry takes in Redis.</summary>
    internal static async Task<Row> MemoryOfOneAsync(RealServer server)
    {
        // Prefix and name of the cache have 20 characters; the colons and the room come on top, and the key.
        var prefix = new string('p', PrefixLength - "memory".Length);
        await using var cache = LarderCache.Create(
            options =>
            {
                options.UseRedis(redis => (redis.ConnectionString, redis.Prefix) = (string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{server.Port}"), prefix));
                options.Defaults.FreshFor = TimeSpan.FromMinutes(5);
            },
            "memory");
        await cache.GetOrCreateAsync("0123456789", static _ => new ValueTask<byte[]>(new byte[PayloadLength]));
        var usage = (long)(await server.CallAsync("MEMORY", "USAGE", $"{prefix}:memory:k:0123456789", "SAMPLES", "0"))!;
        return new Row("redis/memory", Metric.Size, Spread.Of([usage]), usage, To: null, Ratio: null);
    }

    private static async Task ConnectedAsync(RedisAuthority authority)
    {
        while (!authority.IsAvailable || authority.Gate.ServesUntil < Environment.TickCount64)
        {
            await Task.Delay(1);
        }
    }

    private static async Task CallAsync<T>(ICache cache, string key, int times)
    {
        for (var i = 0; i < times; i++)
        {
            Check((await cache.GetAsync<T>(key, WithoutMemory)).HasValue);
        }
    }

    private static void Check(bool isRight)
    {
        if (!isRight)
        {
            throw new InvalidOperationException("A read gave something else than what was stored.");
        }
    }
}
