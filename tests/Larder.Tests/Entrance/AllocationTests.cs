using System.Runtime.CompilerServices;
using Larder.Tests.Support;
using static Larder.Tests.Support.TestCache;

namespace Larder.Tests.Entrance;

/// <summary>The second promise: a hit allocates nothing, whatever it looks like.</summary>
[Collection(AloneCollection.Name)]
public sealed class AllocationTests : IAsyncDisposable
{
    private const int Measured = 2_000;

    // Far longer than the runtime takes to replace its first code; only a call that allocates waits for it.
    private static readonly TimeSpan Patience = Seconds(10);

    private static readonly EntryOptions Static = new() { FreshFor = Minutes(5), Jitter = 0.1, SourceSoftTimeout = Seconds(1) };
    private static readonly EntryOptions Reload = new() { Skip = CacheSkip.MemoryRead };
    private static readonly string[] Tags = ["a", "b", "c"];

    private readonly FakeClock _clock = new();
    private readonly ICache _cache;
    private readonly ICache<string> _typed;
    private readonly int _id = 17;

    public AllocationTests()
    {
        _cache = TestCache.Create(_clock);
        _typed = _cache.For<string>("typed:");
    }

    public ValueTask DisposeAsync() => _cache.DisposeAsync();

    [Fact]
    public async Task GetOrCreate_EveryFactoryShape_AllocatesNothing()
    {
        await _cache.SetAsync("k", "v");
        AssertNothing(static t => t._cache.GetOrCreateAsync("k", static _ => new ValueTask<string>("new")));
        AssertNothing(static t => t._cache.GetOrCreateAsync("k", t, static (_, _) => new ValueTask<string>("new")));
        AssertNothing(static t => t._cache.GetOrCreateAsync("k", t, static (_, _, _) => new ValueTask<string>("new")));
        AssertNothing(static t => t._cache.GetOrCreateAsync("k", (1, 2, 3), static (_, _) => new ValueTask<string>("new")));
    }

    [Fact]
    public async Task GetOrCreate_SpanAndInterpolatedKeys_AllocateNothing()
    {
        await _cache.SetAsync("item:17", "v");
        AssertNothing(static t => t._cache.GetOrCreateAsync("xitem:17x".AsSpan(1, 7), static _ => new ValueTask<string>("new")));
        AssertNothing(static t => t._cache.GetOrCreateAsync($"item:{t._id}", static _ => new ValueTask<string>("new")));
        AssertNothing(static t => t._cache.GetOrCreateAsync($"item:{t._id}", t, static (_, _) => new ValueTask<string>("new")));
        AssertNothing(static t => t._cache.GetOrCreateAsync($"item:{t._id}", t, static (_, _, _) => new ValueTask<string>("new")));
        AssertNothing(static t => t._cache.GetOrCreateAsync("item:17".AsSpan(), t, static (_, _) => new ValueTask<string>("new")));
        AssertNothing(static t => t._cache.GetOrCreateAsync("item:17".AsSpan(), t, static (_, _, _) => new ValueTask<string>("new")));
    }

    [Fact]
    public async Task GetOrCreate_OptionsTagsAndToken_AllocateNothing()
    {
        await _cache.SetAsync("k", "v", tags: ["a", "b", "c"]);
        using var source = new CancellationTokenSource();
        var token = source.Token;
        AssertNothing(static t => t._cache.GetOrCreateAsync("k", static _ => new ValueTask<string>("new"), Static));
        AssertNothing(static t => t._cache.GetOrCreateAsync("k", static _ => new ValueTask<string>("new"), Static, Tags));
        AssertNothing(static t => t._cache.GetOrCreateAsync("k", static _ => new ValueTask<string>("new"), tags: ["a", "b", "c"]));
        AssertNothing(_ => _cache.GetOrCreateAsync("k", static _ => new ValueTask<string>("new"), cancellationToken: token));
    }

    [Fact]
    public async Task Resolve_EveryShape_AllocatesNothing()
    {
        await _cache.SetAsync("item:17", "v");
        AssertNothing(static t => t._cache.ResolveAsync("item:17", static _ => new ValueTask<string>("new")));
        AssertNothing(static t => t._cache.ResolveAsync("item:17", t, static (_, _) => new ValueTask<string>("new"), Static));
        AssertNothing(static t => t._cache.ResolveAsync("item:17", t, static (_, _, _) => new ValueTask<string>("new")));
        AssertNothing(static t => t._cache.ResolveAsync("item:17".AsSpan(), static _ => new ValueTask<string>("new")));
        AssertNothing(static t => t._cache.ResolveAsync($"item:{t._id}", static _ => new ValueTask<string>("new")));
        AssertNothing(static t => t._cache.ResolveAsync($"item:{t._id}", t, static (_, _) => new ValueTask<string>("new")));
    }

    [Fact]
    public async Task LookUps_AllocateNothing()
    {
        await _cache.SetAsync("item:17", "v");
        AssertNothing(static t => new ValueTask<bool>(t._cache.TryGet<string>("item:17", out _)));
        AssertNothing(static t => new ValueTask<bool>(t._cache.TryGet<string>("item:17".AsSpan(), out _)));
        AssertNothing(static t => new ValueTask<bool>(t._cache.TryGet<string>($"item:{t._id}", out _)));
        AssertNothing(static t => t._cache.GetAsync<string>("item:17"));
        AssertNothing(static t => t._cache.GetAsync<string>("item:17", Static));
        AssertNothing(static t => t._cache.GetAsync<string>("item:17".AsSpan()));
        AssertNothing(static t => t._cache.GetAsync<string>($"item:{t._id}"));
        AssertNothing(static t => t._cache.ExistsAsync("item:17"));
        AssertNothing(static t => t._cache.GetTimeToLiveAsync("item:17"));
    }

    [Fact]
    public async Task TypedCache_AllocatesNothing()
    {
        await _typed.SetAsync("item:17", "v");
        AssertNothing(static t => t._typed.GetOrCreateAsync("item:17", static _ => new ValueTask<string>("new")));
        AssertNothing(static t => t._typed.GetOrCreateAsync("item:17", t, static (_, _) => new ValueTask<string>("new"), Static));
        AssertNothing(static t => t._typed.GetOrCreateAsync("item:17", t, static (_, _, _) => new ValueTask<string>("new"), tags: ["a"]));
        AssertNothing(static t => t._typed.GetOrCreateAsync("item:17".AsSpan(), static _ => new ValueTask<string>("new")));
        AssertNothing(static t => t._typed.GetOrCreateAsync($"item:{t._id}", static _ => new ValueTask<string>("new")));
        AssertNothing(static t => t._typed.ResolveAsync($"item:{t._id}", static _ => new ValueTask<string>("new")));
        AssertNothing(static t => t._typed.GetAsync("item:17"));
        AssertNothing(static t => t._typed.GetAsync($"item:{t._id}"));
        AssertNothing(static t => new ValueTask<bool>(t._typed.TryGet("item:17", out _)));
        AssertNothing(static t => new ValueTask<bool>(t._typed.TryGet($"item:{t._id}", out _)));
    }

    [Fact]
    public async Task ValueTypes_AreNotBoxed()
    {
        await _cache.SetAsync("k", (1L, 2L, 3L));
        await _cache.SetAsync("n", (int?)5);
        AssertNothing(static t => t._cache.GetOrCreateAsync("k", static _ => new ValueTask<(long, long, long)>((0, 0, 0))));
        AssertNothing(static t => t._cache.GetAsync<(long, long, long)>("k"));
        AssertNothing(static t => t._cache.GetOrCreateAsync("n", static _ => new ValueTask<int?>(1)));
    }

    [Fact]
    public async Task NullAndBaseTypes_AllocateNothing()
    {
        await _cache.SetAsync<string?>("null", null);
        await _cache.SetAsync("k", "v");
        AssertNothing(static t => t._cache.GetOrCreateAsync("null", static _ => new ValueTask<string?>("new")));
        AssertNothing(static t => t._cache.GetOrCreateAsync("k", static _ => new ValueTask<object>("new")));
        AssertNothing(static t => t._cache.GetAsync<IComparable>("k"));
    }

    [Fact]
    public async Task NotFound_Remembered_AllocatesNothing()
    {
        await _cache.GetOrCreateAsync(
            "k", 0, static (_, entry, _) => new ValueTask<string>(entry.NotFound<string>()), new EntryOptions { NotFoundFor = Minutes(1) });
        AssertNothing(static t => t._cache.GetOrCreateAsync("k", static _ => new ValueTask<string>("new")));
        AssertNothing(static t => t._cache.GetAsync<string>("k"));
    }

    [Fact]
    public async Task SlidingHits_AllocateNothing()
    {
        await _cache.SetAsync("k", "v", new EntryOptions { SlidingFor = Seconds(10) });
        AssertNothing(static t => t._cache.GetOrCreateAsync("k", static _ => new ValueTask<string>("new")));
        AssertNothing(static t => t._cache.ResolveAsync("k", static _ => new ValueTask<string>("new"), Static));
        AssertNothing(static t => new ValueTask<bool>(t._cache.TryGet<string>("k", out _)));
    }

    [Fact]
    public async Task StaleHits_WhileOneRefreshRuns_AllocateNothing()
    {
        await _cache.SetAsync("k", "v", new EntryOptions { FreshFor = Seconds(1), StaleFor = Minutes(10) });
        _clock.Advance(Seconds(2));
        var source = new GatedSource<string>();
        await _cache.GetOrCreateAsync("k", source.Factory);
        var refresh = await source.NextCallAsync();

        AssertNothing(static t => t._cache.GetOrCreateAsync("k", static _ => new ValueTask<string>("new")));
        AssertNothing(static t => t._cache.ResolveAsync("k", static _ => new ValueTask<string>("new"), tags: ["a"]));
        AssertNothing(static t => new ValueTask<bool>(t._cache.TryGet<string>("k", out _)));

        Assert.Equal(1, source.Count);
        refresh.Answer("new");
    }

    [Fact]
    public async Task StaleHits_WhileAFailureIsThrottled_AllocateNothing()
    {
        var options = new EntryOptions { FreshFor = Seconds(1), StaleFor = Minutes(10), FallbackFor = Minutes(10) };
        await _cache.SetAsync("k", "v", options);
        _clock.Advance(Seconds(2));
        await _cache.GetOrCreateAsync<string>("k", _ => throw new IOException("down"));
        await Bounded.Until(() => _cache.Statistics.SourceFailures == 1);
        AssertNothing(static t => t._cache.GetOrCreateAsync("k", static _ => new ValueTask<string>("new")));
    }

    [Fact]
    public async Task EarlyRefreshHits_WhileOneRefreshRuns_AllocateNothing()
    {
        await _cache.SetAsync("k", "v", new EntryOptions { FreshFor = Seconds(10), RefreshAhead = 0.5 });
        _clock.Advance(Seconds(6));
        var source = new GatedSource<string>();
        await _cache.GetOrCreateAsync("k", source.Factory);
        var refresh = await source.NextCallAsync();

        AssertNothing(static t => t._cache.GetOrCreateAsync("k", static _ => new ValueTask<string>("new")));
        refresh.Answer("new");
    }

    [Fact]
    public async Task Hits_WithAMetricsListener_AllocateNothing()
    {
        using var meter = new MeterCollector("test");
        await _cache.SetAsync("k", "v", tags: ["a", "b", "c"]);
        meter.Collect();
        AssertNothing(static t => t._cache.GetOrCreateAsync("k", static _ => new ValueTask<string>("new")));
        AssertNothing(static t => t._cache.ResolveAsync("k", static _ => new ValueTask<string>("new")));
        AssertNothing(static t => new ValueTask<bool>(t._cache.TryGet<string>("k", out _)));
        Assert.Contains(meter.Collect(), measured => measured.Rest == "status=hit tier=memory" && measured.Value >= 3 * Measured);
    }

    [Fact]
    public async Task Hits_OnTheSystemClock_AllocateNothing()
    {
        await using var cache = LarderCache.Create();
        await cache.SetAsync("k", "v");
        AssertNothing(_ => cache.GetOrCreateAsync("k", static _ => new ValueTask<string>("new")));
        AssertNothing(_ => new ValueTask<bool>(cache.TryGet<string>("k", out var _)));
    }

    [Fact]
    public async Task HitsOfManyKeys_AllocateTheAnswerAlone()
    {
        await _cache.SetManyAsync(Tags.ToDictionary(key => key, key => key));
        await _typed.SetManyAsync(Tags.ToDictionary(key => key, key => key));
        var answer = LeastBytes(static _ => new ValueTask<Dictionary<string, string>>(Tags.ToDictionary(key => key)), TimeSpan.Zero);
        var bytes = LeastBytes(static t => t._cache.GetOrCreateManyAsync<string>(Tags, static (_, _) => default), TimeSpan.Zero);
        var typed = LeastBytes(static t => t._typed.GetOrCreateManyAsync(Tags, static (_, _) => default), TimeSpan.Zero);

        Assert.InRange(bytes, 1, answer);
        Assert.InRange(typed, 1, answer);
    }

    [Fact]
    public async Task Misses_Allocate_WhichShowsThatThisMeasures()
    {
        await _cache.SetAsync("k", "v");
        var bytes = LeastBytes(static t => t._cache.GetOrCreateAsync("k", static _ => new ValueTask<string>("new"), Reload), TimeSpan.Zero);

        Assert.True(bytes >= Measured, $"{bytes} bytes");
    }

    private void AssertNothing<T>(Func<AllocationTests, ValueTask<T>> call) => Assert.Equal(0, LeastBytes(call, Patience));

    /// <summary>
    /// Runs of many calls, each with a look at the bytes that this thread allocated, until one run shows none. The
    /// first runs may be slow code that the runtime is about to replace, and which boxes what better code does not; what
    /// the cache itself allocates is there in every run, however often it is repeated.
    /// </summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private long LeastBytes<T>(Func<AllocationTests, ValueTask<T>> call, TimeSpan patience)
    {
        var least = long.MaxValue;
        var until = Environment.TickCount64 + (long)patience.TotalMilliseconds;
        do
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            Run(call, Measured);
            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
            Thread.Yield();
        }
        while (least > 0 && Environment.TickCount64 < until);

        return least;
    }

    private void Run<T>(Func<AllocationTests, ValueTask<T>> call, int times)
    {
        for (var i = 0; i < times; i++)
        {
            if (!call(this).IsCompletedSuccessfully)
            {
                Assert.Fail("A hit is answered at once.");
            }
        }
    }
}
