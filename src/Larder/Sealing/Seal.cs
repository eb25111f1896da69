using System.Buffers;
using Larder.Entries;

namespace Larder.Sealing;

/// <summary>How values of one type are turned into what is stored, and back.</summary>
/// <param name="codecs">Where the codec comes from; asked when the first value is encoded.</param>
/// <param name="transformer">The application's own change of form; null when there is none.</param>
/// <param name="maximumBytes">The largest payload that is kept.</param>
internal sealed class Seal<T>(Codecs codecs, IValueTransformer<T>? transformer, int maximumBytes)
{
    private readonly uint _nullContract = Contract.Of(typeof(T), transformer?.GetType(), serializer: null);
    private Codec<T>? _preferred;

    /// <summary>True when a value can not simply be kept as it is.</summary>
    internal bool IsNeeded(bool isolate) => transformer is not null || (isolate && !ImmutableTypes.Contains<T>());

    /// <summary>The largest payload that may be kept.</summary>
    internal int MaximumBytes => maximumBytes;

    /// <summary>
    /// The body that lower tiers keep of a value. Throws what the transformer or the codec throws. A payload over the limit is measured but not kept, see
    /// <see cref="SealedBody.IsTooLarge"/>.
    /// </summary>
    internal SealedBody Encode(string key, T? value, in EnvelopeHeader header)
    {
        var stored = transformer is null ? value : transformer.Transform(key, value!);
        var codec = stored is null ? null : CodecOf(stored);
        var body = EnvelopeWriting.Begin(
            Crc32C.Of(key), header with { IsNotFound = false }, codec?.Id ?? CodecId.None, codec?.Contract ?? _nullContract, maximumBytes);
        try
        {
            codec?.Serializer.Serialize(stored!, body);
            body.Close();
            return body;
        }
        catch
        {
            body.Dispose();
            throw;
        }
    }

    /// <summary>
    /// The value in a body. Whatever the payload, the codec and the transformer do, it answers with a fault and never throws; <paramref name="failure"/> is
    /// what one of them threw, for the log.
    /// </summary>
    internal EnvelopeFault TryDecode(in Envelope envelope, string key, out T? value, out Exception? failure)
    {
        value = default;
        failure = null;
        try
        {
            if (envelope.Codec > CodecId.Custom)
            {
                return EnvelopeFault.UnknownCodec;
            }

            var codec = envelope.Codec == CodecId.None ? null : ReaderOf(envelope.Codec);
            if (codec is null ? !MayBeNull(in envelope) : codec.Contract != envelope.Contract)
            {
                return EnvelopeFault.OtherContract;
            }

            var stored = codec is null ? default : codec.Serializer.Deserialize(envelope.Payload);
            value = transformer is null ? stored : transformer.Restore(key, stored!);
            return EnvelopeFault.None;
        }
        catch (Exception failed)
        {
            failure = failed;
            return EnvelopeFault.Undecodable;
        }
    }

    /// <summary>Makes the entry that stores the value in memory, and tells the size of its payload when it was encoded.</summary>
    internal Entry Close(in EntryHead head, T value, bool isolate, out int? payloadBytes)
    {
        var stored = transformer is null ? value : transformer.Transform(head.Key, value);
        if (!isolate || ImmutableTypes.Contains<T>())
        {
            payloadBytes = null;
            return new TransformedEntry<T>(in head, stored, transformer!);
        }

        if (stored is null)
        {
            payloadBytes = 0;
            return new SealedEntry<T>(in head, null, this);
        }

        // Without a limit: those who joined the load get their copies from the entry even when it is too large to be stored.
        using var buffer = new SealedBody(headBytes: 0, Array.MaxLength);
        Preferred.Serializer.Serialize(stored, buffer);
        var payload = buffer.Payload.ToArray();
        payloadBytes = payload.Length;
        return new SealedEntry<T>(in head, payload, this);
    }

    /// <summary>A copy of the value, made through the stored form.</summary>
    internal T Open(string key, byte[]? payload)
    {
        var stored = payload is null ? default! : Preferred.Serializer.Deserialize(new ReadOnlySequence<byte>(payload));
        return transformer is null ? stored : transformer.Restore(key, stored);
    }

    private Codec<T> Preferred => _preferred ??= codecs.For<T>(transformer?.GetType());

    private Codec<T> CodecOf(T stored) =>
        Preferred is { Id: CodecId.Text } && stored is string text && !TextSerializer.IsWellFormed(text)
            ? codecs.Find<T>(CodecId.CodeUnits, transformer?.GetType())!
            : Preferred;

    // What was encoded in another way than is preferred now can still be read, if the library knows how.
    private Codec<T>? ReaderOf(CodecId id) => Preferred.Id == id ? Preferred : codecs.Find<T>(id, transformer?.GetType());

    // A type that knows no null has no value without a payload.
    private bool MayBeNull(in Envelope envelope) =>
        envelope.Codec == CodecId.None && envelope.Contract == _nullContract && !envelope.Header.IsNotFound && default(T) is null;
}
