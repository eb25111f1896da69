using System.Buffers;
using System.Buffers.Binary;
using System.Text.Json;
using Larder.Entries;
using Larder.Sealing;
using Microsoft.Extensions.Caching.Hybrid;

namespace Larder.Tests.Sealing;

/// <summary>Seals, headers and bodies for tests.</summary>
internal static class SealingKit
{
    internal const string Key = "parcel:17";

    /// <summary>The beginning of 2026.</summary>
    internal const long Created = 1_767_225_600_000;

    internal static readonly FenceToken CacheFence = new(0x0011223344556677, 0x8899AABBCCDDEEFF);

    internal static readonly EnvelopeHeader Plain = new()
    {
        FreshUntil = Created + 300_000,
        CreatedAt = Created,
        FreshFor = 300_000,
        RefreshAfter = long.MaxValue,
        CacheFence = CacheFence,
    };

    internal static readonly EnvelopeHeader Rich = Plain with
    {
        FreshUntil = Created + 1_000,
        StaleFor = 60_000,
        SlidingFor = 7_000,
        RefreshAfter = 200_000,
        Validators = new Validators("\"v1\"", new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.FromHours(1))),
        Tags = [new EnvelopeTag("shop", new FenceToken(1, 2)), new EnvelopeTag("größe", new FenceToken(3, 4))],
    };

    internal static Parcel Some => new(17, "Zürich", ["a", "b"]);

    internal static Seals Seals(
        JsonSerializerOptions? json = null,
        int maximumBytes = 1 << 20,
        object? serializer = null,
        object? transformer = null,
        params IHybridCacheSerializerFactory[] factories) =>
        new(
            serializer is null ? new Dictionary<Type, object>() : new Dictionary<Type, object> { [typeof(Parcel)] = serializer },
            factories,
            transformer is null ? new Dictionary<Type, object>() : new Dictionary<Type, object> { [typeof(Parcel)] = transformer },
            json,
            maximumBytes);

    internal static byte[] Body<T>(T value, EnvelopeHeader? header = null, Seals? seals = null, string key = Key)
    {
        using var body = (seals ?? Seals()).For<T>().Encode(key, value, header ?? Plain);
        return body.Bytes.ToArray();
    }

    internal static Envelope Opened(byte[] body, string key = Key)
    {
        Assert.Equal(EnvelopeFault.None, Open(body, out var envelope, key));
        return envelope;
    }

    internal static EnvelopeFault Open(byte[] body, out Envelope envelope, string key = Key) =>
        Envelope.TryOpen(new ReadOnlySequence<byte>(body), key, out envelope);

    internal static T? Decoded<T>(in Envelope envelope, Seals? seals = null, string key = Key)
    {
        var fault = (seals ?? Seals()).For<T>().TryDecode(in envelope, key, out var value, out var failure);
        Assert.True(fault == EnvelopeFault.None, $"{fault} {failure}");
        return value;
    }

    internal static EnvelopeFault Fault<T>(byte[] body, Seals? seals = null, string key = Key)
    {
        var fault = Open(body, out var envelope, key);
        if (fault == EnvelopeFault.None)
        {
            fault = (seals ?? Seals()).For<T>().TryDecode(in envelope, key, out var value, out _);
            Assert.True(fault == EnvelopeFault.None || EqualityComparer<T>.Default.Equals(value, default));
        }

        return fault;
    }

    /// <summary>Makes the checksum fit again after a change.</summary>
    internal static byte[] Rechecked(byte[] body)
    {
        BinaryPrimitives.WriteUInt32BigEndian(body.AsSpan(EnvelopeFormat.ChecksumAt), Crc32C.Of(body.AsSpan(EnvelopeFormat.CheckedFrom)));
        return body;
    }

    /// <summary>The same bytes in segments of the given size, as they may come from a connection.</summary>
    internal static ReadOnlySequence<byte> Segments(byte[] bytes, int size)
    {
        var first = new Segment(bytes.AsMemory(0, Math.Min(size, bytes.Length)), 0);
        var last = first;
        for (var at = size; at < bytes.Length; at += size)
        {
            last = last.Append(bytes.AsMemory(at, Math.Min(size, bytes.Length - at)));
        }

        return new ReadOnlySequence<byte>(first, 0, last, last.Memory.Length);
    }

    internal static void AssertSame(EnvelopeHeader expected, EnvelopeHeader actual)
    {
        Assert.Equal(
            (expected.FreshUntil, expected.CreatedAt, expected.FreshFor, expected.StaleFor, expected.FallbackFor),
            (actual.FreshUntil, actual.CreatedAt, actual.FreshFor, actual.StaleFor, actual.FallbackFor));
        Assert.Equal(
            (expected.SlidingFor, expected.RefreshAfter, expected.IsNotFound, expected.CacheFence, expected.Validators),
            (actual.SlidingFor, actual.RefreshAfter, actual.IsNotFound, actual.CacheFence, actual.Validators));
        Assert.Equal(expected.Validators?.LastModified?.Offset, actual.Validators?.LastModified?.Offset);
        Assert.Equal(expected.Tags ?? [], actual.Tags ?? []);
    }

    private sealed class Segment : ReadOnlySequenceSegment<byte>
    {
        internal Segment(ReadOnlyMemory<byte> memory, long index) => (Memory, RunningIndex) = (memory, index);

        internal Segment Append(ReadOnlyMemory<byte> memory)
        {
            var next = new Segment(memory, RunningIndex + Memory.Length);
            Next = next;
            return next;
        }
    }
}
