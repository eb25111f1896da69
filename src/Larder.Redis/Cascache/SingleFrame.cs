using System.Buffers.Binary;

namespace Larder.Redis.Cascache;

/// <summary>
/// A single value of cascache v1:
/// <code>
/// "CASC" | version 1 | kind 1 | generation u64 | payload length u32 | payload
/// 0        4           5        6                14                   18
/// </code>
/// </summary>
internal static class SingleFrame
{
    internal const int HeaderLength = 18;

    /// <summary>How many bytes say which generation a frame is of: everything before the length.</summary>
    internal const int GenerationEnd = 14;

    private const int GenerationAt = FrameHead.Length;

    /// <summary>Writes what stands before the payload.</summary>
    internal static void WriteHeader(Span<byte> frame, ulong generation, int payloadLength)
    {
        FrameHead.Write(frame, FrameHead.Single);
        BinaryPrimitives.WriteUInt64BigEndian(frame[GenerationAt..], generation);
        BinaryPrimitives.WriteUInt32BigEndian(frame[GenerationEnd..], (uint)payloadLength);
    }

    /// <summary>Reads a frame. The payload is where it lies in the frame; nothing is copied.</summary>
    internal static FrameFault Read(ReadOnlyMemory<byte> frame, out ulong generation, out ReadOnlyMemory<byte> payload)
    {
        (generation, payload) = (0, default);
        var bytes = frame.Span;
        var fault = FrameHead.Check(bytes, FrameHead.Single, HeaderLength);
        if (fault != FrameFault.None)
        {
            return fault;
        }

        var claimed = BinaryPrimitives.ReadUInt32BigEndian(bytes[GenerationEnd..]);
        var length = (uint)(bytes.Length - HeaderLength);
        if (claimed != length)
        {
            return claimed > length ? FrameFault.PayloadTooLong : FrameFault.TrailingBytes;
        }

        generation = BinaryPrimitives.ReadUInt64BigEndian(bytes[GenerationAt..]);
        payload = frame[HeaderLength..];
        return FrameFault.None;
    }
}
