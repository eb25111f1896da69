using Larder.Tests.Support;
using static Larder.Tests.Support.TestCache;

namespace Larder.Tests.Signals;

/// <summary>The meter "Larder": every instrument with its tags and what it counts.</summary>
public sealed class MeterTests : IAsyncDisposable
{
    private static readonly EntryOptions Whole = new()
    {
        FreshFor = Seconds(10),
        StaleFor = Seconds(10),
        FallbackFor = Seconds(10),
        FailureThrottle = TimeSpan.Zero,
    };

    private readonly FakeClock _clock = new();
    private readonly string _name = $"meter-{Guid.NewGuid():N}";
    private readonly MeterCollector _meter;
    private readonly ICache _cache;

    public MeterTests()
    {
        _meter = new MeterCollector(_name);
        _cache = TestCache.Create(
            _clock,
            options =>
            {
                options.MemoryLimit = MemoryLimit.Entries(10);
                options.MaxConcurrentRefreshes = 1;
                options.MaximumValueBytes = 100;
            },
            _name);
    }

    public async ValueTask DisposeAsync()
    {
        _meter.Dispose();
        await _cache.DisposeAsync();
    }

    [Fact]
    public void Instruments_AreTheseAndCarryUnitsAndDescriptions()
    {
        string[] expected =
        [
            "larder.evictions", "larder.flights.joined", "larder.flights.running", "larder.memory.entries", "larder.memory.limit",
            "larder.memory.weight", "larder.refreshes", "larder.refreshes.shed", "larder.removals", "larder.removals.queued", "larder.requests",
            "larder.served.age", "larder.source.calls", "larder.source.duration", "larder.source.failures", "larder.stores",
            "larder.tier.failures", "larder.tier.unreadable",
        ];
        Assert.Equal(expected, _meter.Instruments.Keys.Order(StringComparer.Ordinal));
        Assert.All(_meter.Instruments.Values, instrument => Assert.False(string.IsNullOrEmpty(instrument.Description)));
        Assert.Equal("s", _meter.Instruments["larder.source.duration"].Unit);
        Assert.Equal("s", _meter.Instruments["larder.served.age"].Unit);
    }

    [Fact]
    public async Task Requests_OfEveryStatus_AreCountedByStatusAndTier()
    {
        await _cache.GetOrCreateAsync("k", Returns("v"), Whole);
        _cache.TryGet<string>("k", out _);
        _cache.TryGet<string>("nothing", out _);
        await _cache.GetAsync<string>("nothing");
        _clock.Advance(Seconds(10));
        await _cache.GetAsync<string>("k");
        _clock.Advance(Seconds(10));
        await _cache.GetAsync<string>("k", new EntryOptions { ServeExpired = true });
        await _cache.GetOrCreateAsync<string>("k", _ => throw new IOException("down"), Whole);

        Assert.Equal(
            [
                ("status=absent tier=none", 2),
                ("status=expired tier=memory", 1),
                ("status=fallback tier=memory", 1),
                ("status=hit tier=memory", 1),
                ("status=miss tier=source", 1),
                ("status=stale tier=memory", 1),
            ],
            Of("larder.requests"));
    }

    [Fact]
    public async Task SourceAndFlights_AreCounted()
    {
        var source = new GatedSource<string>();
        var leader = _cache.GetOrCreateAsync("k", source.Factory);
        var call = await source.NextCallAsync();
        var joiner = _cache.GetOrCreateAsync("k", source.Factory);
        Assert.Equal([("", 1)], Of("larder.flights.running"));
        call.Answer("v");
        await leader.Soon();
        await joiner.Soon();
        await Assert.ThrowsAsync<IOException>(() => _cache.GetOrCreateAsync<string>("f", _ => throw new IOException("down")).AsTask());

        await Bounded.Until(() => Of("larder.flights.running") is [("", 0)]);
        Assert.Equal([("", 1)], Of("larder.flights.joined"));
        Assert.Equal([("", 2)], Of("larder.source.calls"));
        Assert.Equal([("", 1)], Of("larder.source.failures"));
    }

    [Fact]
    public async Task SourceDuration_IsMeasuredByKindAndOutcome()
    {
        var source = new GatedSource<string>();
        var load = _cache.GetOrCreateAsync("k", source.Factory, Whole);
        var call = await source.NextCallAsync();
        _clock.Advance(Seconds(3));
        call.Answer("v");
        await load.Soon();
        _clock.Advance(Seconds(10));
        await _cache.GetOrCreateAsync("k", source.Factory, Whole);
        call = await source.NextCallAsync();
        _clock.Advance(Seconds(2));
        call.Fail(new IOException("down"));
        await Bounded.Until(() => _cache.Statistics.SourceFailures == 1);
        var hanging = _cache.GetOrCreateAsync("h", source.Factory, new EntryOptions { SourceTimeout = Seconds(5) }).AsTask();
        await source.NextCallAsync();
        _clock.Advance(Seconds(5));
        await Assert.ThrowsAsync<SourceTimeoutException>(() => hanging.Soon());

        Assert.Equal(
            [("kind=load outcome=success", 3), ("kind=load outcome=timeout", 5), ("kind=refresh outcome=failure", 2)],
            Of("larder.source.duration"));
    }

    [Fact]
    public async Task ServedAge_IsMeasuredForOldAnswersOnly()
    {
        await _cache.SetAsync("k", "v", Whole);
        _cache.TryGet<string>("k", out _);
        _clock.Advance(Seconds(11));
        await _cache.GetAsync<string>("k");
        _clock.Advance(Seconds(11));
        await _cache.GetAsync<string>("k", new EntryOptions { ServeExpired = true });
        _clock.Advance(Seconds(1));
        await _cache.GetOrCreateAsync<string>("k", _ => throw new IOException("down"), Whole);

        Assert.Equal([("status=expired", 22), ("status=fallback", 23), ("status=stale", 11)], Of("larder.served.age"));
    }

    [Fact]
    public async Task Refreshes_StartedAndShed_AreCounted()
    {
        var source = new GatedSource<string>();
        await _cache.SetAsync("a", "v", Whole);
        await _cache.SetAsync("b", "v", Whole);
        _clock.Advance(Seconds(11));
        await _cache.GetOrCreateAsync("a", source.Factory, Whole);
        var call = await source.NextCallAsync();
        await _cache.GetOrCreateAsync("b", source.Factory, Whole);
        call.Answer("new");
        await Bounded.Until(() => _cache.Statistics.Stores == 3);

        Assert.Equal([("", 1)], Of("larder.refreshes"));
        Assert.Equal([("", 1)], Of("larder.refreshes.shed"));
    }

    [Fact]
    public async Task Stores_AreCountedByOutcome()
    {
        var source = new GatedSource<string>();
        var load = _cache.GetOrCreateAsync("k", source.Factory);
        var call = await source.NextCallAsync();
        await _cache.RemoveAsync("k");
        call.Answer("old");
        await load.Soon();
        await _cache.SetAsync("a", 1);
        await _cache.SetAsync("b", Enumerable.Range(0, 1_000).ToList(), new EntryOptions { Isolate = true });

        Assert.Equal([("outcome=fenced_off", 1), ("outcome=stored", 1), ("outcome=too_large", 1)], Of("larder.stores"));
    }

    [Fact]
    public async Task Removals_AreCountedByKind()
    {
        await _cache.RemoveAsync("a");
        await _cache.RemoveAsync(["b", "c"]);
        await _cache.ExpireAsync("d");
        await _cache.RemoveByTagAsync("t");
        await _cache.RemoveByTagAsync("*");
        await _cache.ClearAsync();

        Assert.Equal([("kind=clear", 2), ("kind=key", 4), ("kind=tag", 1)], Of("larder.removals"));
    }

    [Fact]
    public async Task EvictionsAndMemory_AreMeasured()
    {
        for (var i = 0; i < 12; i++)
        {
            await _cache.SetAsync($"k{i}", i, tags: ["t"]);
        }

        Assert.Equal([("", 10)], Of("larder.memory.entries"));
        Assert.Equal([("", 10)], Of("larder.memory.weight"));
        Assert.Equal([("", 10)], Of("larder.memory.limit"));
        await _cache.SetAsync("short", 1, new EntryOptions { FreshFor = Seconds(1) });
        _clock.Advance(Seconds(1));
        _cache.TryGet<int>("short", out _);
        await _cache.RemoveByTagAsync("t");
        for (var i = 0; i < 12; i++)
        {
            _cache.TryGet<int>($"k{i}", out _);
        }

        Assert.Equal([("reason=capacity", 3), ("reason=expired", 1), ("reason=invalidated", 9), ("reason=unreadable", 0)], Of("larder.evictions"));
    }

    [Fact]
    public async Task Unreadable_IsCounted()
    {
        await using var cache = TestCache.Create(_clock, options => options.AddTransformer(new Unreadable()), _name + "-2");
        using var meter = new MeterCollector(_name + "-2");
        await cache.SetAsync("k", "v");
        Assert.False(cache.TryGet<string>("k", out _));

        Assert.Equal(
            1,
            Assert.Single(
                meter.Collect(), measured => measured.Instrument == "larder.evictions" && measured.Rest == "reason=unreadable").Value);
        Assert.Equal(1, cache.Statistics.Unreadable);
    }

    [Fact]
    public async Task DisposedCache_IsMeasuredNoMore()
    {
        Assert.NotEmpty(_meter.Collect());
        await _cache.DisposeAsync();

        Assert.Empty(_meter.Collect());
    }

    private List<(string Tags, double Value)> Of(string instrument) =>
        [.. _meter.Collect().Where(measured => measured.Instrument == instrument)
            .Select(measured => (measured.Rest, measured.Value)).OrderBy(measured => measured.Item1, StringComparer.Ordinal)];

    private sealed class Unreadable : IValueTransformer<string>
    {
        public string Transform(string key, string value) => value;

        public string Restore(string key, string stored) => throw new FormatException("no way back");
    }
}
