using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.Extensions.Caching.Hybrid;

namespace Larder.Sealing;

/// <summary>
/// Finds the codec of a type: one registered for the type, else what the first factory offers, else bytes and strings as they are, else
/// System.Text.Json.
/// </summary>
internal sealed class Codecs(
    IReadOnlyDictionary<Type, object> serializers, IReadOnlyList<IHybridCacheSerializerFactory> factories, JsonSerializerOptions? json)
{
    private JsonSerializerOptions? _resolved;

    /// <summary>What values of the type are encoded with, after the transformer of the given type, if there is one.</summary>
    internal Codec<T> For<T>(Type? transformer)
    {
        if (serializers.TryGetValue(typeof(T), out var registered))
        {
            return Custom((IHybridCacheSerializer<T>)registered, transformer);
        }

        foreach (var factory in factories)
        {
            if (factory.TryCreateSerializer<T>(out var made))
            {
                return Custom(made, transformer);
            }
        }

        return Find<T>(CodecId.Bytes, transformer) ?? Find<T>(CodecId.Text, transformer) ?? Find<T>(CodecId.Json, transformer)!;
    }

    /// <summary>One of the library's own codecs, to read what was encoded when another was preferred; null when it does not know the type.</summary>
    internal Codec<T>? Find<T>(CodecId id, Type? transformer)
    {
        object? known = id switch
        {
            CodecId.Bytes => BytesSerializer.Instance,
            CodecId.Text => TextSerializer.Instance,
            CodecId.CodeUnits => CodeUnitSerializer.Instance,
            CodecId.Json => new JsonValueSerializer<T>(JsonContract<T>()),
            _ => null,
        };
        return known is IHybridCacheSerializer<T> serializer
            ? new Codec<T>(id, serializer, Contract.Of(typeof(T), transformer, serializer: null))
            : null;
    }

    private static Codec<T> Custom<T>(IHybridCacheSerializer<T> serializer, Type? transformer) =>
        new(CodecId.Custom, serializer, Contract.Of(typeof(T), transformer, serializer.GetType()));

    private JsonTypeInfo<T> JsonContract<T>()
    {
        var options = _resolved ??= Resolved(json);
        if (options is not null && options.TryGetTypeInfo(typeof(T), out var found) && found is JsonTypeInfo<T> contract)
        {
            return contract;
        }

        throw new LarderException(
            $"System.Text.Json has no contract for {typeof(T)}, or reflection is switched off; set JsonOptions to options with a "
            + "source-generated context that knows the type, or register a serializer for it with AddSerializer.");
    }

    [UnconditionalSuppressMessage("Trimming", "IL2026", Justification = "Asked only where reflection is enabled; trimmed applications switch it off.")]
    [UnconditionalSuppressMessage("AOT", "IL3050", Justification = "Asked only where reflection is enabled; AOT applications switch it off.")]
    private static JsonSerializerOptions? Resolved(JsonSerializerOptions? given)
    {
        if (given?.TypeInfoResolver is not null || !JsonSerializer.IsReflectionEnabledByDefault)
        {
            return given?.TypeInfoResolver is null ? null : given;
        }

        // Options without a resolver know no type yet: where reflection may be used, it is what System.Text.Json takes too.
        return given is null
            ? JsonSerializerOptions.Default
            : new JsonSerializerOptions(given) { TypeInfoResolver = JsonSerializerOptions.Default.TypeInfoResolver };
    }
}
