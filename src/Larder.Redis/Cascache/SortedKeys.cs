using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Larder.Redis.Cascache;

/// <summary>
/// Different keys in the order in which cascache sorts them, by the bytes of their UTF-8. (The order of .NET strings is another one where surrogates
/// meet the characters from U+E000 on, and would give another hash.)
/// </summary>
internal sealed class SortedKeys
{
    private const int HashedBytes = 8;

    private readonly byte[][] _bytes;

    private SortedKeys(string[] texts, byte[][] bytes) => (Texts, _bytes) = (texts, bytes);

    internal IReadOnlyList<string> Texts { get; }

    internal int Count => _bytes.Length;

    /// <summary>Sorts keys, of which none comes twice.</summary>
    internal static SortedKeys Of(IEnumerable<string> keys)
    {
        var texts = keys.ToArray();
        var bytes = Array.ConvertAll(texts, Encoding.UTF8.GetBytes);
        Array.Sort(bytes, texts, Comparer<byte[]>.Create(static (one, other) => one.AsSpan().SequenceCompareTo(other)));
        return new SortedKeys(texts, bytes);
    }

    internal ReadOnlyMemory<byte> BytesOf(int index) => _bytes[index];

    /// <summary>Where the key stands; negative when it is not one of them.</summary>
    internal int Find(ReadOnlySpan<byte> key)
    {
        var (low, high) = (0, _bytes.Length - 1);
        while (low <= high)
        {
            var middle = (low + high) >>> 1;
            var order = _bytes[middle].AsSpan().SequenceCompareTo(key);
            if (order == 0)
            {
                return middle;
            }

            (low, high) = order < 0 ? (middle + 1, high) : (low, middle - 1);
        }

        return -1;
    }

    /// <summary>The first 8 bytes of SHA-256 over the keys, each behind its length as a u32, in lower-case hex: the name of their bulk.</summary>
    internal string Hash()
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Span<byte> length = stackalloc byte[sizeof(uint)];
        foreach (var key in _bytes)
        {
            BinaryPrimitives.WriteUInt32BigEndian(length, (uint)key.Length);
            hash.AppendData(length);
            hash.AppendData(key);
        }

        Span<byte> sum = stackalloc byte[SHA256.HashSizeInBytes];
        hash.GetHashAndReset(sum);
        return Convert.ToHexStringLower(sum[..HashedBytes]);
    }
}
