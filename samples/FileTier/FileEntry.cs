using System.Buffers.Binary;
using Larder;

namespace FileTier;

/// <summary>What one file holds: a byte that says what it is, the token, when it ends, and the bytes of the value or the number.</summary>
internal readonly record struct FileEntry(EntryKind Kind, FenceToken Token, long EndsAt, ReadOnlyMemory<byte> Body)
{
    // kind (1) · token (16) · milliseconds since 1970 at which it ends (8) · body
    private const int HeaderSize = 1 + FenceToken.Size + sizeof(long);

    internal long Number => BinaryPrimitives.ReadInt64BigEndian(Body.Span);

    /// <summary>Reads a file. One that makes no sense is as good as none: what is missing is never valid again.</summary>
    internal static FileEntry Read(ReadOnlyMemory<byte> file)
    {
        if (file.Length < HeaderSize)
        {
            return default;
        }

        var header = file.Span;
        var entry = new FileEntry(
            (EntryKind)header[0],
            FenceToken.Read(header[1..]),
            BinaryPrimitives.ReadInt64BigEndian(header[(1 + FenceToken.Size)..]),
            file[HeaderSize..]);
        return entry.Kind switch
        {
            EntryKind.Value or EntryKind.Fence => entry,
            EntryKind.Number when entry.Body.Length == sizeof(long) => entry,
            _ => default,
        };
    }

    internal byte[] Write()
    {
        var file = new byte[HeaderSize + Body.Length];
        file[0] = (byte)Kind;
        Token.Write(file.AsSpan(1));
        BinaryPrimitives.WriteInt64BigEndian(file.AsSpan(1 + FenceToken.Size), EndsAt);
        Body.CopyTo(file.AsMemory(HeaderSize));
        return file;
    }
}
