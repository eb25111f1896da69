using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Larder.Tests.Support;
using Microsoft.Extensions.Caching.Hybrid;
using static Larder.Tests.Support.TestCache;

namespace Larder.Tests.Sealing;

/// <summary>The codecs behind isolated values: which one is taken, and what happens when one fails or writes too much.</summary>
public sealed partial class SerializerTests : IDisposable
{
    private static readonly EntryOptions Isolated = new() { Isolate = true };

    private readonly FakeClock _clock = new();
    private readonly LogCollector _log = new();

    public void Dispose() => _log.Dispose();

    [Fact]
    public async Task OwnSerializer_ForTheType_WinsOverFactoriesAndJson()
    {
        await using var cache = Create(options => options
            .AddSerializer(new NoteCodec("own"))
            .AddSerializerFactory(new NoteFactory(new NoteCodec("factory"))));
        await cache.SetAsync("k", new Note { Text = "a" }, Isolated);

        Assert.Equal("a, read by own", (await cache.GetAsync<Note>("k")).Value!.Text);
    }

    [Fact]
    public async Task Factories_AreAskedInTheirOrder_AndTheFirstThatKnowsTheTypeWins()
    {
        await using var cache = Create(options => options
            .AddSerializerFactory(new NoteFactory(null))
            .AddSerializerFactory(new NoteFactory(new NoteCodec("second")))
            .AddSerializerFactory(new NoteFactory(new NoteCodec("third"))));
        await cache.SetAsync("k", new Note { Text = "a" }, Isolated);
        await cache.SetAsync("l", new List<int> { 1 }, Isolated);

        Assert.Equal("a, read by second", (await cache.GetAsync<Note>("k")).Value!.Text);
        Assert.Equal([1], (await cache.GetAsync<List<int>>("l")).Value!);
    }

    [Fact]
    public async Task WithoutIsolation_NoSerializerIsAsked()
    {
        var codec = new NoteCodec("own");
        await using var cache = Create(options => options.AddSerializer(codec));
        await cache.SetAsync("k", new Note { Text = "a" });
        Assert.True(cache.TryGet<Note>("k", out _));

        Assert.Equal(0, codec.Writes);
    }

    [Fact]
    public async Task JsonOptions_OfTheApplication_AreUsed()
    {
        await using var cache = Create(options => options.JsonOptions = new JsonSerializerOptions { TypeInfoResolver = Context.Default });
        await cache.SetAsync("k", new Note { Text = "a", Hidden = "not in the contract" }, Isolated);

        var copy = (await cache.GetAsync<Note>("k")).Value!;
        Assert.Equal(("a", null), (copy.Text, copy.Hidden));
    }

    [Fact]
    public async Task JsonOptions_WithoutAResolver_FallBackToReflection()
    {
        await using var cache = Create(options => options.JsonOptions = new JsonSerializerOptions(JsonSerializerDefaults.Web));
        await cache.SetAsync("k", new Note { Text = "a" }, Isolated);

        Assert.Equal("a", (await cache.GetAsync<Note>("k")).Value?.Text);
        Assert.Empty(_log.Records);
    }

    [Fact]
    public async Task JsonOptions_ThatDoNotKnowTheType_LogTheRemedyAndServeTheValue()
    {
        await using var cache = Create(options => options.JsonOptions = new JsonSerializerOptions { TypeInfoResolver = Context.Default });

        Assert.Equal([1], await cache.GetOrCreateAsync("k", Returns(new List<int> { 1 }), Isolated));

        Assert.False(cache.TryGet<List<int>>("k", out _));
        var record = Assert.Single(_log.Records);
        Assert.Equal(6, record.Id.Id);
        var cause = Assert.IsType<LarderException>(record.Exception);
        Assert.Contains("JsonOptions", cause.Message, StringComparison.Ordinal);
        Assert.Contains("AddSerializer", cause.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ValueTooLarge_IsServedNotStoredAndCounted_AndTheOlderOneIsGone()
    {
        await using var cache = Create(options => options.MaximumValueBytes = 100);
        await cache.SetAsync("loaded", new Note { Text = "small" }, new EntryOptions { Isolate = true, FreshFor = Seconds(1), FallbackFor = Minutes(1) });
        await cache.SetAsync("set", new Note { Text = "small" }, Isolated);
        _clock.Advance(Seconds(2));
        var large = new string('x', 200);

        var served = await cache.ResolveAsync("loaded", Returns(new Note { Text = large }), Isolated);
        await cache.SetAsync("set", new Note { Text = large }, Isolated);

        Assert.Equal((CacheStatus.Miss, large, TimeSpan.Zero), (served.Status, served.Value!.Text, served.RemainingFreshness));
        Assert.Equal(CacheStatus.Absent, (await cache.GetAsync<Note>("loaded", new EntryOptions { ServeExpired = true })).Status);
        Assert.False(cache.TryGet<Note>("set", out _));
        Assert.Equal((2, 2), (cache.Statistics.TooLarge, cache.Statistics.Stores));
        Assert.Equal(0, cache.Statistics.Entries);
        Assert.Equal([5, 5], _log.Records.Select(record => record.Id.Id));
    }

    [Fact]
    public async Task ValueOfExactlyTheLimit_IsStored_AndOneByteMoreIsNot()
    {
        await using var cache = Create(options =>
        {
            options.MaximumValueBytes = 10;
            options.AddSerializer(new NoteCodec(""));
        });
        await cache.SetAsync("a", new Note { Text = "1234567890" }, Isolated);
        await cache.SetAsync("b", new Note { Text = "12345678901" }, Isolated);

        Assert.True(await cache.ExistsAsync("a"));
        Assert.False(await cache.ExistsAsync("b"));
    }

    [Fact]
    public async Task ValueTooLarge_Joined_EveryCallerGetsItsCopy()
    {
        await using var cache = Create(options => options.MaximumValueBytes = 10);
        var source = new GatedSource<Note>();
        var leader = cache.GetOrCreateAsync("k", source.Factory, Isolated);
        var call = await source.NextCallAsync();
        var joiner = cache.GetOrCreateAsync("k", source.Factory, Isolated);
        call.Answer(new Note { Text = "more than ten bytes" });

        var (first, second) = (await leader.Soon(), await joiner.Soon());
        Assert.Equal(first.Text, second.Text);
        Assert.NotSame(first, second);
    }

    [Fact]
    public async Task SerializerThatThrowsOnWriting_ValueIsServedNotStored_AndTheOlderOneIsGone()
    {
        var codec = new NoteCodec("own");
        await using var cache = Create(options => options.AddSerializer(codec));
        await cache.SetAsync("loaded", new Note { Text = "old" }, new EntryOptions { Isolate = true, FreshFor = Seconds(1), FallbackFor = Minutes(1) });
        await cache.SetAsync("set", new Note { Text = "old" }, Isolated);
        _clock.Advance(Seconds(2));
        codec.FailsToWrite = true;

        Assert.Equal("new", (await cache.GetOrCreateAsync("loaded", Returns(new Note { Text = "new" }), Isolated)).Text);
        await cache.SetAsync("set", new Note { Text = "new" }, Isolated);

        Assert.Equal(0, cache.Statistics.Entries);
        Assert.Equal([6, 6], _log.Records.Select(record => record.Id.Id));
    }

    [Fact]
    public async Task SerializerThatThrowsOnWriting_Joined_EveryCallerGetsAValue()
    {
        await using var cache = Create(options => options.AddSerializer(new NoteCodec("own") { FailsToWrite = true }));
        var source = new GatedSource<Note>();
        var leader = cache.GetOrCreateAsync("k", source.Factory, Isolated);
        var call = await source.NextCallAsync();
        var joiner = cache.GetOrCreateAsync("k", source.Factory, Isolated);
        call.Answer(new Note { Text = "v" });

        Assert.Equal("v", (await leader.Soon()).Text);
        Assert.Equal("v", (await joiner.Soon()).Text);
    }

    [Fact]
    public async Task SerializerThatThrowsOnReading_EntryIsDroppedCountedAndLoadedAnew()
    {
        var codec = new NoteCodec("own");
        await using var cache = Create(options => options.AddSerializer(codec));
        codec.FailsToRead = true;
        var reads = new Func<Task<string?>>[]
        {
            async () => (await cache.GetAsync<Note>("k")).Value?.Text,
            () => Task.FromResult(cache.TryGet<Note>("k", out var note) ? note.Text : null),
            async () => (await cache.GetOrCreateAsync("k", Returns(new Note { Text = "new" }))).Text,
            async () => (await cache.ResolveAsync("k", Returns(new Note { Text = "new" }), Isolated)).Value?.Text,
        };
        string?[] expected = [null, null, "new", "new"];
        for (var i = 0; i < reads.Length; i++)
        {
            await cache.SetAsync("k", new Note { Text = "old" }, Isolated);
            Assert.Equal(expected[i], await reads[i]());
        }

        Assert.Equal([7, 7, 7, 7], _log.Records.Select(record => record.Id.Id));
        Assert.Equal(1, cache.Statistics.Entries);
    }

    [Fact]
    public async Task SerializerThatThrowsOnReading_Joined_NoCallerSeesTheException()
    {
        await using var cache = Create(options => options.AddSerializer(new NoteCodec("own") { FailsToRead = true }));
        var source = new GatedSource<Note>();
        var leader = cache.GetOrCreateAsync("k", source.Factory, Isolated);
        var call = await source.NextCallAsync();
        var joiner = cache.GetOrCreateAsync("k", _ => new ValueTask<Note>(new Note { Text = "v" }), Isolated);
        call.Answer(new Note { Text = "v" });

        Assert.Equal("v", (await leader.Soon()).Text);
        Assert.Equal("v", (await joiner.Soon()).Text);
    }

    [Fact]
    public async Task SerializerThatThrowsOnReading_FailingSource_TheSourcesExceptionReachesTheCaller()
    {
        var codec = new NoteCodec("own") { FailsToRead = true };
        await using var cache = Create(options => options.AddSerializer(codec));
        await cache.SetAsync("k", new Note { Text = "old" }, new EntryOptions { Isolate = true, FreshFor = Seconds(1), FallbackFor = Minutes(1) });
        _clock.Advance(Seconds(2));

        await Assert.ThrowsAsync<IOException>(
            () => cache.GetOrCreateAsync<Note>("k", _ => throw new IOException("down"), Isolated).AsTask());
        Assert.Equal(0, cache.Statistics.Entries);
    }

    private ICache Create(Action<CacheOptions> configure) => TestCache.Create(_clock, options =>
    {
        options.LoggerFactory = _log;
        configure(options);
    });

    internal sealed class Note
    {
        public string? Text { get; set; }

        [JsonIgnore]
        public string? Hidden { get; set; }
    }

    [JsonSerializable(typeof(Note))]
    internal sealed partial class Context : JsonSerializerContext;

    private sealed class NoteCodec(string name) : IHybridCacheSerializer<Note>
    {
        internal bool FailsToWrite { get; set; }

        internal bool FailsToRead { get; set; }

        internal int Writes { get; private set; }

        public Note Deserialize(ReadOnlySequence<byte> source) => FailsToRead
            ? throw new FormatException("unreadable")
            : new Note { Text = $"{Encoding.UTF8.GetString(source)}, read by {name}" };

        public void Serialize(Note value, IBufferWriter<byte> target)
        {
            Writes++;
            if (FailsToWrite)
            {
                throw new FormatException("unwritable");
            }

            target.Write(Encoding.UTF8.GetBytes(value.Text!));
        }
    }

    private sealed class NoteFactory(NoteCodec? codec) : IHybridCacheSerializerFactory
    {
        public bool TryCreateSerializer<T>([NotNullWhen(true)] out IHybridCacheSerializer<T>? serializer)
        {
            serializer = codec as IHybridCacheSerializer<T>;
            return serializer is not null;
        }
    }
}
