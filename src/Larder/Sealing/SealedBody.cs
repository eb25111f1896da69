using System.Buffers;
using System.Buffers.Binary;

namespace Larder.Sealing;

/// <summary>
/// A body as lower tiers keep it, in memory from the pool, and the buffer that a codec writes its payload to. Owned by whoever had it encoded, who disposes
/// it once nobody reads its bytes any more. Not thread-safe while it is written.
/// </summary>
internal sealed class SealedBody : IBufferWriter<byte>, IDisposable
{
    // Room for the payload of most entries, so that the first piece of memory is the only one.
    private const int FirstPayloadRoom = 256;

    private readonly long _maximumPayload;
    private byte[]? _buffer;
    private int _written;
    private int _payloadFrom;
    private long _payloadBytes;
    private bool _isClosed;

    /// <param name="headBytes">About how many bytes come before the payload.</param>
    /// <param name="maximumPayload">The largest payload that is kept.</param>
    internal SealedBody(int headBytes, int maximumPayload)
    {
        _maximumPayload = maximumPayload;
        _buffer = ArrayPool<byte>.Shared.Rent(headBytes + FirstPayloadRoom);
    }

    /// <summary>How many bytes the codec wrote, those included that were too many to keep.</summary>
    internal long PayloadBytes => _payloadBytes;

    /// <summary>True when the payload is over the limit. Then it was not kept, and there are no <see cref="Bytes"/>.</summary>
    internal bool IsTooLarge => _payloadBytes > _maximumPayload;

    /// <summary>The whole body. Valid until this is disposed.</summary>
    internal ReadOnlySequence<byte> Bytes => new(Buffer, 0, Length);

    /// <summary>The payload alone. Valid until this is disposed.</summary>
    internal ReadOnlySpan<byte> Payload => Buffer.AsSpan(0, Length)[_payloadFrom..];

    private byte[] Buffer => _buffer ?? throw new ObjectDisposedException(nameof(SealedBody));

    private int Length =>
        IsTooLarge ? throw new InvalidOperationException("The payload is over the limit and was not kept; look at IsTooLarge first.") : _written;

    /// <summary>What comes before the payload is written: from here on bytes belong to the payload.</summary>
    internal void BeginPayload() => _payloadFrom = _written;

    /// <summary>All is written: nothing can be added, and the checksum is put in.</summary>
    internal void Close()
    {
        if (!IsTooLarge)
        {
            var checksum = Crc32C.Of(Buffer.AsSpan(EnvelopeFormat.CheckedFrom, _written - EnvelopeFormat.CheckedFrom));
            BinaryPrimitives.WriteUInt32BigEndian(Buffer.AsSpan(EnvelopeFormat.ChecksumAt), checksum);
        }

        _isClosed = true;
    }

    /// <summary>Lets go of the memory without giving it back: somebody who was given up may still be reading it.</summary>
    internal void Forget() => Interlocked.Exchange(ref _buffer, null);

    /// <summary>Gives the memory back.</summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _buffer, null) is { } buffer)
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    void IBufferWriter<byte>.Advance(int count)
    {
        ThrowIfClosed();
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, Buffer.Length - _written);
        Advance(count);
    }

    Memory<byte> IBufferWriter<byte>.GetMemory(int sizeHint)
    {
        Reserve(sizeHint);
        return Buffer.AsMemory(_written);
    }

    Span<byte> IBufferWriter<byte>.GetSpan(int sizeHint) => Free(sizeHint);

    /// <summary>Free room of at least so many bytes.</summary>
    internal Span<byte> Free(int sizeHint)
    {
        Reserve(sizeHint);
        return Buffer.AsSpan(_written);
    }

    /// <summary>So many bytes of the free room were written, before the payload.</summary>
    internal void AdvanceHead(int count) => _written += count;

    private void Advance(int count)
    {
        _written += count;
        _payloadBytes += count;
        if (IsTooLarge)
        {
            // Too much to keep: from here on the bytes are only counted, and written over each other, so that a huge value costs no huge buffer.
            _written = _payloadFrom;
        }
    }

    private void Reserve(int sizeHint)
    {
        ThrowIfClosed();
        ArgumentOutOfRangeException.ThrowIfNegative(sizeHint);
        var needed = _written + Math.Max((long)sizeHint, 1);
        if (needed > Buffer.Length)
        {
            Grow(needed);
        }
    }

    private void Grow(long needed)
    {
        if (needed > Array.MaxLength)
        {
            throw new LarderException("The codec asked for more than 2 GiB in one piece; cache a smaller value.");
        }

        var before = Buffer;
        var larger = ArrayPool<byte>.Shared.Rent((int)Math.Min(Math.Max(needed, 2L * before.Length), Array.MaxLength));
        before.AsSpan(0, _written).CopyTo(larger);
        _buffer = larger;
        ArrayPool<byte>.Shared.Return(before);
    }

    private void ThrowIfClosed()
    {
        if (_isClosed)
        {
            throw new InvalidOperationException("The serializer has returned already; what it writes now belongs to nobody.");
        }
    }
}
