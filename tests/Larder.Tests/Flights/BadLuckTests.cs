using System.Diagnostics.Metrics;
using Larder.Entries;
using Larder.Fences;
using Larder.Flights;
using Larder.Tests.Support;
using static Larder.Tests.Support.TestCache;

namespace Larder.Tests.Flights;

/// <summary>Moments at which things can go wrong between two steps of a flight, each seen to go wrong once.</summary>
public sealed class BadLuckTests
{
    private static readonly EntryOptions Stale = new() { FreshFor = Minutes(1), StaleFor = Minutes(600) };

    private readonly FakeClock _clock = new();
    private readonly GatedSource<string> _source = new();

    [Fact]
    public async Task FollowerComesAndGoesWhileTheLeadersFactoryStarts_LeaderIsNotCancelled()
    {
        await using var cache = TestCache.Create(_clock, options => options.Defaults.BackgroundCompletion = false);
        using var isInside = new ManualResetEventSlim();
        using var goOn = new ManualResetEventSlim();
        var answer = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        var token = CancellationToken.None;
        var leader = Task.Run(() => cache.GetOrCreateAsync(
            "k",
            cancellationToken =>
            {
                token = cancellationToken;
                isInside.Set();
                Assert.True(goOn.Wait(Bounded.Patience));
                return new ValueTask<string>(answer.Task);
            }).AsTask());
        Assert.True(isInside.Wait(Bounded.Patience));
        using var leaving = new CancellationTokenSource();
        var follower = cache.GetOrCreateAsync("k", Never<string>(), cancellationToken: leaving.Token).AsTask();
        await leaving.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => follower.Soon());

        goOn.Set();
        answer.SetResult("value");

        Assert.Equal("value", await leader.Soon());
        Assert.False(token.IsCancellationRequested);
    }

    [Fact]
    public async Task DisposedWhileAFactoryStarts_ItsCallerIsToldAndItsTokenCancelled()
    {
        var cache = TestCache.Create(_clock);
        using var isInside = new ManualResetEventSlim();
        using var goOn = new ManualResetEventSlim();
        var token = CancellationToken.None;
        var caller = Task.Run(() => cache.GetOrCreateAsync(
            "k",
            cancellationToken =>
            {
                token = cancellationToken;
                isInside.Set();
                Assert.True(goOn.Wait(Bounded.Patience));
                return new ValueTask<string>(new TaskCompletionSource<string>().Task);
            },
            new EntryOptions { SourceTimeout = TimeSpan.Zero }).AsTask());
        Assert.True(isInside.Wait(Bounded.Patience));

        await cache.DisposeAsync().Soon();
        goOn.Set();

        await Assert.ThrowsAsync<ObjectDisposedException>(() => caller.Soon());
        Assert.True(token.IsCancellationRequested);
    }

    [Fact]
    public async Task RefreshTakenOffItsKey_GivesItsRightBack()
    {
        await using var cache = TestCache.Create(_clock);
        await cache.SetAsync("k", "old", Stale, ["a"]);
        _clock.Advance(Minutes(2));
        await cache.GetOrCreateAsync("k", _source.Factory, Stale, ["b"]);
        var refresh = await _source.NextCallAsync();
        await cache.RemoveByTagAsync("b");
        var skipping = new EntryOptions { FreshFor = Minutes(1), StaleFor = Minutes(600), Skip = CacheSkip.MemoryRead };
        await Assert.ThrowsAsync<IOException>(
            () => cache.GetOrCreateAsync<string>("k", _ => throw new IOException("down"), skipping).Soon());
        refresh.Answer("too late");
        await Bounded.Until(() => cache.Statistics.FencedOff == 1);
        _clock.Advance(Minutes(1));

        Assert.Equal("old", await cache.GetOrCreateAsync("k", Returns("new"), Stale));

        await Bounded.Until(() => cache.TryGet<string>("k", out var value) && value == "new");
    }

    [Fact]
    public async Task FallbackToAnIsolatedValue_EveryCallerGetsItsOwn()
    {
        await using var cache = TestCache.Create(_clock);
        var isolated = new EntryOptions { FreshFor = Minutes(1), FallbackFor = Minutes(60), Isolate = true };
        await cache.SetAsync("k", new List<int> { 1 }, isolated);
        _clock.Advance(Minutes(2));
        var source = new GatedSource<List<int>>();
        var callers = Enumerable.Range(0, 3).Select(_ => cache.GetOrCreateAsync("k", source.Factory).AsTask()).ToArray();
        (await source.NextCallAsync()).Fail(new IOException("down"));

        var lists = await Task.WhenAll(callers).Soon();

        Assert.Equal(3, lists.Distinct(ReferenceEqualityComparer.Instance).Count());
        Assert.All(lists, list => Assert.Equal([1], list));
    }

    [Fact]
    public async Task MetricsListenerThrows_NobodyIsLeftWaiting()
    {
        await using var cache = TestCache.Create(_clock, name: "metrics-fail");
        var options = new EntryOptions { FreshFor = Minutes(1), FallbackFor = Minutes(60) };
        await cache.SetAsync("k", "old", options);
        _clock.Advance(Minutes(2));
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, meter) =>
        {
            if (instrument.Name is "larder.served.age" or "larder.source.duration")
            {
                meter.EnableMeasurementEvents(instrument);
            }
        };
        listener.SetMeasurementEventCallback<double>((_, _, tags, _) =>
        {
            if (tags.Contains(new KeyValuePair<string, object?>("cache", "metrics-fail")))
            {
                throw new InvalidOperationException("the listener's own");
            }
        });
        listener.Start();
        var callers = Enumerable.Range(0, 3).Select(_ => cache.GetOrCreateAsync("k", _source.Factory, options).AsTask()).ToArray();
        (await _source.NextCallAsync()).Fail(new IOException("down"));

        Assert.All(await Task.WhenAll(callers).Soon(), value => Assert.Equal("old", value));
    }

    [Fact]
    public void NearestOpen_EndedLoadsInBetween_AreLetGoOf()
    {
        var outermost = Flight(parent: null);
        var middle = Flight(outermost);
        var innermost = Flight(middle);
        Assert.Same(innermost, innermost.NearestOpen());

        innermost.IsSettled = true;
        middle.IsSettled = true;
        Assert.Same(outermost, innermost.NearestOpen());

        outermost.IsSettled = true;
        Assert.Null(innermost.NearestOpen());

        static Flight<int> Flight(Flight? parent) => new(new FlightStart
        {
            Key = "k",
            Settings = EntrySettings.Library,
            CacheStamp = new FenceStamp(),
            AnyTagStamp = new FenceStamp(),
            Tags = null,
            Before = null,
            Now = 0,
            Parent = parent,
        });
    }

    [Fact]
    public async Task TwoThreadsAskForTheSameKeysInStep_EachIsLoadedOnce()
    {
        const int Keys = 20_000;
        await using var cache = LarderCache.Create();
        var counts = new int[Keys];
        using var start = new Barrier(3);
        var threads = Enumerable.Range(0, 3).Select(_ => Task.Factory.StartNew(
            () =>
            {
                Assert.True(start.SignalAndWait(Bounded.Patience));
                for (var i = 0; i < Keys; i++)
                {
                    var load = cache.GetOrCreateAsync($"k{i}", (counts, i), static (state, _) =>
                        new ValueTask<int>(Interlocked.Increment(ref state.counts[state.i])));
                    Assert.Equal(1, load.AsTask().GetAwaiter().GetResult());
                }
            },
            CancellationToken.None,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default)).ToArray();

        await Task.WhenAll(threads).Soon();

        Assert.All(counts, count => Assert.Equal(1, count));
    }

    [Fact]
    public async Task ValueConfirmedAgainAndAgain_DoesNotGatherTags()
    {
        var cache = TestCache.Create(_clock);
        var options = new EntryOptions { FreshFor = Minutes(1), FallbackFor = Minutes(60) };
        await cache.SetAsync("k", "v", options, ["a", "b"]);
        for (var i = 0; i < 20; i++)
        {
            _clock.Advance(Minutes(2));
            await cache.GetOrCreateAsync<object?, string>(
                "k",
                null,
                static (_, entry, _) =>
                {
                    entry.AddTag("b");
                    return new ValueTask<string>(entry.NotModified<string>());
                },
                options,
                ["a"]);
        }

        var parts = ((Larder.Entrance.Cache)cache).Flows.Parts;
        Assert.Equal(["a", "b"], parts.Memory.Find("k")!.Tags!.Select(stamp => stamp.Tag));
        await cache.DisposeAsync();
    }
}
