using System.Buffers;
using System.Text;

namespace Larder.Resp;

/// <summary>
/// The slots of a cluster. The slot of a key is the CRC16 of the key, or of its hash tag, modulo 16,384. The rule of the tag and the checksum (XMODEM: polynomial 0x1021, begins with
/// zero, nothing reflected) are those of the Redis Cluster specification. Safe for any number of threads.
/// </summary>
public static class RespSlots
{
    /// <summary>How many slots a cluster has.</summary>
    public const int Count = 16_384;

    private const int Polynomial = 0x1021;
    private const int MostOnStack = 256;

    private static readonly ushort[] Remainders = MakeRemainders();

    /// <summary>The slot that a key belongs to, from 0 to 16,383.</summary>
    /// <param name="key">The key as it is sent.</param>
    public static int Of(ReadOnlySpan<byte> key) => Checksum(Hashed(key)) & (Count - 1);

    /// <summary>The slot that a key belongs to, from 0 to 16,383.</summary>
    /// <param name="key">The key, which is sent as UTF-8.</param>
    public static int Of(string key)
    {
        ArgumentNullException.ThrowIfNull(key);
        var most = Encoding.UTF8.GetMaxByteCount(key.Length);
        byte[]? borrowed = null;
        var bytes = most <= MostOnStack ? stackalloc byte[MostOnStack] : (borrowed = ArrayPool<byte>.Shared.Rent(most));
        var slot = Of(bytes[..Encoding.UTF8.GetBytes(key, bytes)]);
        if (borrowed is not null)
        {
            ArrayPool<byte>.Shared.Return(borrowed);
        }

        return slot;
    }

    /// <summary>
    /// What is hashed: the part between the first opening brace and the first closing one after it, unless that is empty
    /// or one of them is missing; then the whole key.
    /// </summary>
    internal static ReadOnlySpan<byte> Hashed(ReadOnlySpan<byte> key)
    {
        var open = key.IndexOf((byte)'{');
        if (open < 0)
        {
            return key;
        }

        var tag = key[(open + 1)..];
        var length = tag.IndexOf((byte)'}');
        return length > 0 ? tag[..length] : key;
    }

    internal static ushort Checksum(ReadOnlySpan<byte> bytes)
    {
        ushort checksum = 0;
        foreach (var next in bytes)
        {
            checksum = (ushort)((checksum << 8) ^ Remainders[(checksum >> 8) ^ next]);
        }

        return checksum;
    }

    private static ushort[] MakeRemainders()
    {
        var remainders = new ushort[256];
        for (var i = 0; i < remainders.Length; i++)
        {
            var remainder = i << 8;
            for (var bit = 0; bit < 8; bit++)
            {
                remainder = (remainder & 0x8000) != 0 ? (remainder << 1) ^ Polynomial : remainder << 1;
            }

            remainders[i] = (ushort)remainder;
        }

        return remainders;
    }
}
