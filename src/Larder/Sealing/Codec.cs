using Microsoft.Extensions.Caching.Hybrid;

namespace Larder.Sealing;

/// <summary>A way to encode values of one type, with what stored bodies say about it.</summary>
internal sealed class Codec<T>(CodecId id, IHybridCacheSerializer<T> serializer, uint contract)
{
    internal CodecId Id { get; } = id;

    internal IHybridCacheSerializer<T> Serializer { get; } = serializer;

    /// <summary>What the payload's readers must agree with, see <see cref="Sealing.Contract"/>.</summary>
    internal uint Contract { get; } = contract;
}
