using System.Buffers;
using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;

namespace Larder.Sealing;

/// <summary>
/// An opened body: what it says, and the payload still encoded. The payload is part of the body and valid as long as that is. Whatever the bytes, opening
/// answers with a fault and never throws.
/// </summary>
internal readonly struct Envelope
{
    private readonly EnvelopeHeader _header;
    private readonly uint _keyHash;

    private Envelope(uint keyHash, in EnvelopeHeader header, CodecId codec, uint contract, in ReadOnlySequence<byte> payload)
    {
        _keyHash = keyHash;
        _header = header;
        Codec = codec;
        Contract = contract;
        Payload = payload;
    }

    /// <summary>By reference, for it is large.</summary>
    [UnscopedRef]
    internal ref readonly EnvelopeHeader Header => ref _header;

    /// <summary>How the payload was encoded; may be a number that this version does not know.</summary>
    internal CodecId Codec { get; }

    internal uint Contract { get; }

    internal ReadOnlySequence<byte> Payload { get; }

    /// <summary>The body of an entry that says that there is no such thing.</summary>
    internal static SealedBody OfNotFound(string key, in EnvelopeHeader header)
    {
        var body = EnvelopeWriting.Begin(Crc32C.Of(key), header with { IsNotFound = true }, CodecId.None, contract: 0, maximumPayload: 0);
        body.Close();
        return body;
    }

    /// <summary>The same payload under another header: other tags, limits or validators. What was "not found" stays so.</summary>
    internal SealedBody Rewrite(in EnvelopeHeader header)
    {
        var body = EnvelopeWriting.Begin(_keyHash, header with { IsNotFound = Header.IsNotFound }, Codec, Contract, int.MaxValue);
        try
        {
            foreach (var segment in Payload)
            {
                body.Write(segment.Span);
            }

            body.Close();
            return body;
        }
        catch
        {
            body.Dispose();
            throw;
        }
    }

    /// <summary>Opens a body that was read under a key.</summary>
    internal static EnvelopeFault TryOpen(in ReadOnlySequence<byte> body, string key, out Envelope envelope)
    {
        envelope = default;
        if (body.Length < EnvelopeFormat.FixedSize)
        {
            return EnvelopeFault.Truncated;
        }

        Span<byte> copy = stackalloc byte[EnvelopeFormat.FixedSize];
        scoped ReadOnlySpan<byte> start = body.FirstSpan;
        if (start.Length < EnvelopeFormat.FixedSize)
        {
            body.Slice(0, EnvelopeFormat.FixedSize).CopyTo(copy);
            start = copy;
        }

        var fault = Check(start, in body, key);
        return fault == EnvelopeFault.None && !TryRead(start, in body, out envelope) ? EnvelopeFault.Malformed : fault;
    }

    // The checksum first: of bytes that are not what was written nothing else can be said.
    private static EnvelopeFault Check(ReadOnlySpan<byte> start, in ReadOnlySequence<byte> body, string key)
    {
        if (BinaryPrimitives.ReadUInt32BigEndian(start[EnvelopeFormat.ChecksumAt..]) != Crc32C.Of(body.Slice(EnvelopeFormat.CheckedFrom)))
        {
            return EnvelopeFault.Corrupt;
        }

        if (start[EnvelopeFormat.VersionAt] != EnvelopeFormat.Version)
        {
            return EnvelopeFault.UnknownVersion;
        }

        if (BinaryPrimitives.ReadUInt32BigEndian(start[EnvelopeFormat.KeyHashAt..]) != Crc32C.Of(key))
        {
            return EnvelopeFault.OtherKey;
        }

        var flags = (EnvelopeFlags)start[EnvelopeFormat.FlagsAt];
        return (flags & ~EnvelopeFlags.Known) != EnvelopeFlags.None ? EnvelopeFault.UnknownFlag
            : flags.HasFlag(EnvelopeFlags.Encrypted) ? EnvelopeFault.Encrypted
            : flags.HasFlag(EnvelopeFlags.Compressed) ? EnvelopeFault.Compressed
            : EnvelopeFault.None;
    }

    private static bool TryRead(ReadOnlySpan<byte> start, in ReadOnlySequence<byte> body, out Envelope envelope)
    {
        envelope = default;
        var flags = (EnvelopeFlags)start[EnvelopeFormat.FlagsAt];
        var reading = new EnvelopeReading(body.Slice(EnvelopeFormat.FixedSize));
        long slidingFor = 0;
        var refreshAfter = long.MaxValue;
        EnvelopeTag[]? tags = null;
        Entries.Validators? validators = null;
        if (!reading.TryReadVarint(out var freshFor)
            || !reading.TryReadVarint(out var staleFor)
            || !reading.TryReadVarint(out var fallbackFor)
            || (flags.HasFlag(EnvelopeFlags.Sliding) && (!reading.TryReadVarint(out slidingFor) || slidingFor == 0))
            || (flags.HasFlag(EnvelopeFlags.RefreshAhead) && !reading.TryReadVarint(out refreshAfter))
            || (flags.HasFlag(EnvelopeFlags.Tagged) && !reading.TryReadTags(out tags))
            || (flags.HasFlag(EnvelopeFlags.Validators) && !reading.TryReadValidators(out validators)))
        {
            return false;
        }

        var codec = (CodecId)start[EnvelopeFormat.CodecAt];
        var isNotFound = flags.HasFlag(EnvelopeFlags.NotFound);
        var payload = reading.Remaining;
        if (codec == CodecId.None ? !payload.IsEmpty : isNotFound)
        {
            return false;
        }

        var createdAt = BinaryPrimitives.ReadInt64BigEndian(start[EnvelopeFormat.CreatedAt..]);
        var isExpired = EnvelopeHeader.TryReadExpiration(BinaryPrimitives.ReadInt64BigEndian(start), out var freshUntil);
        var header = new EnvelopeHeader
        {
            FreshUntil = Math.Min(freshUntil, EnvelopeHeader.Later(createdAt, freshFor)),
            IsExpired = isExpired,
            CreatedAt = createdAt,
            FreshFor = freshFor,
            StaleFor = staleFor,
            FallbackFor = fallbackFor,
            SlidingFor = slidingFor,
            RefreshAfter = refreshAfter,
            IsNotFound = isNotFound,
            Validators = validators,
            CacheFence = FenceToken.Read(start[EnvelopeFormat.CacheFenceAt..]),
            Tags = tags,
        };
        envelope = new Envelope(
            BinaryPrimitives.ReadUInt32BigEndian(start[EnvelopeFormat.KeyHashAt..]),
            in header,
            codec,
            BinaryPrimitives.ReadUInt32BigEndian(start[EnvelopeFormat.ContractAt..]),
            in payload);
        return true;
    }
}
