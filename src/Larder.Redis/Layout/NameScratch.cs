using System.Text;
using Larder.Ports;
using Larder.Resp;

namespace Larder.Redis.Layout;

/// <summary>
/// Where names are written for the one command that a thread is about to send: arguments are read before the sending returns, so the memory is used again for the next one.
/// </summary>
internal sealed class NameScratch
{
    private const int FirstSize = 512;
    private const int LargestKept = 1 << 16;
    private const int MostArguments = 16;

    [ThreadStatic]
    private static NameScratch? OfThread;

    private readonly RespArgument[] _arguments = new RespArgument[MostArguments];
    private byte[] _bytes = new byte[FirstSize];
    private int _used;

    /// <summary>The thread's own, empty. What it gave out before counts no more.</summary>
    internal static NameScratch Begin()
    {
        var scratch = OfThread ??= new NameScratch();
        scratch._used = 0;
        if (scratch._bytes.Length > LargestKept)
        {
            scratch._bytes = new byte[FirstSize];
        }

        return scratch;
    }

    /// <summary>Room for the arguments of one command.</summary>
    internal Span<RespArgument> Arguments => _arguments;

    /// <summary>A name: its head, and a text.</summary>
    internal RespArgument Name(byte[] head, string text)
    {
        var room = Room(head.Length + Encoding.UTF8.GetMaxByteCount(text.Length));
        head.CopyTo(room);
        var length = head.Length + Encoding.UTF8.GetBytes(text, room[head.Length..]);
        return Taken(length);
    }

    /// <summary>A kind and its token: what a lease or a snapshot is, and what a value begins with.</summary>
    internal RespArgument Header(byte kind, FenceToken token)
    {
        StoredHeader.Write(kind, token, Room(StoredHeader.Size));
        return Taken(StoredHeader.Size);
    }

    /// <summary>A bare token.</summary>
    internal RespArgument Token(FenceToken token)
    {
        token.Write(Room(FenceToken.Size));
        return Taken(FenceToken.Size);
    }

    /// <summary>The header of a value, and the first bytes of its body.</summary>
    internal RespArgument Header(FenceToken token, long freshUntil)
    {
        const int Size = StoredHeader.Size + TierWrite.FreshUntilSize;
        var room = Room(Size);
        StoredHeader.Write(StoredHeader.Value, token, room);
        System.Buffers.Binary.BinaryPrimitives.WriteInt64BigEndian(room[StoredHeader.Size..], freshUntil);
        return Taken(Size);
    }

    // What was given out before stays where it is, in the old array.
    private Span<byte> Room(int size)
    {
        if (_bytes.Length - _used < size)
        {
            _bytes = new byte[Math.Max(_bytes.Length * 2, size)];
            _used = 0;
        }

        return _bytes.AsSpan(_used);
    }

    private RespArgument Taken(int length)
    {
        var start = _used;
        _used += length;
        return _bytes.AsMemory(start, length);
    }
}
