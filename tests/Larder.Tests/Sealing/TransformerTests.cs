using Larder.Tests.Support;
using static Larder.Tests.Support.TestCache;

namespace Larder.Tests.Sealing;

/// <summary>Values that the application changes on their way into the cache and back.</summary>
public sealed class TransformerTests : IAsyncDisposable
{
    private readonly FakeClock _clock = new();
    private readonly LogCollector _log = new();
    private readonly Bracketing _brackets = new();
    private readonly ICache _cache;

    public TransformerTests() => _cache = TestCache.Create(_clock, options =>
    {
        options.LoggerFactory = _log;
        options.AddTransformer(_brackets);
    });

    public async ValueTask DisposeAsync()
    {
        await _cache.DisposeAsync();
        _log.Dispose();
    }

    [Fact]
    public async Task Load_TheLoaderGetsWhatTheFactoryReturned_OthersTheRestoredValue()
    {
        Assert.Equal("v", await _cache.GetOrCreateAsync("k", Returns("v")));

        Assert.Equal("restored k <v>", await _cache.GetOrCreateAsync("k", Never<string>()));
        Assert.True(_cache.TryGet<string>("k", out var found));
        Assert.Equal("restored k <v>", found);
        Assert.Equal("restored k <v>", (await _cache.GetAsync<string>("k")).Value);
        Assert.Equal((1, 3), (_brackets.Transforms, _brackets.Restores));
    }

    [Fact]
    public async Task Set_IsTransformedAndRestored()
    {
        await _cache.SetAsync("k", "v");

        Assert.Equal("restored k <v>", (await _cache.GetAsync<string>("k")).Value);
    }

    [Fact]
    public async Task Joined_TheCallersGetWhatTheFactoryReturned()
    {
        var source = new GatedSource<string>();
        var leader = _cache.GetOrCreateAsync("k", source.Factory);
        var call = await source.NextCallAsync();
        var joiner = _cache.GetOrCreateAsync("k", source.Factory);
        var telling = _cache.ResolveAsync("k", source.Factory);
        call.Answer("v");

        Assert.Equal("v", await leader.Soon());
        Assert.Equal("v", await joiner.Soon());
        Assert.Equal("v", (await telling.Soon()).Value);
    }

    [Fact]
    public async Task Isolated_IsTransformedBeforeItIsEncoded_AndRestoredAfterItIsDecoded()
    {
        await using var cache = TestCache.Create(_clock, options => options.AddTransformer(new Doubling()));
        await cache.SetAsync("k", new List<int> { 1, 2 }, new EntryOptions { Isolate = true });

        var first = (await cache.GetAsync<List<int>>("k")).Value!;
        Assert.Equal([102, 104], first);
        first.Clear();
        Assert.Equal([102, 104], (await cache.GetAsync<List<int>>("k")).Value!);
    }

    [Fact]
    public async Task ValuesOfAnotherType_AreLeftAlone()
    {
        await _cache.SetAsync("o", (object)"text");
        await _cache.SetAsync("n", 5);

        Assert.Equal("text", (await _cache.GetAsync<string>("o")).Value);
        Assert.Equal(5, (await _cache.GetAsync<int>("n")).Value);
        Assert.Equal((0, 0), (_brackets.Transforms, _brackets.Restores));
    }

    [Fact]
    public async Task NotFoundAndNull_AreHandledWithoutHarm()
    {
        await _cache.GetOrCreateAsync(
            "missing", 0, static (_, entry, _) => new ValueTask<string>(entry.NotFound<string>()), new EntryOptions { NotFoundFor = Minutes(1) });
        Assert.True((await _cache.GetAsync<string>("missing")).IsNotFound);
        Assert.Equal(0, _brackets.Transforms);

        await _cache.SetAsync<string?>("null", null);
        Assert.Equal("restored null <>", (await _cache.GetAsync<string>("null")).Value);
    }

    [Fact]
    public async Task NotModified_GoesThroughTheTransformerOnceMore()
    {
        await _cache.SetAsync("k", "v", new EntryOptions { FreshFor = Seconds(1), FallbackFor = Minutes(1) });
        _clock.Advance(Seconds(2));

        var confirmed = await _cache.GetOrCreateAsync("k", 0, static (_, entry, _) => new ValueTask<string>(entry.NotModified<string>()));

        Assert.Equal("restored k <v>", confirmed);
        Assert.Equal("restored k <restored k <v>>", (await _cache.GetAsync<string>("k")).Value);
    }

    [Fact]
    public async Task TransformThatThrows_ValueIsServedNotStored_AndTheOlderOneIsGone()
    {
        await _cache.SetAsync("k", "old", new EntryOptions { FreshFor = Seconds(1), FallbackFor = Minutes(1) });
        _clock.Advance(Seconds(2));
        _brackets.FailsToTransform = true;

        Assert.Equal("new", await _cache.GetOrCreateAsync("k", Returns("new")));
        await _cache.SetAsync("s", "new");

        Assert.Equal(0, _cache.Statistics.Entries);
        Assert.Equal([6, 6], _log.Records.Select(record => record.Id.Id));
    }

    [Fact]
    public async Task RestoreThatThrows_EntryIsDroppedAndTheCallIsAMiss()
    {
        await _cache.SetAsync("k", "old");
        _brackets.FailsToRestore = true;

        var result = await _cache.ResolveAsync("k", Returns("new"));
        Assert.Equal((CacheStatus.Miss, "new"), (result.Status, result.Value));
        Assert.False(_cache.TryGet<string>("k", out _));
        Assert.Equal(CacheStatus.Absent, (await _cache.GetAsync<string>("k")).Status);

        Assert.Equal([7, 7], _log.Records.Select(record => record.Id.Id));
        Assert.Equal(0, _cache.Statistics.Entries);
    }

    [Fact]
    public async Task RestoreThatThrows_InTryGetStale_AnswersFalse()
    {
        await _cache.SetAsync("k", "old", new EntryOptions { FreshFor = Seconds(1), FallbackFor = Minutes(1) });
        _clock.Advance(Seconds(2));
        _brackets.FailsToRestore = true;

        var seen = await _cache.GetOrCreateAsync(
            "k", 0, static (_, entry, _) => new ValueTask<string>(entry.TryGetStale<string>(out _) ? "stale" : "nothing"));

        Assert.Equal("nothing", seen);
    }

    private sealed class Bracketing : IValueTransformer<string>
    {
        internal bool FailsToTransform { get; set; }

        internal bool FailsToRestore { get; set; }

        internal int Transforms { get; private set; }

        internal int Restores { get; private set; }

        public string Transform(string key, string value)
        {
            Transforms++;
            return FailsToTransform ? throw new FormatException("no form") : $"<{value}>";
        }

        public string Restore(string key, string stored)
        {
            Restores++;
            return FailsToRestore ? throw new FormatException("no way back") : $"restored {key} {stored}";
        }
    }

    private sealed class Doubling : IValueTransformer<List<int>>
    {
        public List<int> Transform(string key, List<int> value) => [.. value.Select(number => number * 2)];

        public List<int> Restore(string key, List<int> stored) => [.. stored.Select(number => number + 100)];
    }
}
