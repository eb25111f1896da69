using System.Buffers;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.Extensions.Caching.Hybrid;

namespace Larder.Sealing;

/// <summary>The default codec: System.Text.Json by the type's contract, source-generated or reflected.</summary>
internal sealed class JsonValueSerializer<T>(JsonTypeInfo<T> contract) : IHybridCacheSerializer<T>
{
    private readonly JsonReaderOptions _reading = new()
    {
        MaxDepth = contract.Options.MaxDepth,
        CommentHandling = contract.Options.ReadCommentHandling,
        AllowTrailingCommas = contract.Options.AllowTrailingCommas,
    };

    public T Deserialize(ReadOnlySequence<byte> source)
    {
        var reader = source.IsSingleSegment ? new Utf8JsonReader(source.FirstSpan, _reading) : new Utf8JsonReader(source, _reading);
        return JsonSerializer.Deserialize(ref reader, contract)!;
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
