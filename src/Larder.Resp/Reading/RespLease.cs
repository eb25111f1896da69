using System.Buffers;

namespace Larder.Resp;

/// <summary>
/// Bytes of a reply in a borrowed array: for values that the caller decodes itself and then needs no more. Dispose of it
/// when they are decoded; forgetting that costs a garbage collection and nothing else. Not safe for several threads.
/// </summary>
public sealed class RespLease : IMemoryOwner<byte>
{
    private readonly int _length;
    private byte[]? _bytes;

    internal RespLease(ReadOnlySpan<byte> bytes)
    {
        _length = bytes.Length;
        _bytes = ArrayPool<byte>.Shared.Rent(bytes.Length);
        bytes.CopyTo(_bytes);
    }

    /// <summary>The bytes.</summary>
    /// <exception cref="ObjectDisposedException">They have been given back.</exception>
    public Memory<byte> Memory => Bytes.AsMemory(0, _length);

    /// <summary>The bytes.</summary>
    /// <exception cref="ObjectDisposedException">They have been given back.</exception>
    public ReadOnlySpan<byte> Span => Bytes.AsSpan(0, _length);

    /// <summary>The bytes, for serializers that take a sequence.</summary>
    /// <exception cref="ObjectDisposedException">They have been given back.</exception>
    public ReadOnlySequence<byte> Sequence => new(Bytes, 0, _length);

    /// <summary>How many there are.</summary>
    public int Length => _length;

    private byte[] Bytes => _bytes ?? throw new ObjectDisposedException(nameof(RespLease));

    /// <summary>Gives the array back. A second call does nothing.</summary>
    public void Dispose()
    {
        var bytes = Interlocked.Exchange(ref _bytes, null);
        if (bytes is not null)
        {
            ArrayPool<byte>.Shared.Return(bytes);
        }
    }
}
