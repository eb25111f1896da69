using System.Buffers.Binary;
using System.Diagnostics;
using System.Text;
using Larder.Entries;

namespace Larder.Sealing;

/// <summary>Writes everything that comes before the payload; the layout stands at <see cref="EnvelopeFormat"/>.</summary>
internal static class EnvelopeWriting
{
    private const int DurationCount = 5;
    private const int BytesPerChar = 3;

    /// <summary>A body whose payload is still to be written; then it is to be closed.</summary>
    internal static SealedBody Begin(uint keyHash, in EnvelopeHeader header, CodecId codec, uint contract, int maximumPayload)
    {
        // A text that is none could not be read back; without its validator the source is asked in full, which is always right.
        var validators = header.Validators is { ETag: { } tag } given && !TextSerializer.IsWellFormed(tag) ? given with { ETag = null } : header.Validators;
        var tags = header.Tags ?? [];
        var most = MostBytes(tags, validators);
        var body = new SealedBody(most, maximumPayload);
        var room = body.Free(most);
        var at = WriteFixed(room, keyHash, in header, codec, contract);
        var flags = header.IsNotFound ? EnvelopeFlags.NotFound : EnvelopeFlags.None;
        at += WriteVarint(room[at..], header.FreshFor);
        at += WriteVarint(room[at..], header.StaleFor);
        at += WriteVarint(room[at..], header.FallbackFor);
        if (header.SlidingFor > 0)
        {
            flags |= EnvelopeFlags.Sliding;
            at += WriteVarint(room[at..], header.SlidingFor);
        }

        if (header.RefreshAfter != long.MaxValue)
        {
            flags |= EnvelopeFlags.RefreshAhead;
            at += WriteVarint(room[at..], header.RefreshAfter);
        }

        if (tags.Length > 0)
        {
            flags |= EnvelopeFlags.Tagged;
            at += WriteTags(room[at..], tags);
        }

        if (validators is { ETag: not null } or { LastModified: not null })
        {
            flags |= EnvelopeFlags.Validators;
            at += WriteValidators(room[at..], validators);
        }

        room[EnvelopeFormat.FlagsAt] = (byte)flags;
        body.AdvanceHead(at);
        body.BeginPayload();
        return body;
    }

    private static int WriteFixed(Span<byte> room, uint keyHash, in EnvelopeHeader header, CodecId codec, uint contract)
    {
        BinaryPrimitives.WriteInt64BigEndian(room, header.StoredFreshUntil);
        room[EnvelopeFormat.VersionAt] = EnvelopeFormat.Version;
        BinaryPrimitives.WriteUInt32BigEndian(room[EnvelopeFormat.KeyHashAt..], keyHash);
        BinaryPrimitives.WriteInt64BigEndian(room[EnvelopeFormat.CreatedAt..], header.CreatedAt);
        header.CacheFence.Write(room[EnvelopeFormat.CacheFenceAt..]);
        room[EnvelopeFormat.CodecAt] = (byte)codec;
        BinaryPrimitives.WriteUInt32BigEndian(room[EnvelopeFormat.ContractAt..], contract);
        return EnvelopeFormat.FixedSize;
    }

    private static int WriteTags(Span<byte> room, EnvelopeTag[] tags)
    {
        var at = WriteVarint(room, tags.Length);
        foreach (ref readonly var tag in tags.AsSpan())
        {
            at += WriteText(room[at..], tag.Tag);
            tag.Fence.Write(room[at..]);
            at += FenceToken.Size;
        }

        return at;
    }

    private static int WriteValidators(Span<byte> room, Validators validators)
    {
        var at = 1;
        room[0] = 0;
        if (validators.ETag is { } tag)
        {
            room[0] |= EnvelopeFormat.HasETag;
            at += WriteText(room[at..], tag);
        }

        if (validators.LastModified is { } modified)
        {
            room[0] |= EnvelopeFormat.HasLastModified;
            BinaryPrimitives.WriteInt64BigEndian(room[at..], modified.UtcTicks);
            BinaryPrimitives.WriteInt16BigEndian(room[(at + sizeof(long))..], (short)modified.TotalOffsetMinutes);
            at += EnvelopeFormat.LastModifiedSize;
        }

        return at;
    }

    private static int WriteText(Span<byte> room, string text)
    {
        var at = WriteVarint(room, Encoding.UTF8.GetByteCount(text));
        return at + Encoding.UTF8.GetBytes(text, room[at..]);
    }

    private static int WriteVarint(Span<byte> room, long value)
    {
        Debug.Assert(value >= 0, "Durations, lengths and counts are not negative.");
        var at = 0;
        var rest = (ulong)Math.Max(value, 0);
        while (rest > 0x7F)
        {
            room[at++] = (byte)(rest | 0x80);
            rest >>= 7;
        }

        room[at++] = (byte)rest;
        return at;
    }

    private static int MostBytes(EnvelopeTag[] tags, Validators? validators)
    {
        var most = EnvelopeFormat.FixedSize + ((DurationCount + 1) * EnvelopeFormat.LongestVarint);
        foreach (ref readonly var tag in tags.AsSpan())
        {
            most = checked(most + EnvelopeFormat.LongestVarint + (tag.Tag.Length * BytesPerChar) + FenceToken.Size);
        }

        return validators is null
            ? most
            : checked(most + 1 + EnvelopeFormat.LongestVarint + ((validators.ETag?.Length ?? 0) * BytesPerChar) + EnvelopeFormat.LastModifiedSize);
    }
}
