using System.Buffers.Binary;
using System.Buffers.Text;
using System.Text;
using Larder.Ports;

namespace Larder.Redis.Feeding;

/// <summary>
/// A message of the feed: removals of one node. The number stands in digits before it, put there by the server; lengths are big-endian.
/// <code>
/// number in digits | space | version 1 | sender, 16 bytes | then for each removal: kind u8 | length u32 | name in UTF-8
/// </code>
/// Kinds: 0 key, 1 tag, 2 everything, 3 gap; the last two have no name.
/// </summary>
internal static class FeedMessage
{
    private const byte Version = 1;
    private const byte Space = (byte)' ';
    private const int HeadLength = 1 + FenceToken.Size;
    private const int ItemHeadLength = 1 + sizeof(uint);

    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>The message without its number.</summary>
    internal static byte[] Write(FenceToken sender, ReadOnlySpan<Removal> removals)
    {
        var length = HeadLength;
        foreach (var removal in removals)
        {
            length += ItemHeadLength + Strict.GetByteCount(removal.Name ?? "");
        }

        var message = new byte[length];
        message[0] = Version;
        sender.Write(message.AsSpan(1));
        var rest = message.AsSpan(HeadLength);
        foreach (var removal in removals)
        {
            rest[0] = (byte)removal.Kind;
            var written = Strict.GetBytes(removal.Name ?? "", rest[ItemHeadLength..]);
            BinaryPrimitives.WriteUInt32BigEndian(rest[1..], (uint)written);
            rest = rest[(ItemHeadLength + written)..];
        }

        return message;
    }

    /// <summary>Takes a message apart; false for one that was not made by this library, or by a later version of it.</summary>
    internal static bool TryRead(ReadOnlySpan<byte> message, out long number, out FenceToken sender, List<Removal> removals)
    {
        sender = default;
        var digits = message.IndexOf(Space);
        if (!Utf8Parser.TryParse(message[..Math.Max(0, digits)], out number, out var used) || used != digits || number <= 0)
        {
            return false;
        }

        var rest = message[(digits + 1)..];
        if (rest.Length < HeadLength || rest[0] != Version)
        {
            return false;
        }

        sender = FenceToken.Read(rest[1..]);
        for (rest = rest[HeadLength..]; !rest.IsEmpty;)
        {
            if (!TryReadOne(ref rest, removals))
            {
                return false;
            }
        }

        return true;
    }

    private static bool TryReadOne(ref ReadOnlySpan<byte> rest, List<Removal> removals)
    {
        if (rest.Length < ItemHeadLength || rest[0] > (byte)RemovalKind.Gap)
        {
            return false;
        }

        var kind = (RemovalKind)rest[0];
        var length = BinaryPrimitives.ReadUInt32BigEndian(rest[1..]);
        rest = rest[ItemHeadLength..];
        var hasName = kind is RemovalKind.Key or RemovalKind.Tag;
        if (length > (uint)rest.Length || hasName != (length > 0))
        {
            return false;
        }

        try
        {
            removals.Add(new Removal(kind, hasName ? Strict.GetString(rest[..(int)length]) : null, IsLocal: false));
        }
        catch (DecoderFallbackException)
        {
            return false;
        }

        rest = rest[(int)length..];
        return true;
    }
}
