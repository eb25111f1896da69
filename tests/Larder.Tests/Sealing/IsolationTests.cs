using System.ComponentModel;
using Larder.Tests.Support;
using static Larder.Tests.Support.TestCache;

namespace Larder.Tests.Sealing;

/// <summary>With isolation a caller who changes the value changes only its own.</summary>
public sealed class IsolationTests : IAsyncDisposable
{
    private static readonly EntryOptions Isolated = new() { Isolate = true, FreshFor = Seconds(10), StaleFor = Seconds(10), FallbackFor = Seconds(10) };

    private readonly FakeClock _clock = new();
    private readonly LogCollector _log = new();
    private readonly ICache _cache;

    public IsolationTests() => _cache = TestCache.Create(_clock, options => options.LoggerFactory = _log);

    public async ValueTask DisposeAsync()
    {
        await _cache.DisposeAsync();
        _log.Dispose();
    }

    [Fact]
    public async Task WithoutIsolation_EveryCallerGetsTheSameInstance()
    {
        var value = new Basket { Items = { "apple" } };
        Assert.Same(value, await _cache.GetOrCreateAsync("k", Returns(value)));
        Assert.Same(value, await _cache.GetOrCreateAsync("k", Never<Basket>()));
    }

    [Fact]
    public async Task Loaded_TheLoaderChangesItsValue_NobodyElseSeesIt()
    {
        var own = await _cache.GetOrCreateAsync("k", Returns(new Basket { Items = { "apple" } }), Isolated);
        own.Items.Add("worm");

        Assert.Equal(["apple"], (await _cache.GetOrCreateAsync("k", Never<Basket>(), Isolated)).Items);
    }

    [Fact]
    public async Task Set_TheCallerChangesItsValueAfterwards_NobodyElseSeesIt()
    {
        var own = new Basket { Items = { "apple" } };
        await _cache.SetAsync("k", own, Isolated);
        own.Items.Clear();

        Assert.Equal(["apple"], (await _cache.GetAsync<Basket>("k")).Value!.Items);
    }

    [Fact]
    public async Task Hits_ByEveryVerb_AreCopiesOfTheirOwn()
    {
        await _cache.SetAsync("k", new Basket { Items = { "apple" } }, Isolated);
        var answers = new List<Basket>
        {
            await _cache.GetOrCreateAsync("k", Never<Basket>()),
            await _cache.GetOrCreateAsync("k", Never<Basket>(), Isolated),
            await _cache.GetOrCreateAsync("k".AsSpan(), Never<Basket>()),
            (await _cache.ResolveAsync("k", Never<Basket>())).Value!,
            (await _cache.GetAsync<Basket>("k")).Value!,
        };
        Assert.True(_cache.TryGet<Basket>("k", out var found));
        answers.Add(found);
        foreach (var answer in answers)
        {
            Assert.Equal(["apple"], answer.Items);
            answer.Items.Add("worm");
        }

        Assert.Equal(answers.Count, answers.Distinct(ReferenceEqualityComparer.Instance).Count());
    }

    [Fact]
    public async Task Joined_EveryCallerOfARunningLoad_GetsACopyOfItsOwn()
    {
        var source = new GatedSource<Basket>();
        var leader = _cache.GetOrCreateAsync("k", source.Factory, Isolated).AsTask();
        var call = await source.NextCallAsync();
        var joiners = Enumerable.Range(0, 10).Select(_ => _cache.GetOrCreateAsync("k", source.Factory, Isolated).AsTask()).ToList();
        joiners.Add(_cache.ResolveAsync("k", source.Factory, Isolated).AsTask().ContinueWith(done => done.Result.Value!, TaskScheduler.Default));
        call.Answer(new Basket { Items = { "apple" } });

        await AssertTheirOwnAsync([leader, .. joiners]);
        Assert.Equal(1, source.Count);
    }

    [Fact]
    public async Task Joined_LoadWhoseValueIsNotStored_StillGivesEveryCallerACopy()
    {
        var source = new GatedSource<Basket>();
        var leader = _cache.GetOrCreateAsync("k", (object?)null, source.ContextFactory, Isolated).AsTask();
        var call = await source.NextCallAsync();
        var joiner = _cache.GetOrCreateAsync("k", (object?)null, source.ContextFactory, Isolated).AsTask();
        call.Context.DoNotStore();
        call.Answer(new Basket { Items = { "apple" } });

        await AssertTheirOwnAsync([leader, joiner]);
    }

    [Fact]
    public async Task Joined_LoadThatWasFencedOff_StillGivesEveryCallerACopy()
    {
        var source = new GatedSource<Basket>();
        var leader = _cache.GetOrCreateAsync("k", source.Factory, Isolated).AsTask();
        var call = await source.NextCallAsync();
        var joiner = _cache.GetOrCreateAsync("k", source.Factory, Isolated).AsTask();
        await _cache.RemoveAsync("k");
        call.Answer(new Basket { Items = { "apple" } });

        await AssertTheirOwnAsync([leader, joiner]);
        Assert.Equal(1, _cache.Statistics.FencedOff);
    }

    [Fact]
    public async Task Joined_IsolationAskedForByTheFactory_GivesEveryCallerACopy()
    {
        var source = new GatedSource<Basket>();
        var leader = _cache.GetOrCreateAsync("k", (object?)null, source.ContextFactory).AsTask();
        var call = await source.NextCallAsync();
        var joiner = _cache.GetOrCreateAsync("k", (object?)null, source.ContextFactory).AsTask();
        call.Context.Options.Isolate = true;
        call.Answer(new Basket { Items = { "apple" } });

        await AssertTheirOwnAsync([leader, joiner]);
        Assert.NotSame(await leader, await _cache.GetOrCreateAsync("k", Never<Basket>()));
    }

    [Fact]
    public async Task Joined_IsolationAskedForByThePolicy_GivesEveryCallerACopy()
    {
        await using var cache = TestCache.Create(_clock, options => options.TimelinePolicy = new IsolatingPolicy());
        var source = new GatedSource<Basket>();
        var leader = cache.GetOrCreateAsync("k", source.Factory).AsTask();
        var call = await source.NextCallAsync();
        var joiner = cache.GetOrCreateAsync("k", source.Factory).AsTask();
        call.Answer(new Basket { Items = { "apple" } });

        await AssertTheirOwnAsync([leader, joiner]);
    }

    [Fact]
    public async Task StaleAndFallback_AreCopiesToo()
    {
        await _cache.SetAsync("k", new Basket { Items = { "apple" } }, Isolated);
        _clock.Advance(Seconds(15));
        var stale = (await _cache.GetAsync<Basket>("k")).Value!;
        stale.Items.Add("worm");
        _clock.Advance(Seconds(10));

        var first = await _cache.ResolveAsync<Basket>("k", _ => throw new IOException("down"), Isolated);
        Assert.Equal(CacheStatus.Fallback, first.Status);
        Assert.Equal(["apple"], first.Value!.Items);
        first.Value.Items.Add("worm");
        var second = await _cache.ResolveAsync<Basket>("k", _ => throw new IOException("down"), Isolated);
        Assert.Equal(["apple"], second.Value!.Items);
    }

    [Fact]
    public async Task TryGetStale_IsACopy()
    {
        await _cache.SetAsync("k", new Basket { Items = { "apple" } }, Isolated);
        _clock.Advance(Seconds(25));

        await _cache.GetOrCreateAsync(
            "k",
            0,
            static (_, entry, _) =>
            {
                Assert.True(entry.TryGetStale<Basket>(out var older));
                older.Items.Add("worm");
                return new ValueTask<Basket>(entry.NotModified<Basket>());
            },
            Isolated);

        Assert.Equal(["apple"], (await _cache.GetAsync<Basket>("k")).Value!.Items);
    }

    [Fact]
    public async Task ImmutableTypes_AreNotCopied()
    {
        await AssertSameAsync(new string('x', 3));
        await AssertSameAsync(new Uri("https://example.org"));
        await AssertSameAsync(new Version(1, 2));
        await AssertSameAsync(new Sealed("frozen"));
    }

    [Fact]
    public async Task OpenTypeThatClaimsToBeImmutable_IsCopied()
    {
        var value = new Open { Name = "open" };
        await _cache.SetAsync("k", value, Isolated);

        var copy = (await _cache.GetAsync<Open>("k")).Value!;
        Assert.NotSame(value, copy);
        Assert.Equal("open", copy.Name);
        await _cache.SetAsync<Open>("k", new NotSoImmutable { Name = "sub" }, Isolated);
        Assert.Equal("sub", (await _cache.GetAsync<Open>("k")).Value!.Name);
    }

    [Fact]
    public async Task Null_Isolated_IsKeptAsNull()
    {
        await _cache.SetAsync<Basket?>("k", null, Isolated);

        var found = await _cache.GetAsync<Basket?>("k");
        Assert.Equal((CacheStatus.Hit, true, null), (found.Status, found.HasValue, found.Value));
    }

    [Fact]
    public async Task AnotherType_Isolated_ThrowsAndNamesBothTypes()
    {
        await _cache.SetAsync("k", new Basket(), Isolated);

        var thrown = await Assert.ThrowsAsync<ValueTypeMismatchException>(() => _cache.GetAsync<Open>("k").AsTask());
        Assert.Equal((typeof(Basket), typeof(Open)), (thrown.StoredType, thrown.RequestedType));
        Assert.NotNull((await _cache.GetAsync<object>("k")).Value);
    }

    private static async Task AssertTheirOwnAsync(IEnumerable<Task<Basket>> callers)
    {
        var answers = new List<Basket>();
        foreach (var caller in callers)
        {
            answers.Add(await caller.Soon());
        }

        Assert.All(answers, answer => Assert.Equal(["apple"], answer.Items));
        Assert.Equal(answers.Count, answers.Distinct(ReferenceEqualityComparer.Instance).Count());
    }

    private async Task AssertSameAsync<T>(T value)
        where T : class
    {
        await _cache.RemoveAsync("k");
        await _cache.SetAsync("k", value, Isolated);
        Assert.Same(value, (await _cache.GetAsync<T>("k")).Value);
    }

    private sealed class Basket
    {
        public List<string> Items { get; init; } = [];
    }

    private sealed class IsolatingPolicy : ITimelinePolicy
    {
        public EntryOptions? OptionsFor<T>(string key, T value) => new() { Isolate = true };
    }

    // Has no public constructor that System.Text.Json could use, so that a copy would fail.
    [ImmutableObject(true)]
    private sealed class Sealed
    {
        internal Sealed(string name) => Name = name;

        internal string Name { get; }
    }

    [ImmutableObject(true)]
    private class Open
    {
        public string? Name { get; set; }
    }

    private sealed class NotSoImmutable : Open
    {
        public List<string> Names { get; init; } = [];
    }
}
