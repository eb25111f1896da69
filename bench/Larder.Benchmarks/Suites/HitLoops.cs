using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Microsoft.Extensions.Caching.Memory;

namespace Larder.Benchmarks.Suites;

/// <summary>
/// The loops of hits, each written out, so that nothing but the call itself stands between two operations. They return
/// how many look-ups found a value, which is checked and keeps the compiler from leaving the look-up out.
/// </summary>
internal static class HitLoops
{
    internal static long TryGetDictionary(ConcurrentDictionary<string, string> dictionary, string[] keys, int passes)
    {
        var found = 0L;
        for (var pass = 0; pass < passes; pass++)
        {
            foreach (var key in keys)
            {
                if (dictionary.TryGetValue(key, out var value) && value is not null)
                {
                    found++;
                }
            }
        }

        return found;
    }

    internal static long TryGetMemoryCache(IMemoryCache memory, string[] keys, int passes)
    {
        var found = 0L;
        for (var pass = 0; pass < passes; pass++)
        {
            foreach (var key in keys)
            {
                if (memory.TryGetValue<string>(key, out var value) && value is not null)
                {
                    found++;
                }
            }
        }

        return found;
    }

    internal static long TryGet(ICache cache, string[] keys, int passes)
    {
        var found = 0L;
        for (var pass = 0; pass < passes; pass++)
        {
            foreach (var key in keys)
            {
                if (cache.TryGet<string>(key, out var value) && value is not null)
                {
                    found++;
                }
            }
        }

        return found;
    }

    internal static long GetOrCreate(ICache cache, string[] keys, int passes)
    {
        var found = 0L;
        for (var pass = 0; pass < passes; pass++)
        {
            foreach (var key in keys)
            {
                found += Found(cache.GetOrCreateAsync(key, static _ => NotNeeded()));
            }
        }

        return found;
    }

    internal static long GetOrCreateWithState(ICache cache, string[] keys, int[] ids, int passes)
    {
        var found = 0L;
        for (var pass = 0; pass < passes; pass++)
        {
            for (var i = 0; i < keys.Length; i++)
            {
                found += Found(cache.GetOrCreateAsync(keys[i], ids[i], static (_, _) => NotNeeded()));
            }
        }

        return found;
    }

    internal static long GetOrCreateInterpolated(ICache cache, int[] ids, int passes)
    {
        var found = 0L;
        for (var pass = 0; pass < passes; pass++)
        {
            foreach (var id in ids)
            {
                found += Found(cache.GetOrCreateAsync($"product:{id}", static _ => NotNeeded()));
            }
        }

        return found;
    }

    internal static long Resolve(ICache cache, string[] keys, int passes)
    {
        var found = 0L;
        for (var pass = 0; pass < passes; pass++)
        {
            foreach (var key in keys)
            {
                var awaiter = cache.ResolveAsync(key, static _ => NotNeeded()).GetAwaiter();
                if (awaiter.IsCompleted && awaiter.GetResult() is { Status: CacheStatus.Hit, Value: not null })
                {
                    found++;
                }
            }
        }

        return found;
    }

    /// <summary>What an <c>await</c> does with a task that has completed already. One that has not was no hit.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int Found(ValueTask<string> pending)
    {
        var awaiter = pending.GetAwaiter();
        return awaiter.IsCompleted && awaiter.GetResult() is not null ? 1 : 0;
    }

    private static ValueTask<string> NotNeeded() => throw new InvalidOperationException("A hit must not ask the source.");
}
