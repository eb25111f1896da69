using System.Buffers.Binary;

namespace Larder.Redis.Cascache;

/// <summary>Writes the frame that <see cref="BulkReader"/> reads.</summary>
internal static class BulkWriter
{
    /// <summary>How many bytes the frame has; more than an array can hold when it can not be written.</summary>
    internal static long LengthOf(IReadOnlyList<BulkPart> parts)
    {
        long length = BulkReader.HeaderLength;
        foreach (var part in parts)
        {
            length += BulkReader.KeyLengthBytes + part.Key.Length + BulkReader.AfterKeyBytes + part.Payload.Length;
        }

        return length;
    }

    /// <summary>The frame of the parts, in the order given, which is that of the sorted keys.</summary>
    internal static byte[] Write(IReadOnlyList<BulkPart> parts)
    {
        var frame = new byte[checked((int)LengthOf(parts))];
        FrameHead.Write(frame, FrameHead.Bulk);
        BinaryPrimitives.WriteUInt32BigEndian(frame.AsSpan(FrameHead.Length), (uint)parts.Count);
        var rest = frame.AsSpan(BulkReader.HeaderLength);
        foreach (var part in parts)
        {
            BinaryPrimitives.WriteUInt16BigEndian(rest, checked((ushort)part.Key.Length));
            rest = rest[BulkReader.KeyLengthBytes..];
            part.Key.Span.CopyTo(rest);
            rest = rest[part.Key.Length..];
            BinaryPrimitives.WriteUInt64BigEndian(rest, part.Generation);
            BinaryPrimitives.WriteUInt32BigEndian(rest[sizeof(ulong)..], (uint)part.Payload.Length);
            rest = rest[BulkReader.AfterKeyBytes..];
            part.Payload.Span.CopyTo(rest);
            rest = rest[part.Payload.Length..];
        }

        return frame;
    }
}
