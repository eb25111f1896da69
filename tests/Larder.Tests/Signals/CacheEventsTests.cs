using System.Collections.Concurrent;
using Larder.Tests.Support;
using static Larder.Tests.Support.TestCache;

namespace Larder.Tests.Signals;

/// <summary>What an application is told through its own events.</summary>
public sealed class CacheEventsTests : IAsyncDisposable
{
    private static readonly EntryOptions Whole = new()
    {
        FreshFor = Seconds(1),
        StaleFor = Seconds(1),
        FallbackFor = Minutes(1),
        FailureThrottle = TimeSpan.Zero,
    };

    private readonly FakeClock _clock = new();
    private readonly LogCollector _log = new();
    private readonly Recorder _events = new();
    private readonly ICache _cache;

    public CacheEventsTests() => _cache = Create(_events);

    public async ValueTask DisposeAsync()
    {
        await _cache.DisposeAsync();
        _log.Dispose();
    }

    [Fact]
    public async Task Served_EveryAnswer_IsToldOnceWithStatusAndTier()
    {
        await _cache.GetOrCreateAsync("k", Returns(1), Whole);
        await _cache.GetOrCreateAsync("k", Never<int>());
        await _cache.GetOrCreateAsync("k".AsSpan(), Never<int>());
        await _cache.ResolveAsync("k", Never<int>());
        _cache.TryGet<int>("k", out _);
        await _cache.GetAsync<int>("nothing");
        _clock.Advance(Seconds(1));
        await _cache.GetAsync<int>("k");
        _clock.Advance(Seconds(1));
        await _cache.GetAsync<int>("k", new EntryOptions { ServeExpired = true });
        await _cache.GetOrCreateAsync<int>("k", _ => throw new IOException("down"), Whole);

        Assert.Equal(
            [
                "k Miss Source", "k Hit Memory", "k Hit Memory", "k Hit Memory", "k Hit Memory", "nothing Absent None",
                "k Stale Memory", "k Expired Memory", "k Fallback Memory",
            ],
            _events.Of("Served"));
    }

    [Fact]
    public async Task Served_JoinedCallers_AreToldOneByOne()
    {
        var source = new GatedSource<int>();
        var callers = Enumerable.Range(0, 5).Select(_ => _cache.GetOrCreateAsync("k", source.Factory).AsTask()).ToList();
        (await source.NextCallAsync()).Answer(1);
        foreach (var caller in callers)
        {
            await caller.Soon();
        }

        Assert.Equal(Enumerable.Repeat("k Miss Source", 5), _events.Of("Served"));
    }

    [Fact]
    public async Task Source_SuccessAndFailureOfLoadAndRefresh_AreToldWithTheirDuration()
    {
        var source = new GatedSource<int>();
        var load = _cache.GetOrCreateAsync("k", source.Factory, Whole);
        var call = await source.NextCallAsync();
        _clock.Advance(Seconds(3));
        call.Answer(1);
        await load.Soon();
        _clock.Advance(Seconds(1));
        await _cache.GetOrCreateAsync("k", source.Factory, Whole);
        call = await source.NextCallAsync();
        _clock.Advance(Seconds(0.5));
        call.Fail(new IOException("down"));
        await Bounded.Until(() => _events.Of("SourceFailed").Count == 1);
        await Assert.ThrowsAsync<IOException>(() => _cache.GetOrCreateAsync<int>("f", _ => throw new IOException("down")).AsTask());
        await _cache.GetOrCreateAsync("k", source.Factory, Whole);
        (await source.NextCallAsync()).Answer(2);
        await Bounded.Until(() => _events.Of("SourceSucceeded").Count == 2);

        Assert.Equal(["k 3s load", "k 0s refresh"], _events.Of("SourceSucceeded"));
        Assert.Equal(["k 0.5s refresh IOException", "f 0s load IOException"], _events.Of("SourceFailed"));
    }

    [Fact]
    public async Task StoredAndFencedOff_AreTold()
    {
        var source = new GatedSource<int>();
        await _cache.SetAsync("a", 1);
        await _cache.GetOrCreateAsync("b", Returns(2));
        var load = _cache.GetOrCreateAsync("c", source.Factory);
        var call = await source.NextCallAsync();
        await _cache.SetAsync("c", 3);
        call.Answer(4);
        await load.Soon();

        Assert.Equal(["a", "b", "c"], _events.Of("Stored"));
        await Bounded.Until(() => _events.Of("FencedOff") is ["c"]);
    }

    [Fact]
    public async Task Removed_EveryKind_IsTold()
    {
        await _cache.RemoveAsync("a");
        await _cache.ExpireAsync("b");
        await _cache.RemoveByTagAsync("t");
        await _cache.ClearAsync();

        Assert.Equal(["Key a True", "Key b True", "Tag t True", "Clear  True"], _events.Of("Removed"));
    }

    [Fact]
    public async Task Evicted_ForEveryReason_IsTold()
    {
        await using var cache = Create(_events, options => options.MemoryLimit = MemoryLimit.Entries(1));
        await cache.SetAsync("a", 1);
        await cache.SetAsync("b", 1, new EntryOptions { FreshFor = Seconds(1) });
        _clock.Advance(Seconds(1));
        cache.TryGet<int>("b", out _);
        await cache.SetAsync("c", 1, tags: ["t"]);
        await cache.RemoveByTagAsync("t");
        cache.TryGet<int>("c", out _);
        await cache.SetAsync("d", "unreadable");
        cache.TryGet<string>("d", out _);

        Assert.Equal(["a Capacity", "b Expired", "c Invalidated", "d Unreadable"], _events.Of("Evicted"));
    }

    [Fact]
    public async Task Evicted_WhileNobodyUsesTheCache_IsTold()
    {
        await _cache.SetAsync("dead", 1, new EntryOptions { FreshFor = Seconds(1) });
        await _cache.SetAsync("k", 1, new EntryOptions { FreshFor = Minutes(1), StaleFor = Minutes(1) });
        _clock.Advance(Seconds(5));

        Assert.Equal((1, 1), (_cache.Statistics.Expirations, _cache.Statistics.Entries));
        await Bounded.Until(() => _events.Of("Evicted") is ["dead Expired"]);
    }

    [Fact]
    public async Task Evicted_HandlerThatUsesTheCache_EndsAndIsToldOfItsOwnEvictionsToo()
    {
        ICache? used = null;
        var told = new ConcurrentQueue<string>();
        var handler = new Reacting(key =>
        {
            told.Enqueue(key);
            if (told.Count < 50)
            {
                _ = used!.SetAsync($"again{told.Count}", 1);
                _ = used.RemoveAsync(key);
                _ = used.GetOrCreateAsync(key, Returns(1));
            }
        });
        await using var cache = used = Create(handler, options => options.MemoryLimit = MemoryLimit.Entries(2));
        for (var i = 0; i < 10; i++)
        {
            await cache.SetAsync($"k{i}", i);
        }

        await Bounded.Until(() => told.Count >= 50 && told.Count == cache.Statistics.Evictions);
        Assert.Equal(2, cache.Statistics.Entries);
    }

    [Fact]
    public async Task Evicted_ByAFailingLoad_IsToldWithoutWaitingForAnotherStore()
    {
        await _cache.SetAsync("d", "unreadable", Whole);
        _clock.Advance(Seconds(2));
        await Assert.ThrowsAsync<IOException>(() => _cache.GetOrCreateAsync<string>("d", _ => throw new IOException("down"), Whole).AsTask());

        Assert.Equal(["d Unreadable"], _events.Of("Evicted"));
    }

    [Fact]
    public async Task RemovedAndReplacedEntries_AreNotEvicted()
    {
        await _cache.SetAsync("a", 1);
        await _cache.SetAsync("a", 2);
        await _cache.RemoveAsync("a");
        await _cache.SetAsync("b", 1);
        await _cache.ClearAsync();

        Assert.Empty(_events.Of("Evicted"));
    }

    [Fact]
    public async Task RefreshShed_IsTold()
    {
        await using var cache = Create(_events, options => options.MaxConcurrentRefreshes = 0);
        await cache.SetAsync("k", 1, Whole);
        _clock.Advance(Seconds(1));
        await cache.GetOrCreateAsync("k", Never<int>(), Whole);

        Assert.Equal(["k"], _events.Of("RefreshShed"));
    }

    [Fact]
    public async Task Handlers_ThatThrow_ChangeNothingForTheCaller()
    {
        _events.Throws = true;
        Assert.Equal(1, await _cache.GetOrCreateAsync("k", Returns(1), Whole));
        Assert.Equal(1, await _cache.GetOrCreateAsync("k", Never<int>()));
        await _cache.SetAsync("s", "unreadable");
        Assert.False(_cache.TryGet<string>("s", out _));
        _clock.Advance(Seconds(2));
        Assert.Equal(1, await _cache.GetOrCreateAsync<int>("k", _ => throw new IOException("down"), Whole));
        Assert.Equal(RemovalOutcome.Done, await _cache.RemoveAsync("k"));
        Assert.Equal(2, await _cache.GetOrCreateAsync("k", Returns(2)));

        var handlers = _log.Records.Where(record => record.Id.Id == 8).ToList();
        Assert.All(handlers, record => Assert.IsType<InvalidCastException>(record.Exception));
        foreach (var handler in new[] { "Served", "SourceSucceeded", "SourceFailed", "Stored", "Removed", "Evicted" })
        {
            Assert.Contains(handlers, record => record.Message.Contains(handler + " threw", StringComparison.Ordinal));
        }
    }

    [Fact]
    public async Task EventsThatImplementNothing_DoNoHarm()
    {
        await using var cache = Create(new Nothing());

        Assert.Equal(1, await cache.GetOrCreateAsync("k", Returns(1)));
        Assert.Equal(1, await cache.GetOrCreateAsync("k", Never<int>()));
        Assert.Equal(1, cache.Statistics.Hits);
    }

    private ICache Create(ICacheEvents events, Action<CacheOptions>? configure = null) => TestCache.Create(_clock, options =>
    {
        options.Events = events;
        options.LoggerFactory = _log;
        options.AddTransformer(new Unreadable());
        configure?.Invoke(options);
    });

    private sealed class Recorder : ICacheEvents
    {
        private readonly ConcurrentQueue<(string Event, string Text)> _told = new();

        internal bool Throws { get; set; }

        internal List<string> Of(string name) => [.. _told.Where(told => told.Event == name).Select(told => told.Text)];

        public void Served(string cache, string key, CacheStatus status, CacheTier tier) => Tell("Served", $"{key} {status} {tier}");

        public void SourceSucceeded(string cache, string key, TimeSpan duration, bool isRefresh) =>
            Tell("SourceSucceeded", $"{key} {duration.TotalSeconds}s {(isRefresh ? "refresh" : "load")}");

        public void SourceFailed(string cache, string key, Exception exception, TimeSpan duration, bool isRefresh) =>
            Tell("SourceFailed", $"{key} {duration.TotalSeconds}s {(isRefresh ? "refresh" : "load")} {exception.GetType().Name}");

        public void Stored(string cache, string key) => Tell("Stored", key);

        public void FencedOff(string cache, string key) => Tell("FencedOff", key);

        public void Removed(string cache, Removal removal) => Tell("Removed", $"{removal.Kind} {removal.Name} {removal.IsLocal}");

        public void Evicted(string cache, string key, EvictionReason reason) => Tell("Evicted", $"{key} {reason}");

        public void RefreshShed(string cache, string key) => Tell("RefreshShed", key);

        private void Tell(string name, string text)
        {
            _told.Enqueue((name, text));
            if (Throws)
            {
                throw new InvalidCastException("handler");
            }
        }
    }

    private sealed class Nothing : ICacheEvents;

    private sealed class Reacting(Action<string> onEvicted) : ICacheEvents
    {
        public void Evicted(string cache, string key, EvictionReason reason) => onEvicted(key);
    }

    private sealed class Unreadable : IValueTransformer<string>
    {
        public string Transform(string key, string value) => value;

        public string Restore(string key, string stored) => throw new FormatException("no way back");
    }
}
