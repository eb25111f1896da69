using System.Buffers;

namespace Larder.Resp.Framing;

/// <summary>
/// Holds the bytes that were received and not yet handled, in one piece. It grows only by doubling when it is full of
/// bytes that really came, and shrinks again when a large reply has left it.
/// </summary>
internal sealed class ReceiveBuffer(RespLimits limits)
{
    internal const int SmallestCapacity = 128 << 10;
    private const int LargestIdleCapacity = 512 << 10;
    private const int SmallestRead = 4 << 10;
    private byte[] _bytes = ArrayPool<byte>.Shared.Rent(SmallestCapacity);
    private int _end;

    // What is still to come of a string that is not kept, with its CR LF.
    private long _unwanted;

    internal byte[] Bytes => _bytes;

    /// <summary>Where the first unhandled byte is.</summary>
    internal int Start { get; private set; }

    internal int Length => _end - Start;

    internal ReadOnlySpan<byte> Unhandled => _bytes.AsSpan(Start, Length);

    /// <summary>Room for what comes next.</summary>
    /// <exception cref="RespProtocolException">A single reply fills more than is allowed.</exception>
    internal Memory<byte> MakeRoom()
    {
        if (Start == _end)
        {
            Empty();
        }
        else if (_bytes.Length - _end < SmallestRead)
        {
            if (Start >= _bytes.Length / 2)
            {
                MoveTo(_bytes);
            }
            else
            {
                Grow();
            }
        }

        return _bytes.AsMemory(_end);
    }

    internal void Received(int count)
    {
        var dropped = _unwanted == 0 ? 0 : Drop(_bytes.AsSpan(_end, count));
        if (dropped > 0)
        {
            Buffer.BlockCopy(_bytes, _end + dropped, _bytes, _end, count - dropped);
        }

        _end += count - dropped;
    }

    /// <summary>Takes the bytes of a string out, those that have come and those that come, and writes an error over its line.</summary>
    /// <exception cref="RespProtocolException">The string does not end in CR LF.</exception>
    internal void CutOut(LongBulk bulk)
    {
        var line = Start + bulk.Position;
        var payload = line + bulk.LineLength;
        LongBulk.WriteOver(_bytes.AsSpan(line, bulk.LineLength));
        _unwanted = bulk.Length + 2;
        var count = _end - payload;
        _end = payload;
        Received(count);
    }

    internal void Handled(int count) => Start += count;

    /// <summary>How many of these bytes are unwanted. The last two of all are CR LF.</summary>
    private int Drop(ReadOnlySpan<byte> come)
    {
        var dropped = (int)Math.Min(come.Length, _unwanted);
        for (var last = Math.Max(0, (int)Math.Min(int.MaxValue, _unwanted - 2)); last < dropped; last++)
        {
            if (come[last] != (_unwanted - last == 2 ? '\r' : '\n'))
            {
                throw new RespProtocolException("The server's answer is not RESP: a bulk does not end in CR LF.");
            }
        }

        _unwanted -= dropped;
        return dropped;
    }

    /// <summary>Gives the array back.</summary>
    internal void Free()
    {
        var bytes = _bytes;
        _bytes = [];
        Start = 0;
        _end = 0;
        if (bytes.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(bytes);
        }
    }

    private void Empty()
    {
        Start = 0;
        _end = 0;
        if (_bytes.Length > LargestIdleCapacity)
        {
            ArrayPool<byte>.Shared.Return(_bytes);
            _bytes = ArrayPool<byte>.Shared.Rent(SmallestCapacity);
        }
    }

    private void Grow()
    {
        if (Length >= limits.FrameLength)
        {
            throw new RespProtocolException($"The server's answer has a reply beyond the limit of {limits.FrameLength} bytes. Raise Limits.{nameof(RespLimits.MaximumBulk)} if that is to be expected.");
        }

        var old = _bytes;
        var larger = ArrayPool<byte>.Shared.Rent((int)Math.Min(old.Length * 2L, Math.Min((long)limits.FrameLength + SmallestRead, Array.MaxLength)));
        MoveTo(larger);
        ArrayPool<byte>.Shared.Return(old);
    }

    private void MoveTo(byte[] target)
    {
        var length = Length;
        Buffer.BlockCopy(_bytes, Start, target, 0, length);
        _bytes = target;
        Start = 0;
        _end = length;
    }
}
