using System.Buffers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Larder.Sealing;
using Larder.Tests.Support;
using Microsoft.Extensions.Caching.Hybrid;
using static Larder.Tests.Sealing.SealingKit;

namespace Larder.Tests.Sealing;

/// <summary>Whatever stands in a body, the answer is a value or a reason, never an exception.</summary>
[Collection(AloneCollection.Name)]
public sealed class EnvelopeFaultTests
{
    private const int FuzzedBodies = 200_000;

    [Fact]
    public void EveryTruncation_IsAFault()
    {
        var body = Body(Some, Rich);
        for (var length = 0; length < body.Length; length++)
        {
            var expected = length < EnvelopeFormat.FixedSize ? EnvelopeFault.Truncated : EnvelopeFault.Corrupt;
            Assert.Equal(expected, Open(body[..length], out _));
        }
    }

    [Fact]
    public void EveryTruncation_WithAChecksumThatFits_IsAFaultOrLacksAPayloadThatCanBeRead()
    {
        var body = Body(Some, Rich);
        for (var length = EnvelopeFormat.FixedSize; length < body.Length; length++)
        {
            Assert.NotEqual(EnvelopeFault.None, Fault<Parcel>(Rechecked(body[..length])));
        }
    }

    [Fact]
    public void EveryFlippedBit_IsAFault_OrShortensFreshness()
    {
        var body = Body(Some, Rich);
        for (var bit = 0; bit < body.Length * 8; bit++)
        {
            var flipped = (byte[])body.Clone();
            flipped[bit / 8] ^= (byte)(1 << (bit % 8));
            var fault = Open(flipped, out var envelope);
            if (bit >= EnvelopeFormat.ChecksumAt * 8)
            {
                Assert.Equal(EnvelopeFault.Corrupt, fault);
                continue;
            }

            // The first bytes are for the tier to change. However they look, freshness never lasts longer than it might have from the beginning.
            Assert.Equal(EnvelopeFault.None, fault);
            Assert.NotEqual(Rich.FreshUntil, envelope.Header.FreshUntil);
            Assert.InRange(envelope.Header.FreshUntil, long.MinValue, Created + Rich.FreshFor);
            AssertSame(Rich with { FreshUntil = envelope.Header.FreshUntil }, envelope.Header);
        }
    }

    [Fact]
    public void RandomAndMutatedBodies_NeverThrow_AndTakeNoMoreMemoryThanTheirSize()
    {
        var random = new Random(20_260_101);
        var seals = Seals();
        byte[][] samples =
        [
            Body(Some, Rich), Body("größe", Rich), Body<byte[]>([1, 2, 3]), Body("\uD83D"), Body<string?>(null),
            Body(Enumerable.Repeat("x", 50).ToList(), Plain with { Tags = [.. Enumerable.Range(0, 20).Select(i => new EnvelopeTag($"tag{i}", default))] }),
        ];
        var seen = new HashSet<EnvelopeFault>();
        for (var i = 0; i < FuzzedBodies; i++)
        {
            var body = Mutated(random, samples);
            var cut = random.Next(2) == 0 ? new ReadOnlySequence<byte>(body) : Segments(body, random.Next(1, 80));
            var before = GC.GetAllocatedBytesForCurrentThread();
            var fault = Envelope.TryOpen(in cut, Key, out var envelope);
            var taken = GC.GetAllocatedBytesForCurrentThread() - before;
            Assert.True(taken <= 400 + (body.Length * 16), $"{taken} bytes for a body of {body.Length}, run {i}");
            seen.Add(fault);
            if (fault == EnvelopeFault.None)
            {
                seen.Add(Decode<Parcel>(in envelope, seals));
                seen.Add(Decode<string>(in envelope, seals));
                seen.Add(Decode<byte[]>(in envelope, seals));
                seen.Add(Decode<List<string>>(in envelope, seals));
                using var rewritten = envelope.Rewrite(envelope.Header);
                Assert.Equal(EnvelopeFault.None, Envelope.TryOpen(rewritten.Bytes, Key, out _));
            }
        }

        // Every way to fail was met, so nothing above was idle.
        Assert.Equal(Enum.GetValues<EnvelopeFault>().Order(), seen.Order());
    }

    [Fact]
    public void AnotherKey_IsAFault() => Assert.Equal(EnvelopeFault.OtherKey, Open(Body(Some), out _, "parcel:18"));

    [Fact]
    public void AnotherVersion_IsAFault()
    {
        var body = Body(Some);
        body[EnvelopeFormat.VersionAt] = 2;
        Assert.Equal(EnvelopeFault.UnknownVersion, Open(Rechecked(body), out _));
    }

    [Theory]
    [InlineData(1 << 5, EnvelopeFault.UnknownFlag)]
    [InlineData(1 << 6, EnvelopeFault.Compressed)]
    [InlineData(1 << 7, EnvelopeFault.Encrypted)]
    [InlineData(3 << 6, EnvelopeFault.Encrypted)]
    internal void FlagsOfLaterVersions_AreFaults(int flags, EnvelopeFault expected)
    {
        var body = Body(Some);
        body[EnvelopeFormat.FlagsAt] |= (byte)flags;
        Assert.Equal(expected, Open(Rechecked(body), out _));
    }

    [Fact]
    public void CodecOfALaterVersion_IsAFaultOfThePayloadAlone()
    {
        var body = Body(Some);
        body[EnvelopeFormat.CodecAt] = 9;
        var envelope = Opened(Rechecked(body));

        Assert.Equal(EnvelopeFault.UnknownCodec, Decode<Parcel>(in envelope, Seals()));
        using var rewritten = envelope.Rewrite(Rich);
        Assert.Equal((CodecId)9, Opened(rewritten.Bytes.ToArray()).Codec);
    }

    [Fact]
    public void AnotherType_IsAnotherContract()
    {
        Assert.Equal(EnvelopeFault.OtherContract, Fault<EnvelopeFaultTests>(Body(Some)));
        Assert.Equal(EnvelopeFault.OtherContract, Fault<object>(Body(Some)));
        Assert.Equal(EnvelopeFault.OtherContract, Fault<string>(Body<byte[]>([1])));
        Assert.Equal(EnvelopeFault.OtherContract, Fault<ReadOnlyMemory<byte>>(Body<byte[]>([1])));
        Assert.Equal(EnvelopeFault.OtherContract, Fault<int>(Body<int?>(1)));
        Assert.Equal(EnvelopeFault.OtherContract, Fault<List<int>>(Body(new List<string>())));
        Assert.Equal(EnvelopeFault.OtherContract, Fault<Parcel>(Body<string?>(null)));
    }

    [Fact]
    public void ValueThatCanNotBeNull_WithoutAPayload_IsAFault()
    {
        var body = Body(5);
        body[EnvelopeFormat.CodecAt] = (byte)CodecId.None;
        Assert.Equal(EnvelopeFault.OtherContract, Fault<int>(Rechecked(body[..^1])));
    }

    [Fact]
    public void NotFound_HasNoValue()
    {
        using var body = Envelope.OfNotFound(Key, in Plain);
        Assert.Equal(EnvelopeFault.OtherContract, Fault<string>(body.Bytes.ToArray()));
    }

    [Fact]
    public void AnotherVersionOfAJsonType_SharesItsBodies()
    {
        var older = Body(new Order { Number = 7, Gone = "x" });
        Assert.Equal(Crc32C.Of("Larder.Tests.Sealing.EnvelopeFaultTests+Order"u8), Opened(older).Contract);

        var json = new JsonSerializerOptions { TypeInfoResolver = new DefaultJsonTypeInfoResolver { Modifiers = { Newer } } };
        var newer = Decoded<Order>(Opened(older), Seals(json: json))!;
        Assert.Equal((7, null), (newer.Number, newer.Gone));

        // The newer version of the type no longer has one of the properties.
        static void Newer(JsonTypeInfo type)
        {
            if (type.Type == typeof(Order))
            {
                type.Properties.Remove(type.Properties.Single(property => property.Name == nameof(Order.Gone)));
            }
        }
    }

    [Fact]
    public void Contract_CountsGenericArgumentsButNoAssemblies()
    {
        Assert.Equal(
            Crc32C.Of("System.Collections.Generic.Dictionary`2[System.String,Larder.Tests.Sealing.Parcel[]]"u8),
            Contract.Of(typeof(Dictionary<string, Parcel[]>), null, null));
        Assert.NotEqual(Contract.Of(typeof(Parcel), null, typeof(ParcelSerializer)), Contract.Of(typeof(Parcel), typeof(ParcelSerializer), null));
    }

    [Fact]
    public void AnotherTransformerOrCodec_IsAnotherContract()
    {
        var own = Seals(serializer: new ParcelSerializer());
        var transformed = Seals(transformer: new ParcelTransformer());
        Assert.Equal(EnvelopeFault.OtherContract, Fault<Parcel>(Body(Some, seals: own)));
        Assert.Equal(EnvelopeFault.OtherContract, Fault<Parcel>(Body(Some, seals: own), Seals(serializer: new FailingSerializer())));
        Assert.Equal(EnvelopeFault.OtherContract, Fault<Parcel>(Body(Some, seals: transformed)));
        Assert.Equal(EnvelopeFault.OtherContract, Fault<Parcel>(Body(Some), transformed));
        Assert.Equal(EnvelopeFault.OtherContract, Fault<Parcel?>(Body<Parcel?>(null), transformed));
    }

    [Fact]
    public void OlderBodies_AreReadByTheirOwnCodec_AfterAnotherWasRegistered() =>
        Assert.Equivalent(Some, Decoded<Parcel>(Opened(Body(Some)), Seals(serializer: new ParcelSerializer())), strict: true);

    [Fact]
    public void CodecThatFails_IsUndecodable_AndTellsWhy()
    {
        var seals = Seals(serializer: new FailingSerializer());
        var envelope = Opened(Body(Some, seals: seals));

        Assert.Equal(EnvelopeFault.Undecodable, seals.For<Parcel>().TryDecode(in envelope, Key, out var value, out var failure));
        Assert.Null(value);
        Assert.IsType<FormatException>(failure);
    }

    [Fact]
    public void TransformerThatFailsToRestore_IsUndecodable()
    {
        var seals = Seals(transformer: new FailingTransformer());
        Assert.Equal(EnvelopeFault.Undecodable, Fault<Parcel>(Body(Some, seals: seals), seals));
    }

    [Fact]
    public void PayloadThatIsNoUtf8_IsUndecodable()
    {
        var body = Body("abc");
        body[^1] = 0xC3;
        Assert.Equal(EnvelopeFault.Undecodable, Fault<string>(Rechecked(body)));
    }

    [Fact]
    public void TagThatIsNoUtf8_IsMalformed()
    {
        var body = Body("", Plain with { Tags = [new EnvelopeTag("tagname", default)] });
        body[body.AsSpan().IndexOf("tagname"u8)] = 0xC3;
        Assert.Equal(EnvelopeFault.Malformed, Open(Rechecked(body), out _));
    }

    [Fact]
    public void JsonContractThatIsMissing_ThrowsOnTheWayIn_AndIsAFaultOnTheWayOut()
    {
        var seals = Seals(json: new JsonSerializerOptions { TypeInfoResolver = JsonTypeInfoResolver.Combine() });
        Assert.Contains("JsonOptions", Assert.Throws<LarderException>(() => Body(Some, seals: seals)).Message, StringComparison.Ordinal);
        Assert.Equal(EnvelopeFault.Undecodable, Fault<Parcel>(Body(Some), seals));
    }

    private static EnvelopeFault Decode<T>(in Envelope envelope, Seals seals) => seals.For<T>().TryDecode(in envelope, Key, out _, out _);

    private static byte[] Mutated(Random random, byte[][] samples)
    {
        if (random.Next(10) == 0)
        {
            var noise = new byte[random.Next(200)];
            random.NextBytes(noise);
            return noise;
        }

        var body = (byte[])samples[random.Next(samples.Length)].Clone();
        for (var changes = random.Next(1, 4); changes > 0; changes--)
        {
            body[random.Next(body.Length)] = random.Next(3) switch { 0 => (byte)random.Next(256), 1 => 0xFF, _ => (byte)random.Next(10) };
        }

        if (random.Next(4) == 0)
        {
            body = body[..random.Next(EnvelopeFormat.FixedSize, body.Length)];
        }

        // Most get a checksum that fits, or nothing behind it would ever be tried.
        return random.Next(10) == 0 ? body : Rechecked(body);
    }

    private sealed class Order
    {
        public int Number { get; set; }

        public string? Gone { get; set; }
    }

    private sealed class FailingSerializer : IHybridCacheSerializer<Parcel>
    {
        public Parcel Deserialize(ReadOnlySequence<byte> source) => throw new FormatException("no way back");

        public void Serialize(Parcel value, IBufferWriter<byte> target) => target.Write(Encoding.UTF8.GetBytes(value.Place));
    }

    private sealed class FailingTransformer : IValueTransformer<Parcel>
    {
        public Parcel Transform(string key, Parcel value) => value;

        public Parcel Restore(string key, Parcel stored) => throw new FormatException("no way back");
    }
}
