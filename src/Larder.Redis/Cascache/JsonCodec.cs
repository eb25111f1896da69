using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.Extensions.Caching.Hybrid;

namespace Larder.Redis.Cascache;

/// <summary>JSON as the Go codec of that name writes it: members by their names as they are, compact.</summary>
internal sealed class JsonCodec<T>(JsonTypeInfo<T> contract) : IHybridCacheSerializer<T>
{
    /// <summary>The codec where nobody names one; reflection is needed for it.</summary>
    [UnconditionalSuppressMessage("Trimming", "IL2026", Justification = "Asked only where reflection is enabled; trimmed applications switch it off.")]
    [UnconditionalSuppressMessage("AOT", "IL3050", Justification = "Asked only where reflection is enabled; AOT applications switch it off.")]
    internal static JsonCodec<T> Default() => JsonSerializer.IsReflectionEnabledByDefault
        ? new JsonCodec<T>((JsonTypeInfo<T>)JsonSerializerOptions.Default.GetTypeInfo(typeof(T)))
        : throw new LarderException($"System.Text.Json has no contract for {typeof(T)}, because reflection is switched off; hand a codec to the CascacheStore.");

    public T Deserialize(ReadOnlySequence<byte> source)
    {
        var reader = new Utf8JsonReader(source);
        var value = JsonSerializer.Deserialize(ref reader, contract)!;
        return reader.Read() ? throw new JsonException("More JSON follows behind the value.") : value;
    }

    public void Serialize(T value, IBufferWriter<byte> target)
    {
        using var writer = new Utf8JsonWriter(target, new JsonWriterOptions { Encoder = contract.Options.Encoder, MaxDepth = contract.Options.MaxDepth });
        JsonSerializer.Serialize(writer, value, contract);
    }
}
