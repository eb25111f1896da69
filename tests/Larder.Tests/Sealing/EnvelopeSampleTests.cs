using System.Buffers;
using Larder.Entries;
using Larder.Sealing;
using static Larder.Tests.Sealing.SealingKit;

namespace Larder.Tests.Sealing;

/// <summary>
/// Bodies of version 1 as files. They were made by another program from the table in docs/wire-format.md, and stay as they are for ever: readers must
/// read them, and as long as version 1 is written, writers must write exactly them.
/// </summary>
public sealed class EnvelopeSampleTests
{
    [Fact]
    public void Json_IsReadAndWritten() =>
        AssertSample("json", "parcel:17", Some, Plain with { StaleFor = 60_000, FallbackFor = 3_600_000, RefreshAfter = 240_000 });

    [Fact]
    public void Text_ThatSlides_IsReadAndWritten() =>
        AssertSample("text", "greeting:ü", "Grüße, 世界 🎁", Plain with { FreshFor = 3_600_000, SlidingFor = 60_000, FreshUntil = Created + 60_000 });

    [Fact]
    public void Bytes_AreReadAndWritten() => AssertSample<byte[]>("bytes", "bytes", [0, 1, 2, 0xFE, 0xFF], Plain);

    [Fact]
    public void TagsAndValidators_OfAnExpiredEntry_AreReadAndWritten() =>
        AssertSample(
            "tagged",
            "tagged",
            Some,
            Plain with
            {
                FreshUntil = Created + 1_000,
                Tags =
                [
                    new EnvelopeTag("shop", new FenceToken(0x0001020304050607, 0x08090A0B0C0D0E0F)),
                    new EnvelopeTag("größe", new FenceToken(0x1011121314151617, 0x18191A1B1C1D1E1F)),
                ],
                Validators = new Validators("\"v1\"", new DateTimeOffset(2025, 12, 31, 23, 59, 59, TimeSpan.FromHours(1))),
            });

    [Fact]
    public void Null_IsReadAndWritten() => AssertSample<string?>("null", "null", null, Plain);

    [Fact]
    public void StringThatIsNoText_IsReadAndWritten() => AssertSample("code-units", "half", "a\uD83D", Plain);

    [Fact]
    public void OwnCodecAndTransformer_AreReadAndWritten()
    {
        var seals = Seals(serializer: new ParcelSerializer(), transformer: new ParcelTransformer());
        var sample = Sample("custom");

        Assert.Equal(sample, Body(Some, Plain, seals, "custom"));
        var restored = Decoded<Parcel>(Opened(sample, "custom"), seals, "custom")!;
        Assert.Equal((17, "Z… of custom"), (restored.Number, restored.Place));
    }

    [Fact]
    public void NotFound_IsReadAndWritten()
    {
        var header = Plain with { FreshFor = 30_000, FreshUntil = Created + 30_000, IsNotFound = true };
        var sample = Sample("not-found");

        AssertSame(header, Opened(sample, "nobody").Header);
        using var written = Envelope.OfNotFound("nobody", in header);
        Assert.Equal(sample, written.Bytes.ToArray());
        Assert.Equal(0, written.PayloadBytes);
    }

    [Fact]
    public void EveryFile_IsReadByATest() =>
        Assert.Equal(8, typeof(EnvelopeSampleTests).Assembly.GetManifestResourceNames().Count(name => name.StartsWith("v1-", StringComparison.Ordinal)));

    private static void AssertSample<T>(string name, string key, T value, EnvelopeHeader header)
    {
        var sample = Sample(name);
        var envelope = Opened(sample, key);

        AssertSame(header, envelope.Header);
        Assert.Equivalent(value, Decoded<T>(in envelope, key: key), strict: true);
        Assert.Equal(sample, Body(value, header, key: key));
        using var rewritten = envelope.Rewrite(in header);
        Assert.Equal(sample, rewritten.Bytes.ToArray());
    }

    private static byte[] Sample(string name)
    {
        using var stream = typeof(EnvelopeSampleTests).Assembly.GetManifestResourceStream($"v1-{name}")
            ?? throw new InvalidOperationException($"There is no sample v1-{name}.");
        var bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return bytes;
    }
}
