using System.Collections.Concurrent;
using System.Text.Json;
using Microsoft.Extensions.Caching.Hybrid;

namespace Larder.Sealing;

/// <summary>Finds the seal of a type: its codec, and the transformer registered for it.</summary>
internal sealed class Seals(
    IReadOnlyDictionary<Type, object> serializers,
    IReadOnlyList<IHybridCacheSerializerFactory> factories,
    IReadOnlyDictionary<Type, object> transformers,
    JsonSerializerOptions? json,
    int maximumBytes)
{
    private readonly ConcurrentDictionary<Type, object> _seals = new();
    private readonly Codecs _codecs = new(serializers, factories, json);

    /// <summary>True when some type has a transformer, so that the seal must be asked for every value.</summary>
    internal bool HasTransformers => transformers.Count > 0;

    internal Seal<T> For<T>() =>
        _seals.TryGetValue(typeof(T), out var known)
            ? (Seal<T>)known
            : (Seal<T>)_seals.GetOrAdd(
                typeof(T), new Seal<T>(_codecs, transformers.GetValueOrDefault(typeof(T)) as IValueTransformer<T>, maximumBytes));
}
