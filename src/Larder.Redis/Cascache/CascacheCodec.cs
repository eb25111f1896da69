using System.Buffers;
using System.Runtime.InteropServices;
using Microsoft.Extensions.Caching.Hybrid;

namespace Larder.Redis.Cascache;

/// <summary>Makes frames of values and values of frames.</summary>
internal sealed class CascacheCodec<T>(IHybridCacheSerializer<T> serializer, CascacheOptions options, CascacheCounters counters)
{
    /// <summary>The frame of a value; empty when the value is larger than the limit.</summary>
    internal ReadOnlyMemory<byte> Seal(T value, ulong generation)
    {
        var writer = new ArrayBufferWriter<byte>();
        writer.GetSpan(SingleFrame.HeaderLength);
        writer.Advance(SingleFrame.HeaderLength);
        serializer.Serialize(value, writer);
        var length = writer.WrittenCount - SingleFrame.HeaderLength;
        if (length > options.MaximumValueBytes)
        {
            return default;
        }

        // The length stands before the payload and is known behind it.
        SingleFrame.WriteHeader(MemoryMarshal.AsMemory(writer.WrittenMemory).Span, generation, length);
        return writer.WrittenMemory;
    }

    /// <summary>The value of a single frame of the current generation.</summary>
    internal CascacheResult<T> Open(ReadOnlyMemory<byte> frame, GenerationReading current)
    {
        var fault = SingleFrame.Read(frame, out var generation, out var payload);
        if (fault != FrameFault.None)
        {
            counters.Refuse(fault);
            return new CascacheResult<T>(CascacheReason.Corrupt);
        }

        return !current.IsReadable ? new CascacheResult<T>(CascacheReason.GenerationUnreadable)
            : generation != current.Value ? new CascacheResult<T>(CascacheReason.GenerationMoved)
            : Decode(payload);
    }

    /// <summary>The value of a payload.</summary>
    internal CascacheResult<T> Decode(ReadOnlyMemory<byte> payload)
    {
        if (payload.Length > options.MaximumValueBytes)
        {
            return new CascacheResult<T>(CascacheReason.TooLarge);
        }

        try
        {
            return new CascacheResult<T>(serializer.Deserialize(new ReadOnlySequence<byte>(payload)));
        }
        catch (Exception)
        {
            // Whatever a codec throws at bytes that it does not know, the reader goes to the source, and the next one finds nothing.
            return new CascacheResult<T>(CascacheReason.ValueUnreadable);
        }
    }

    /// <summary>Whether the frame has to go when it was refused for this reason.</summary>
    internal static bool Heals(CascacheReason reason) =>
        reason is CascacheReason.Corrupt or CascacheReason.GenerationMoved or CascacheReason.ValueUnreadable or CascacheReason.MemberMissing;
}
