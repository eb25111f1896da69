using Larder.Memory;
using Microsoft.Extensions.Caching.Memory;

namespace Larder.Benchmarks.Suites;

/// <summary>The loops over a bounded map, and over the memory cache doing the same, each written out.</summary>
internal static class MapLoops
{
    internal const string Value = "a value";

    // One for all entries, as an application has that does not want to allocate it each time.
    private static readonly MemoryCacheEntryOptions SizeOfOne = new() { Size = 1 };

    internal static long TryGet(BoundedMap<string, string> map, string[] keys, int passes)
    {
        var found = 0L;
        for (var pass = 0; pass < passes; pass++)
        {
            foreach (var key in keys)
            {
                if (map.TryGet(key, out var value) && value is not null)
                {
                    found++;
                }
            }
        }

        return found;
    }

    internal static void Set(BoundedMap<string, string> map, string[] keys)
    {
        foreach (var key in keys)
        {
            map.Set(key, Value);
        }
    }

    /// <summary>Looks each key up, and inserts it where it is missing; answers how often it was there.</summary>
    internal static long GetOrInsert(BoundedMap<string, string> map, string[] keys)
    {
        var found = 0L;
        foreach (var key in keys)
        {
            if (map.TryGet(key, out var value) && value is not null)
            {
                found++;
            }
            else
            {
                map.Set(key, Value);
            }
        }

        return found;
    }

    /// <inheritdoc cref="GetOrInsert(BoundedMap{string, string}, string[])"/>
    internal static long GetOrInsert(IMemoryCache memory, string[] keys)
    {
        var found = 0L;
        foreach (var key in keys)
        {
            if (memory.TryGetValue<string>(key, out var value) && value is not null)
            {
                found++;
            }
            else
            {
                memory.Set(key, Value, SizeOfOne);
            }
        }

        return found;
    }
}
