using System.Buffers;

namespace Larder.Resp.Writing;

/// <summary>
/// Two buffers: one is filled by callers while the other one is being sent, so that whatever was queued during a send
/// goes out with the next one, as one piece. The fields are guarded by the lock of whoever owns it.
/// </summary>
internal sealed class OutgoingBuffer
{
    private const int SmallestCapacity = 16 << 10;
    private const int LargestIdleCapacity = 512 << 10;
    private byte[] _filling = ArrayPool<byte>.Shared.Rent(SmallestCapacity);
    private byte[] _sending = ArrayPool<byte>.Shared.Rent(SmallestCapacity);

    /// <summary>Bytes that wait to be sent.</summary>
    internal int Length { get; private set; }

    internal void Append(ReadOnlySpan<byte> bytes)
    {
        var needed = (long)Length + bytes.Length;
        if (needed > _filling.Length)
        {
            Grow(needed);
        }

        bytes.CopyTo(_filling.AsSpan(Length));
        Length += bytes.Length;
    }

    /// <summary>True when so many bytes more still fit into one buffer.</summary>
    internal bool HasRoom(int count) => (long)Length + count <= Array.MaxLength;

    /// <summary>Takes everything that waits. What was taken before must have been sent by now.</summary>
    internal ReadOnlyMemory<byte> Take()
    {
        var taken = _filling;
        var length = Length;
        _filling = _sending.Length <= LargestIdleCapacity ? _sending : Smaller(_sending);
        _sending = taken;
        Length = 0;
        return taken.AsMemory(0, length);
    }

    /// <summary>Gives the arrays back; nobody may use what was taken any more.</summary>
    internal void Free()
    {
        var (filling, sending) = (_filling, _sending);
        (_filling, _sending, Length) = ([], [], 0);
        Return(filling);
        Return(sending);
    }

    private void Grow(long needed)
    {
        var larger = ArrayPool<byte>.Shared.Rent((int)Math.Min(Math.Max(needed, _filling.Length * 2L), Array.MaxLength));
        _filling.AsSpan(0, Length).CopyTo(larger);
        ArrayPool<byte>.Shared.Return(_filling);
        _filling = larger;
    }

    private static byte[] Smaller(byte[] large)
    {
        ArrayPool<byte>.Shared.Return(large);
        return ArrayPool<byte>.Shared.Rent(SmallestCapacity);
    }

    private static void Return(byte[] bytes)
    {
        if (bytes.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(bytes);
        }
    }
}
