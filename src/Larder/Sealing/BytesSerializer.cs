using System.Buffers;
using Microsoft.Extensions.Caching.Hybrid;

namespace Larder.Sealing;

/// <summary>Bytes as they are. What is handed out is a copy of the reader's own.</summary>
internal sealed class BytesSerializer :
    IHybridCacheSerializer<byte[]>,
    IHybridCacheSerializer<Memory<byte>>,
    IHybridCacheSerializer<ReadOnlyMemory<byte>>,
    IHybridCacheSerializer<ArraySegment<byte>>,
    IHybridCacheSerializer<ReadOnlySequence<byte>>
{
    internal static readonly BytesSerializer Instance = new();

    private BytesSerializer()
    {
    }

    byte[] IHybridCacheSerializer<byte[]>.Deserialize(ReadOnlySequence<byte> source) => source.ToArray();

    Memory<byte> IHybridCacheSerializer<Memory<byte>>.Deserialize(ReadOnlySequence<byte> source) => source.ToArray();

    ReadOnlyMemory<byte> IHybridCacheSerializer<ReadOnlyMemory<byte>>.Deserialize(ReadOnlySequence<byte> source) => source.ToArray();

    ArraySegment<byte> IHybridCacheSerializer<ArraySegment<byte>>.Deserialize(ReadOnlySequence<byte> source) => new(source.ToArray());

    ReadOnlySequence<byte> IHybridCacheSerializer<ReadOnlySequence<byte>>.Deserialize(ReadOnlySequence<byte> source) => new(source.ToArray());

    public void Serialize(byte[] value, IBufferWriter<byte> target) => target.Write(value);

    public void Serialize(Memory<byte> value, IBufferWriter<byte> target) => target.Write(value.Span);

    public void Serialize(ReadOnlyMemory<byte> value, IBufferWriter<byte> target) => target.Write(value.Span);

    public void Serialize(ArraySegment<byte> value, IBufferWriter<byte> target) => target.Write(value);

    public void Serialize(ReadOnlySequence<byte> value, IBufferWriter<byte> target)
    {
        foreach (var segment in value)
        {
            target.Write(segment.Span);
        }
    }
}
