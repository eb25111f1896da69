using System.Buffers;
using System.Text.Json;
using System.Text.Json.Serialization;
using Larder.Sealing;
using Larder.Tests.Support;
using Microsoft.Extensions.Caching.Hybrid;
using static Larder.Tests.Sealing.SealingKit;

namespace Larder.Tests.Sealing;

/// <summary>The buffer behind a body: its limit, what a codec may do with it, and what it costs.</summary>
[Collection(AloneCollection.Name)]
public sealed class SealedBodyTests
{
    private const int Measured = 1_000;

    [Fact]
    public void PayloadOverTheLimit_IsMeasuredButNotKept()
    {
        var seals = Seals(maximumBytes: 100);
        using var fits = seals.For<byte[]>().Encode(Key, new byte[100], in Plain);
        using var bytes = seals.For<byte[]>().Encode(Key, new byte[101], in Plain);
        using var text = seals.For<string>().Encode(Key, new string('ü', 51), in Plain);
        using var json = seals.For<List<int>>().Encode(Key, [.. Enumerable.Repeat(1, 100_000)], in Plain);

        Assert.Equal((100L, false), (fits.PayloadBytes, fits.IsTooLarge));
        Assert.Equal((101L, true), (bytes.PayloadBytes, bytes.IsTooLarge));
        Assert.Equal((102L, true), (text.PayloadBytes, text.IsTooLarge));
        Assert.Equal((200_001L, true), (json.PayloadBytes, json.IsTooLarge));
        Assert.Throws<InvalidOperationException>(() => bytes.Bytes);
    }

    [Fact]
    public void PayloadFarOverTheLimit_TakesNoMemoryForIt()
    {
        var seal = Seals(maximumBytes: 1_000).For<byte[]>();
        var huge = new byte[50_000_000];
        var before = GC.GetAllocatedBytesForCurrentThread();
        using var body = seal.Encode(Key, huge, in Plain);

        Assert.Equal(huge.Length, body.PayloadBytes);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 100_000);
    }

    [Fact]
    public void CodecThatThrows_ThrowsToTheCaller_AndTheNextValueIsWritten()
    {
        var seals = Seals();
        Assert.Throws<FormatException>(() => Body(new Awkward(new Thrower()), seals: seals));
        Assert.Equal(new Awkward(null), Decoded<Awkward>(Opened(Body(new Awkward(null), seals: seals)), seals));
    }

    [Fact]
    public void ConverterThatStoresAnotherValueOnTheWay_DisturbsNeither()
    {
        var options = new JsonSerializerOptions();
        var seals = Seals(json: options);
        byte[]? inner = null;
        options.Converters.Add(new Nesting(() => inner = Body(Some, seals: seals)));
        var outer = Body(new Knot(5), seals: seals);

        Assert.Equal(new Knot(5), Decoded<Knot>(Opened(outer), seals));
        Assert.Equivalent(Some, Decoded<Parcel>(Opened(inner!), seals), strict: true);
    }

    [Fact]
    public void CodecThatWritesAfterItHasReturned_IsRefused()
    {
        var codec = new Keeping();
        using var body = Seals(serializer: codec).For<Parcel>().Encode(Key, Some, in Plain);

        Assert.Throws<InvalidOperationException>(() => codec.Target!.GetSpan(1));
        Assert.Throws<InvalidOperationException>(() => codec.Target!.Advance(1));
    }

    [Fact]
    public void CodecThatClaimsMoreThanItGot_IsRefused()
    {
        var codec = new Keeping { Claims = 1_000_000 };
        Assert.Throws<ArgumentOutOfRangeException>(() => Seals(serializer: codec).For<Parcel>().Encode(Key, Some, in Plain));
    }

    [Fact]
    public void Dispose_Twice_GivesTheMemoryBackOnce()
    {
        var body = Seals().For<string>().Encode(Key, "x", in Plain);
        body.Dispose();
        body.Dispose();

        Assert.Throws<ObjectDisposedException>(() => body.Bytes);
    }

    [Fact]
    public void Encode_OfASmallValue_TakesOneSmallObject()
    {
        var seals = Seals();
        var parcel = new Small { Number = 17, Weight = 4 };
        Assert.InRange(LeastBytes(() => seals.For<Small>().Encode(Key, parcel, in Plain).Dispose(), 64), 1, 64);
        Assert.InRange(LeastBytes(() => seals.For<string>().Encode(Key, "greeting", in Rich).Dispose(), 64), 1, 64);
    }

    [Fact]
    public void OpenAndDecode_OfASmallValue_TakeOnlyTheValue()
    {
        var seals = Seals();
        var body = new ReadOnlySequence<byte>(Body(new Small { Number = 17, Weight = 4 }));

        // An object of two numbers: its header and eight bytes.
        Assert.Equal(24, LeastBytes(
            () =>
            {
                Envelope.TryOpen(in body, Key, out var envelope);
                seals.For<Small>().TryDecode(in envelope, Key, out _, out _);
            },
            24));
    }

    // Until a run shows the expected: the first runs may be slow code that the runtime is about to replace.
    private static long LeastBytes(Action call, long expected)
    {
        var least = long.MaxValue;
        var until = Environment.TickCount64 + 10_000;
        do
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            for (var i = 0; i < Measured; i++)
            {
                call();
            }

            least = Math.Min(least, (GC.GetAllocatedBytesForCurrentThread() - before + Measured - 1) / Measured);
            Thread.Yield();
        }
        while (least > expected && Environment.TickCount64 < until);

        return least;
    }

    private sealed class Small
    {
        public int Number { get; set; }

        public int Weight { get; set; }
    }

    private sealed record Knot(int Number);

    private sealed record Awkward(Thrower? Thrower)
    {
        public string Padding { get; } = new('x', 600);
    }

    private sealed class Thrower
    {
        public int Number => throw new FormatException("no form");
    }

    private sealed class Nesting(Action inside) : JsonConverter<Knot>
    {
        public override Knot Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => new(reader.GetInt32());

        public override void Write(Utf8JsonWriter writer, Knot value, JsonSerializerOptions options)
        {
            inside();
            writer.WriteNumberValue(value.Number);
        }
    }

    private sealed class Keeping : IHybridCacheSerializer<Parcel>
    {
        internal IBufferWriter<byte>? Target { get; private set; }

        internal int Claims { get; init; }

        public Parcel Deserialize(ReadOnlySequence<byte> source) => throw new NotSupportedException();

        public void Serialize(Parcel value, IBufferWriter<byte> target)
        {
            Target = target;
            target.GetSpan(1)[0] = 1;
            target.Advance(Math.Max(1, Claims));
        }
    }
}
