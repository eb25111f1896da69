using System.Buffers;
using Larder.Ports;

namespace Larder.Coherence;

/// <summary>A body in borrowed memory, given back once.</summary>
internal sealed class PooledBody : IDisposable
{
    private readonly int _length;
    private byte[]? _bytes;

    private PooledBody(byte[] bytes, int length)
    {
        _bytes = bytes;
        _length = length;
    }

    internal ReadOnlySequence<byte> Bytes => new(_bytes ?? [], 0, _bytes is null ? 0 : _length);

    internal static PooledBody Copy(in ReadOnlySequence<byte> body)
    {
        var length = checked((int)body.Length);
        var bytes = ArrayPool<byte>.Shared.Rent(length);
        body.CopyTo(bytes);
        return new PooledBody(bytes, length);
    }

    /// <summary>What a tier answers for what was read; the body is copied, because it lives in the buffer of the reader.</summary>
    internal static TierReading Reading(in AuthorityAnswer answer)
    {
        if (answer.Kind != AuthorityKind.Value)
        {
            return TierReading.Absent;
        }

        var body = Copy(answer.Body);
        return new TierReading(TierStatus.Done, answer.Token, body.Bytes, body);
    }

    public void Dispose()
    {
        if (Interlocked.Exchange(ref _bytes, null) is { } bytes)
        {
            ArrayPool<byte>.Shared.Return(bytes);
        }
    }
}
