using System.Text;
using Larder.Resp;

namespace Larder.Redis.Cascache;

/// <summary>The names of cascache's keys in Redis.</summary>
/// <param name="space">The namespace.</param>
internal sealed class KeyNames(string space)
{
    private const int LongestKey = ushort.MaxValue;
    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    internal string Single(string key) => $"single:{space}:{key}";

    internal string Generation(string key) => $"gen:{space}:single:{space}:{key}";

    internal string Bulk(SortedKeys keys) => $"bulk:{space}:{keys.Hash()}";

    /// <summary>Whether a cluster keeps both in one slot, as it does where both have the same hash tag.</summary>
    internal static bool ShareSlot(string one, string other) => RespSlots.Of(one) == RespSlots.Of(other);

    /// <summary>Refuses what cascache could not keep: keys without a character, too long for a bulk, or without a UTF-8.</summary>
    internal static void Check(string key)
    {
        ArgumentNullException.ThrowIfNull(key);
        if (key.Length == 0)
        {
            throw new ArgumentException("The key is empty; cascache refuses such keys in bulks. Give it at least one character.", nameof(key));
        }

        int length;
        try
        {
            length = Strict.GetByteCount(key);
        }
        catch (EncoderFallbackException failure)
        {
            throw new ArgumentException("The key has half of a surrogate pair, which has no UTF-8; leave it out.", nameof(key), failure);
        }

        if (length > LongestKey)
        {
            throw new ArgumentException($"The key has {length} bytes in UTF-8; cascache's limit is {LongestKey}. Shorten it, or use a hash of it.", nameof(key));
        }
    }

    internal static bool HasUtf8(string text)
    {
        try
        {
            return Strict.GetByteCount(text) > 0;
        }
        catch (EncoderFallbackException)
        {
            return false;
        }
    }
}
