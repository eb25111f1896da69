using System.Buffers;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.Extensions.Caching.Hybrid;

namespace Larder.Sealing;

/// <summary>The default codec: System.Text.Json by the type's contract, source-generated or reflected.</summary>
internal sealed class JsonValueSerializer<T>(JsonTypeInfo<T> contract) : IHybridCacheSerializer<T>
{
    public T Deserialize(ReadOnlySequence<byte> source)
    {
        if (source.IsSingleSegment)
        {
            return JsonSerializer.Deserialize(source.FirstSpan, contract)!;
        }

        // In one piece it is parsed once; from a reader over pieces the serializer would parse it twice.
        var length = checked((int)source.Length);
        var rented = ArrayPool<byte>.Shared.Rent(length);
        try
        {
            source.CopyTo(rented);
            return JsonSerializer.Deserialize(rented.AsSpan(0, length), contract)!;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(rented);
        }
    }

    public void Serialize(T value, IBufferWriter<byte> target)
    {
        var writer = JsonWriting.Take(target, contract.Options);
        try
        {
            JsonSerializer.Serialize(writer.Json, value, contract);
            writer.Json.Flush();
        }
        finally
        {
            writer.GiveBack();
        }
    }
}
