using System.Buffers.Binary;

namespace Larder.Redis.Cascache;

/// <summary>
/// Goes over the members of a bulk of cascache v1, without a copy and without memory of its own, whatever the frame claims:
/// <code>
/// "CASC" | version 1 | kind 2 | members u32 | then for each: key length u16 | key | generation u64 | payload length u32 | payload
/// </code>
/// A member may be used only after the last one was read without a fault: what stands behind it decides about the whole frame.
/// </summary>
internal ref struct BulkReader
{
    internal const int HeaderLength = 10;
    internal const int KeyLengthBytes = 2;
    internal const int AfterKeyBytes = 12;

    /// <summary>The fewest bytes that a member can have: its key has one.</summary>
    private const int LeastMember = KeyLengthBytes + 1 + AfterKeyBytes;

    private readonly ReadOnlySpan<byte> _frame;
    private uint _left;
    private int _at;

    internal BulkReader(ReadOnlySpan<byte> frame)
    {
        _frame = frame;
        Fault = FrameHead.Check(frame, FrameHead.Bulk, HeaderLength);
        if (Fault != FrameFault.None)
        {
            return;
        }

        _left = BinaryPrimitives.ReadUInt32BigEndian(frame[FrameHead.Length..]);
        _at = HeaderLength;
        if (_left > (uint)((frame.Length - HeaderLength) / LeastMember))
        {
            Fault = FrameFault.TooManyMembers;
        }
    }

    /// <summary>Why <see cref="TryRead"/> ended; none when all members were read and nothing follows.</summary>
    internal FrameFault Fault { get; private set; }

    internal bool TryRead(out BulkMember member)
    {
        member = default;
        if (Fault != FrameFault.None)
        {
            return false;
        }

        if (_left == 0)
        {
            Fault = _at == _frame.Length ? FrameFault.None : FrameFault.TrailingBytes;
            return false;
        }

        Fault = Read(out member);
        _left--;
        return Fault == FrameFault.None;
    }

    private FrameFault Read(out BulkMember member)
    {
        member = default;
        if (Rest < KeyLengthBytes)
        {
            return FrameFault.TooShort;
        }

        var keyLength = BinaryPrimitives.ReadUInt16BigEndian(_frame[_at..]);
        var key = _at + KeyLengthBytes;
        if (keyLength == 0 || keyLength > _frame.Length - key)
        {
            return keyLength == 0 ? FrameFault.EmptyKey : FrameFault.KeyTooLong;
        }

        _at = key + keyLength;
        if (Rest < AfterKeyBytes)
        {
            return FrameFault.TooShort;
        }

        var generation = BinaryPrimitives.ReadUInt64BigEndian(_frame[_at..]);
        var length = BinaryPrimitives.ReadUInt32BigEndian(_frame[(_at + sizeof(ulong))..]);
        var payload = _at + AfterKeyBytes;
        if (length > (uint)(_frame.Length - payload))
        {
            return FrameFault.PayloadTooLong;
        }

        member = new BulkMember(key.._at, generation, payload..(payload + (int)length));
        _at = payload + (int)length;
        return FrameFault.None;
    }

    private readonly int Rest => _frame.Length - _at;
}
