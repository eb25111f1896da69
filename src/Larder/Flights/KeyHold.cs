namespace Larder.Flights;

/// <summary>That a writer keeps a key from being stored, in a cache of memory alone. Guarded by the key's stripe.</summary>
internal sealed class KeyHold(string key, long until, KeyHold? next)
{
    internal string Key { get; } = key;

    /// <summary>When it ends by itself, in milliseconds of the cache's clock.</summary>
    internal long Until { get; } = until;

    internal KeyHold? Next { get; } = next;

    /// <summary>The holds without that of a key, and without those that are over.</summary>
    internal static KeyHold? Without(KeyHold? first, string key, long now)
    {
        KeyHold? left = null;
        for (var hold = first; hold is not null; hold = hold.Next)
        {
            if (hold.Key != key && hold.Until > now)
            {
                left = new KeyHold(hold.Key, hold.Until, left);
            }
        }

        return left;
    }
}
