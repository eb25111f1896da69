using System.Buffers;
using Larder.Entries;
using Microsoft.Extensions.Caching.Hybrid;

namespace Larder.Sealing;

/// <summary>How values of one type are turned into what is stored, and back.</summary>
/// <param name="serializer">The codec; null until the type is first isolated.</param>
/// <param name="transformer">The application's own change of form; null when there is none.</param>
/// <param name="maximumBytes">The largest payload that is kept.</param>
internal sealed class Seal<T>(Func<IHybridCacheSerializer<T>> serializer, IValueTransformer<T>? transformer, int maximumBytes)
{
    private IHybridCacheSerializer<T>? _serializer;

    /// <summary>True when a value can not simply be kept as it is.</summary>
    internal bool IsNeeded(bool isolate) => transformer is not null || (isolate && !ImmutableTypes.Contains<T>());

    /// <summary>The largest payload that may be kept.</summary>
    internal int MaximumBytes => maximumBytes;

    /// <summary>Makes the entry that stores the value, and tells the size of its payload when it was encoded.</summary>
    internal Entry Close(in EntryHead head, T value, bool isolate, out int? payloadBytes)
    {
        var stored = transformer is null ? value : transformer.Transform(head.Key, value);
        if (!isolate || ImmutableTypes.Contains<T>())
        {
            payloadBytes = null;
            return new TransformedEntry<T>(in head, stored, transformer!);
        }

        var buffer = new ArrayBufferWriter<byte>();
        Serializer.Serialize(stored, buffer);
        payloadBytes = buffer.WrittenCount;
        return new SealedEntry<T>(in head, buffer.WrittenSpan.ToArray(), this);
    }

    /// <summary>A copy of the value, made through the stored form.</summary>
    internal T Open(string key, byte[] payload)
    {
        var stored = Serializer.Deserialize(new ReadOnlySequence<byte>(payload));
        return transformer is null ? stored : transformer.Restore(key, stored);
    }

    private IHybridCacheSerializer<T> Serializer => _serializer ??= serializer();
}
