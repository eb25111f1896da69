using System.Collections.Concurrent;
using Microsoft.Extensions.Caching.Memory;

namespace Larder.Benchmarks.Suites;

/// <summary>
/// The dictionary, the memory cache and the caches of ours that hits are measured on, each with one value a key that
/// outlives the run.
/// </summary>
/// <remarks>
/// They are filled as an application fills its caches: by looking up, missing and loading. That is not the same as
/// storing beforehand, because the JIT compiler shapes its code by the first calls it sees: a method that only ever
/// hit would be compiled for that, and be faster than the same method in an application that began with an empty
/// cache. The pauses give the compiler the time to take that view.
/// </remarks>
internal sealed class FilledCaches : IDisposable
{
    private const int Portions = 4;
    private static readonly TimeSpan TieringPause = TimeSpan.FromMilliseconds(150);
    private static readonly TimeSpan Long = TimeSpan.FromHours(1);

    /// <summary>Fills everything.</summary>
    /// <param name="keys">The keys.</param>
    internal FilledCaches(KeySet keys)
    {
        var portion = keys.Count / Portions;
        for (var i = 0; i < keys.Count; i++)
        {
            Load(keys.Stored[i], i);
            if (i % portion == portion - 1)
            {
                Thread.Sleep(TieringPause);
            }
        }
    }

    internal ConcurrentDictionary<string, string> Dictionary { get; } = new();

    internal MemoryCache Memory { get; } = new(new MemoryCacheOptions());

    /// <summary>Entries without tags.</summary>
    internal ICache Plain { get; } = LarderCache.Create(static options => options.Defaults.FreshFor = Long, "plain");

    /// <summary>Each entry carries one tag that all share, one that 100 share, and one that 10 share.</summary>
    internal ICache Tagged { get; } = LarderCache.Create(static options => options.Defaults.FreshFor = Long, "tagged");

    public void Dispose()
    {
        Memory.Dispose();
        Plain.DisposeAsync().AsTask().GetAwaiter().GetResult();
        Tagged.DisposeAsync().AsTask().GetAwaiter().GetResult();
    }

    private void Load(string key, int number)
    {
        if (!Dictionary.TryGetValue(key, out _))
        {
            Dictionary[key] = KeySet.ValueOf(key);
        }

        if (!Memory.TryGetValue<string>(key, out _))
        {
            Memory.Set(key, KeySet.ValueOf(key), Long);
        }

        LoadPlain(key, number);
        _ = Tagged.GetOrCreateAsync(
            key, key, static (key, _) => new ValueTask<string>(KeySet.ValueOf(key)), tags: ["products", $"category:{number / 100}", $"supplier:{number / 10}"]);
    }

    /// <summary>By each of the verbs in turn, so that each of them begins with misses.</summary>
    private void LoadPlain(string key, int number)
    {
        Plain.TryGet<string>(key, out _);
        switch (number % 4)
        {
            case 0:
                _ = Plain.GetOrCreateAsync(key, _ => new ValueTask<string>(KeySet.ValueOf(key)));
                break;
            case 1:
                _ = Plain.GetOrCreateAsync(key, number, (_, _) => new ValueTask<string>(KeySet.ValueOf(key)));
                break;
            case 2:
                _ = Plain.ResolveAsync(key, _ => new ValueTask<string>(KeySet.ValueOf(key)));
                break;
            default:
                _ = Plain.GetOrCreateAsync($"{key}", _ => new ValueTask<string>(KeySet.ValueOf(key)));
                break;
        }
    }
}
