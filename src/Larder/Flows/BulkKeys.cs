using System.Runtime.InteropServices;
using Larder.Entries;
using Larder.Keys;
using Larder.Tiers;

namespace Larder.Flows;

/// <summary>The keys of calls for many: under their whole names, checked, and looked up in memory at the price of plain hits.</summary>
internal static class BulkKeys
{
    private const int LongestOnStack = 256;

    /// <summary>The keys as a span, read once.</summary>
    internal static ReadOnlySpan<string> Read(IEnumerable<string> keys) => keys switch
    {
        null => throw new ArgumentNullException(nameof(keys)),
        string[] array => array,
        List<string> list => CollectionsMarshal.AsSpan(list),
        _ => keys.ToArray(),
    };

    /// <summary>Answers what is a plain hit, and reserves places for the rest. The keys of the rest, each once and checked; null when there are none.</summary>
    internal static List<BulkKey>? Look<T>(
        CacheView view, MemoryHit hit, ReadOnlySpan<string> keys, EntryOptions? options, IBulkAnswers<T> answers, int maximumLength)
    {
        List<BulkKey>? rest = null;
        Span<char> whole = stackalloc char[LongestOnStack];
        if (view.Prefix.Length <= LongestOnStack)
        {
            view.Prefix.CopyTo(whole);
        }

        foreach (var key in keys)
        {
            if (key is not null && TryHit(view.Prefix.Length, key, whole, hit, options, out CacheResult<T> result))
            {
                answers.Put(key, in result);
            }
            else
            {
                var rested = new BulkKey(key!, Whole(view, key, maximumLength, nameof(keys)));
                if (answers.TryReserve(rested.Given))
                {
                    (rest ??= new List<BulkKey>(keys.Length)).Add(rested);
                }
            }
        }

        return rest;
    }

    /// <summary>The whole name of a key.</summary>
    /// <exception cref="ArgumentException">The key is not acceptable.</exception>
    internal static string Whole(CacheView view, string? given, int maximumLength, string parameter)
    {
        if (given is null)
        {
            throw new ArgumentException("A key is null; leave it out.", parameter);
        }

        var whole = view.Prefix.Length == 0 || given.Length == 0 ? given : string.Concat(view.Prefix, given);
        KeyRules.Check(whole, maximumLength);
        return whole;
    }

    private static bool TryHit<T>(int prefix, string key, Span<char> whole, MemoryHit hit, EntryOptions? options, out CacheResult<T> result)
    {
        if (prefix == 0)
        {
            return hit.TryResolve(key, options, out result);
        }

        result = default;
        if (key.Length == 0 || prefix + key.Length > LongestOnStack)
        {
            return false;
        }

        key.CopyTo(whole[prefix..]);
        return hit.TryResolve(whole[..(prefix + key.Length)], options, out result);
    }
}
