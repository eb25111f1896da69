using System.Buffers.Text;
using Larder.Ports;

namespace Larder.Redis.Layout;

/// <summary>What a key of ours holds in Redis, by its first bytes. docs/wire-format.md has the layout.</summary>
/// <remarks>
/// <code>
/// 'V' token (16)  body   a value                    'H'      a hold; has a lifetime
/// 'L' token (16)         a lease; has a lifetime    digits   a number, as INCRBY keeps it
/// 'S' token (16)         a snapshot
/// </code>
/// Anything else was written by somebody else or cut short. It is no value that anybody could use, and gives way to the next load.
/// </remarks>
internal static class StoredHeader
{
    internal const byte Value = (byte)'V';
    internal const byte Lease = (byte)'L';
    internal const byte Snapshot = (byte)'S';
    internal const byte Hold = (byte)'H';

    /// <summary>The kind and the token.</summary>
    internal const int Size = 1 + FenceToken.Size;

    /// <summary>How many bytes a look takes: one more than a header, to tell a lease from a text that begins like one.</summary>
    internal const int LookSize = Size + 1;

    internal static void Write(byte kind, FenceToken token, Span<byte> target)
    {
        target[0] = kind;
        token.Write(target[1..]);
    }

    /// <summary>What the key holds; the whole of it, or no less than its first <see cref="LookSize"/> bytes. <see cref="AuthorityKind.Nothing"/> for what is not ours.</summary>
    internal static (AuthorityKind Kind, FenceToken Token) Read(ReadOnlySpan<byte> held)
    {
        if (held.Length >= Size)
        {
            var kind = (held[0], held.Length == Size) switch
            {
                (Value, _) => AuthorityKind.Value,
                (Lease, true) => AuthorityKind.Lease,
                (Snapshot, true) => AuthorityKind.Snapshot,
                _ => AuthorityKind.Nothing,
            };
            if (kind != AuthorityKind.Nothing)
            {
                return (kind, FenceToken.Read(held[1..]));
            }
        }

        return held is [Hold] ? (AuthorityKind.Hold, FenceToken.None)
            : IsNumber(held) ? (AuthorityKind.Number, FenceToken.None)
            : default;
    }

    // The look may have cut off the last digits.
    private static bool IsNumber(ReadOnlySpan<byte> held) =>
        held.Length > 0 && Utf8Parser.TryParse(held, out long _, out var used) && used == held.Length;
}
