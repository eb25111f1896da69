namespace Larder.Benchmarks.Suites;

/// <summary>
/// Ready-made keys of one kind, 18 characters each, such as "product:1000001234". What is asked for is equal to what
/// was stored but never the same instance, and comes in a pseudo-random order that is the same in every run, so that
/// no contestant gains from meeting its entries in the order in which they lie in memory.
/// </summary>
internal sealed class KeySet
{
    /// <summary>The number of the first key of a set without an offset.</summary>
    internal const int FirstId = 1_000_000_000;
    private const int Seed = 20_260_401;

    /// <summary>Makes keys.</summary>
    /// <param name="count">How many.</param>
    /// <param name="offset">Where their numbers begin; sets that do not overlap share no key.</param>
    internal KeySet(int count, int offset = 0)
    {
        Ids = new int[count];
        for (var i = 0; i < count; i++)
        {
            Ids[i] = FirstId + offset + i;
        }

        Stored = Array.ConvertAll(Ids, Key);
        new Random(Seed).Shuffle(Ids);
        Asked = Array.ConvertAll(Ids, Key);
    }

    internal int Count => Stored.Length;

    /// <summary>The keys to store under, in the order of their numbers.</summary>
    internal string[] Stored { get; }

    /// <summary>The keys to ask for.</summary>
    internal string[] Asked { get; }

    /// <summary>The numbers in <see cref="Asked"/>, in the same order.</summary>
    internal int[] Ids { get; }

    /// <summary>The value that belongs to a key.</summary>
    internal static string ValueOf(string key) => "the value of " + key;

    /// <summary>The key with this number, a new instance.</summary>
    internal static string Key(int id) => $"product:{id}";
}
