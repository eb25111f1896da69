using System.Security.Cryptography;
using Larder.Memory.Scheduling;
using Larder.Memory.Table;

namespace Larder.Memory;

/// <summary>Makes the table whose rules fit the keys.</summary>
internal static class TableChoice
{
    // A map that is bounded by weight does not know how many entries will come; its segments then grow instead.
    private const long UnknownCount = 100_000;

    internal static NodeTable<TKey, TValue> Create<TKey, TValue>(BoundedMapOptions<TKey, TValue> options, Clock clock)
        where TKey : notnull
    {
        var count = options.Weigher is null ? options.Capacity : Math.Min(options.Capacity, UnknownCount);
        var hash = new SeededHash(Seed(options.Random));
        var comparer = options.Comparer;
        if (typeof(TKey) == typeof(string) && (comparer is null || ReferenceEquals(comparer, StringComparer.Ordinal) || IsDefault(comparer)))
        {
            return (NodeTable<TKey, TValue>)(object)new RuledTable<string, TValue, StringKeys>(count, new StringKeys(hash), clock);
        }

        return comparer is null || IsDefault(comparer)
            ? new RuledTable<TKey, TValue, PlainKeys<TKey>>(count, new PlainKeys<TKey>(hash), clock)
            : new RuledTable<TKey, TValue, ComparedKeys<TKey>>(count, new ComparedKeys<TKey>(hash, comparer), clock);
    }

    private static bool IsDefault<TKey>(IEqualityComparer<TKey> comparer) => ReferenceEquals(comparer, EqualityComparer<TKey>.Default);

    private static ulong Seed(Random? random)
    {
        Span<byte> seed = stackalloc byte[sizeof(ulong)];
        if (random is null)
        {
            RandomNumberGenerator.Fill(seed);
        }
        else
        {
            random.NextBytes(seed);
        }

        return BitConverter.ToUInt64(seed);
    }
}
