using Larder.Ports;

namespace Larder.Redis.Layout;

/// <summary>What a key of ours holds in Redis, by its first bytes. docs/wire-format.md has the layout.</summary>
/// <remarks>
/// <code>
/// 'V' token (16) body      a value
/// 'N' token (16) digits    a number, in decimal, with the token of the cache's fence when it was made
/// 'L' token (16)           a lease; has a lifetime
/// 'S' token (16)           a snapshot
/// 'H'                      a hold; has a lifetime
/// </code>
/// Anything else was written by somebody else or cut short. It is no value that anybody could use, and gives way to the next load.
/// </remarks>
internal static class StoredHeader
{
    internal const byte Value = (byte)'V';
    internal const byte Lease = (byte)'L';
    internal const byte Snapshot = (byte)'S';
    internal const byte Hold = (byte)'H';
    internal const byte Number = (byte)'N';

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
        if (held.Length < Size)
        {
            return held is [Hold] ? (AuthorityKind.Hold, FenceToken.None) : default;
        }

        var kind = (held[0], held.Length - Size) switch
        {
            (Value, _) => AuthorityKind.Value,
            (Number, > 0) => AuthorityKind.Number,
            (Lease, 0) => AuthorityKind.Lease,
            (Snapshot, 0) => AuthorityKind.Snapshot,
            _ => AuthorityKind.Nothing,
        };
        return kind == AuthorityKind.Nothing ? default : (kind, FenceToken.Read(held[1..]));
    }
}
