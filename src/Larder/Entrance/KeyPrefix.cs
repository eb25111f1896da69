using Larder.Keys;

namespace Larder.Entrance;

/// <summary>
/// Puts the prefix of a typed cache before its keys: on the stack for a look-up, so that a hit builds no string, and
/// as a string for everything else.
/// </summary>
internal readonly struct KeyPrefix(string prefix)
{
    private const int LongestOnStack = 256;

    /// <summary>The room that the whole key needs; zero when it is too long for the stack, or no key at all.</summary>
    internal int LengthOnStack(ReadOnlySpan<char> key) =>
        key.IsEmpty || prefix.Length + key.Length > LongestOnStack ? 0 : prefix.Length + key.Length;

    /// <summary>Writes the whole key; false when there is no room for it.</summary>
    internal bool TryWrite(ReadOnlySpan<char> key, Span<char> whole)
    {
        if (whole.IsEmpty)
        {
            return false;
        }

        prefix.CopyTo(whole);
        key.CopyTo(whole[prefix.Length..]);
        return true;
    }

    /// <summary>The whole key as a string.</summary>
    /// <exception cref="ArgumentException">The key is empty. The prefix alone would pass, but that is a key of somebody else.</exception>
    internal string Whole(ReadOnlySpan<char> key)
    {
        if (key.IsEmpty)
        {
            KeyRules.Check(key, int.MaxValue);
        }

        return string.Concat(prefix, key);
    }
}
