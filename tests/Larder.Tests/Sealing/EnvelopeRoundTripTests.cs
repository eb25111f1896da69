using System.Buffers;
using System.Text.Json;
using System.Text.Json.Serialization;
using FsCheck;
using FsCheck.Fluent;
using Larder.Entries;
using Larder.Sealing;
using static Larder.Tests.Sealing.SealingKit;

namespace Larder.Tests.Sealing;

/// <summary>What is put into a body comes out of it, however its bytes arrive.</summary>
public sealed partial class EnvelopeRoundTripTests
{
    private const int Longest = 1 << 30;

    // What lies below is an expiration, not a moment.
    private const long Earliest = -(1L << 60);

    [Fact]
    public void AnyHeaderAndText_ComesBack()
    {
        var seal = Seals().For<string>();
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(2_000).WithQuietOnSuccess(true), Prop.ForAll(Cases(), given =>
        {
            using var body = seal.Encode(given.Key, given.Value, given.Header);
            var bytes = body.Bytes.ToArray();
            Assert.Equal(EnvelopeFault.None, Envelope.TryOpen(Segments(bytes, given.SegmentSize), given.Key, out var envelope));
            AssertSame(given.Header, envelope.Header);
            Assert.Equal(EnvelopeFault.None, seal.TryDecode(in envelope, given.Key, out var value, out _));
            Assert.Equal(given.Value, value);

            using var rewritten = envelope.Rewrite(envelope.Header);
            Assert.Equal(bytes, rewritten.Bytes.ToArray());
            Assert.Equal(body.PayloadBytes, rewritten.PayloadBytes);
        }));
    }

    [Fact]
    public void Bytes_OfEveryShape_ComeBack()
    {
        byte[] bytes = [1, 2, 3];
        Assert.Equal(bytes, Again(bytes));
        Assert.Equal(bytes, Again<ReadOnlyMemory<byte>>(bytes).ToArray());
        Assert.Equal(bytes, Again<Memory<byte>>(bytes).ToArray());
        Assert.Equal(bytes, Again(new ArraySegment<byte>([0, 1, 2, 3, 4], 1, 3)).ToArray());
        Assert.Equal(bytes, Again(Segments(bytes, 2)).ToArray());
    }

    [Fact]
    public void EmptyAndDefaultValues_AreNotNull()
    {
        Assert.Equal("", Again(""));
        Assert.Empty(Again(Array.Empty<byte>())!);
        Assert.True(Again<ReadOnlyMemory<byte>>(default).IsEmpty);
        Assert.Equal(0, Again<ArraySegment<byte>>(default).Count);
        Assert.Equal(0, Again(0));
        Assert.Equal(0, Again<int?>(0));
    }

    [Fact]
    public void Null_OfEveryCodec_IsNullAgain()
    {
        Assert.Null(Again<string?>(null));
        Assert.Null(Again<byte[]?>(null));
        Assert.Null(Again<Parcel?>(null));
        Assert.Null(Again<int?>(null));
        Assert.Null(Again<Parcel?>(null, Seals(serializer: new ParcelSerializer())));
        Assert.Null(Again<Parcel?>(null, Seals(transformer: new ParcelTransformer())));
    }

    [Theory]
    [InlineData("\uD83D")]
    [InlineData("a\uDE00b")]
    [InlineData("\uDE00\uD83D")]
    [InlineData("\uD83D\uD83D\uDE00")]
    [InlineData("\0\uFFFE\uFFFF")]
    [InlineData("🎁🎁")]
    public void StringsThatAreNoText_ComeBackAsTheyWere(string value) => Assert.Equal(value, Again(value));

    [Fact]
    public void HugeValues_ComeBack_HoweverTheyArrive()
    {
        var bytes = new byte[5_000_000];
        new Random(1).NextBytes(bytes);
        var text = string.Concat(Enumerable.Repeat("größer 🎁 ", 300_000));
        var list = Enumerable.Range(0, 200_000).ToList();
        var seals = Seals(maximumBytes: 100_000_000);

        Assert.True(bytes.AsSpan().SequenceEqual(Again(bytes, seals)));
        Assert.True(text == Again(text, seals));
        Assert.True(list.SequenceEqual(Again(list, seals)!));
    }

    [Fact]
    public void Overhead_OfAnEntryWithoutTags_IsAtMost75Bytes()
    {
        Assert.Equal(52, Body("").Length);
        Assert.InRange(
            Body("", Plain with
            {
                FreshFor = (long)EntryOptionsRules.LongestDuration.TotalMilliseconds,
                StaleFor = (long)TimeSpan.FromDays(365).TotalMilliseconds,
                FallbackFor = (long)TimeSpan.FromDays(365).TotalMilliseconds,
                SlidingFor = (long)TimeSpan.FromDays(30).TotalMilliseconds,
                RefreshAfter = (long)TimeSpan.FromDays(30).TotalMilliseconds,
            }).Length,
            52,
            75);
    }

    [Fact]
    public void Rewrite_WithOtherTagsAndLimits_KeepsThePayload()
    {
        var before = Opened(Body(Some));
        using var rewritten = before.Rewrite(Rich);
        var after = Opened(rewritten.Bytes.ToArray());

        AssertSame(Rich, after.Header);
        Assert.Equal((before.Codec, before.Contract), (after.Codec, after.Contract));
        Assert.Equivalent(Some, Decoded<Parcel>(in after), strict: true);
        using var back = after.Rewrite(Plain);
        Assert.Equal(Body(Some), back.Bytes.ToArray());
    }

    [Fact]
    public void Rewrite_OfNotFound_StaysNotFound()
    {
        using var body = Envelope.OfNotFound(Key, in Plain);
        using var rewritten = Opened(body.Bytes.ToArray()).Rewrite(Rich);

        Assert.True(Opened(rewritten.Bytes.ToArray()).Header.IsNotFound);
    }

    [Fact]
    public void ETagThatIsNoText_IsLeftOut()
    {
        var modified = new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);
        Assert.Equal(new Validators(null, modified), Opened(Body("", Plain with { Validators = new Validators("\uD83D", modified) })).Header.Validators);
        Assert.Null(Opened(Body("", Plain with { Validators = new Validators("\uD83D", null) })).Header.Validators);
    }

    [Fact]
    public void Json_WithTheApplicationsOptions_UsesThem()
    {
        var seals = Seals(json: new JsonSerializerOptions(JsonSerializerDefaults.Web)
        {
            WriteIndented = true,
            Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        });
        var envelope = Opened(Body(Some, seals: seals));

        Assert.Equal("""{"number":17,"place":"Zürich","lines":["a","b"]}"""u8, envelope.Payload.ToArray());
        Assert.Equivalent(Some, Decoded<Parcel>(in envelope, seals), strict: true);
    }

    [Fact]
    public void Json_DeeperThanUsual_ObeysMaxDepthBothWays()
    {
        var deep = new Nested(null, 0);
        for (var i = 0; i < 100; i++)
        {
            deep = new Nested(deep, i);
        }

        Assert.Throws<JsonException>(() => Body(deep));
        var seals = Seals(json: new JsonSerializerOptions { MaxDepth = 500 });
        Assert.Equal(deep, Decoded<Nested>(Opened(Body(deep, seals: seals)), seals));
    }

    [Fact]
    public void Json_GeneratedContractAndReflection_ShareTheirBodies()
    {
        var generated = Seals(json: new JsonSerializerOptions { TypeInfoResolver = Generated.Default });
        Assert.Equal(Body(new Nested(null, 0)), Body(new Nested(null, 0), seals: generated));
        Assert.Equal(new Nested(null, 0), Decoded<Nested>(Opened(Body(new Nested(null, 0))), generated));
    }

    [Fact]
    public async Task ManyThreads_WithOneSeal_GetTheirOwnValues()
    {
        var seals = Seals();
        using var start = new Barrier(8);
        await Task.WhenAll(Enumerable.Range(0, 8).Select(worker => Task.Factory.StartNew(
            () =>
            {
                start.SignalAndWait(Support.Bounded.Patience);
                for (var i = 0; i < 500; i++)
                {
                    var number = (worker * 1_000) + i;
                    var value = new Parcel(number, new string('x', number % 700), []);
                    Assert.Equivalent(value, Decoded<Parcel>(Opened(Body(value, seals: seals)), seals), strict: true);
                    Assert.Equal($"{number}", Decoded<string>(Opened(Body($"{number}", seals: seals)), seals));
                }
            },
            CancellationToken.None,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default))).WaitAsync(Support.Bounded.Patience);
    }

    private static T? Again<T>(T value, Seals? seals = null)
    {
        var body = Body(value, seals: seals);
        Assert.Equal(EnvelopeFault.None, Envelope.TryOpen(Segments(body, 4_096), Key, out var cut));
        return Decoded<T>(in cut, seals);
    }

    private static Arbitrary<Case> Cases()
    {
        var moment = Gen.OneOf(Gen.Choose(-Longest, Longest).Select(some => Created + some), Gen.Elements(0L, Earliest, -1L));
        var duration = Gen.OneOf(
            Gen.Constant(0L), Gen.Choose(0, 300).Select(some => (long)some), Gen.Choose(0, Longest).Select(some => (long)some), Gen.Constant(3_153_600_000_000L));
        var fence = from high in Gen.Choose(int.MinValue, int.MaxValue)
                    from low in Gen.Choose(int.MinValue, int.MaxValue)
                    select new FenceToken((ulong)high * 0x9E3779B97F4A7C15, (ulong)low);
        var text = ArbMap.Default.GeneratorFor<string>().Where(some => some is { Length: > 0 } && TextSerializer.IsWellFormed(some));
        var tag = from name in text
                  from its in fence
                  select new EnvelopeTag(name, its);
        var modified = from ticks in Gen.Choose(0, int.MaxValue)
                       from minutes in Gen.Choose(-14 * 60, 14 * 60)
                       select (DateTimeOffset?)new DateTimeOffset(630_000_000_000_000_000 + (ticks * 60L), TimeSpan.FromMinutes(minutes));
        var validators = from tagged in Gen.OneOf(text, Gen.Constant(""), Gen.Constant<string>(null!))
                         from at in Gen.OneOf(modified, Gen.Constant<DateTimeOffset?>(null))
                         select tagged is null && at is null ? null : new Validators(tagged, at);
        var limits = from fresh in duration
                     from stale in duration
                     from fallback in duration
                     from sliding in duration
                     from refresh in Gen.OneOf(duration, Gen.Constant(long.MaxValue))
                     select (fresh, stale, fallback, sliding, refresh);
        var header = from createdAt in moment
                     from limit in limits
                     from earlier in duration
                     from which in Gen.OneOf(validators, Gen.Constant<Validators?>(null))
                     from its in fence
                     from tags in tag.ArrayOf()
                     let end = createdAt + limit.fresh
                     select new EnvelopeHeader
                     {
                         FreshUntil = end < Earliest + earlier ? Earliest : end - earlier,
                         CreatedAt = createdAt,
                         FreshFor = limit.fresh,
                         StaleFor = limit.stale,
                         FallbackFor = limit.fallback,
                         SlidingFor = limit.sliding,
                         RefreshAfter = limit.refresh,
                         Validators = which,
                         CacheFence = its,
                         Tags = tags,
                     };
        return (from key in text
                from value in ArbMap.Default.GeneratorFor<string>()
                from its in header
                from size in Gen.Choose(1, 200)
                select new Case(key, value, its, size)).ToArbitrary();
    }

    private sealed record Case(string Key, string? Value, EnvelopeHeader Header, int SegmentSize);

    internal sealed record Nested(Nested? Inner, int Depth);

    [JsonSerializable(typeof(Nested))]
    private sealed partial class Generated : JsonSerializerContext;
}
