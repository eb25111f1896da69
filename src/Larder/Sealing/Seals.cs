using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.Extensions.Caching.Hybrid;

namespace Larder.Sealing;

/// <summary>
/// Finds the seal of a type: a codec registered for the type, else the first factory that offers one, else
/// System.Text.Json; and the transformer registered for it.
/// </summary>
internal sealed class Seals
{
    private readonly ConcurrentDictionary<Type, object> _seals = new();
    private readonly IReadOnlyDictionary<Type, object> _serializers;
    private readonly IReadOnlyList<IHybridCacheSerializerFactory> _factories;
    private readonly IReadOnlyDictionary<Type, object> _transformers;
    private readonly int _maximumBytes;
    private readonly JsonSerializerOptions? _json;
    private JsonSerializerOptions? _resolved;

    internal Seals(
        IReadOnlyDictionary<Type, object> serializers,
        IReadOnlyList<IHybridCacheSerializerFactory> factories,
        IReadOnlyDictionary<Type, object> transformers,
        JsonSerializerOptions? json,
        int maximumBytes)
    {
        _serializers = serializers;
        _factories = factories;
        _transformers = transformers;
        _json = json;
        _maximumBytes = maximumBytes;
    }

    /// <summary>True when some type has a transformer, so that the seal must be asked for every value.</summary>
    internal bool HasTransformers => _transformers.Count > 0;

    internal Seal<T> For<T>() =>
        (Seal<T>)_seals.GetOrAdd(
            typeof(T),
            static (type, seals) => new Seal<T>(
                seals.Serializer<T>, seals._transformers.GetValueOrDefault(type) as IValueTransformer<T>, seals._maximumBytes),
            this);

    private IHybridCacheSerializer<T> Serializer<T>()
    {
        if (_serializers.TryGetValue(typeof(T), out var registered))
        {
            return (IHybridCacheSerializer<T>)registered;
        }

        foreach (var factory in _factories)
        {
            if (factory.TryCreateSerializer<T>(out var made))
            {
                return made;
            }
        }

        return new JsonValueSerializer<T>(Contract<T>());
    }

    private JsonTypeInfo<T> Contract<T>()
    {
        var options = _resolved ??= Resolved(_json);
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
