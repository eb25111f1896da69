using System.Collections.Concurrent;
using System.Diagnostics;
using Larder.Tests.Support;
using Microsoft.Extensions.DependencyInjection;
using static Larder.Tests.Support.TestCache;

namespace Larder.Tests.Signals;

/// <summary>The activity source "Larder": one activity for each time the source is asked, and the caller's own is left alone.</summary>
public sealed class ActivityTests : IAsyncDisposable
{
    private static readonly EntryOptions WithStale = new() { FreshFor = Seconds(1), StaleFor = Minutes(1) };

    private readonly FakeClock _clock = new();
    private readonly string _name = $"activity-{Guid.NewGuid():N}";
    private readonly ConcurrentQueue<Activity> _stopped = new();
    private readonly ActivityListener _listener;
    private readonly ActivitySource _own = new("Larder.Tests");
    private readonly ICache _cache;

    public ActivityTests()
    {
        _listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name is "Larder" or "Larder.Tests",
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = activity =>
            {
                if (activity.GetTagItem("larder.cache") is string cache && cache == _name)
                {
                    _stopped.Enqueue(activity);
                }
            },
        };
        ActivitySource.AddActivityListener(_listener);
        _cache = TestCache.Create(_clock, name: _name);
    }

    public async ValueTask DisposeAsync()
    {
        await _cache.DisposeAsync();
        _listener.Dispose();
        _own.Dispose();
    }

    [Fact]
    public async Task Load_MakesAnActivityUnderTheCallers_WithCacheKeyAndOutcome()
    {
        using var outer = _own.StartActivity("request")!;
        Activity? within = null;
        await _cache.GetOrCreateAsync("k", _ =>
        {
            within = Activity.Current;
            return new ValueTask<string>("v");
        });

        Assert.Same(outer, Activity.Current);
        var load = Assert.Single(_stopped);
        Assert.Same(load, within);
        Assert.Equal(("larder.load", ActivityKind.Internal, "Larder"), (load.OperationName, load.Kind, load.Source.Name));
        Assert.Equal(outer.SpanId, load.ParentSpanId);
        Assert.Equal(
            ["larder.cache", "larder.key", "larder.outcome"], load.TagObjects.Select(tag => tag.Key).Order(StringComparer.Ordinal));
        Assert.Equal("k", load.GetTagItem("larder.key"));
        Assert.Equal("success", load.GetTagItem("larder.outcome"));
        Assert.Equal(ActivityStatusCode.Unset, load.Status);
    }

    [Fact]
    public async Task HitsAndLookUps_MakeNone()
    {
        await _cache.SetAsync("k", "v", WithStale);
        await _cache.GetOrCreateAsync("k", Never<string>());
        _cache.TryGet<string>("k", out _);
        await _cache.GetAsync<string>("k");
        await _cache.GetAsync<string>("nothing");
        await _cache.RemoveAsync("k");

        Assert.Empty(_stopped);
    }

    [Fact]
    public async Task PendingLoad_CallersActivityIsCurrentAgainWhileItRuns()
    {
        var source = new GatedSource<string>();
        using var outer = _own.StartActivity("request")!;
        var waiting = _cache.GetOrCreateAsync("k", source.Factory);
        Assert.Same(outer, Activity.Current);
        var joining = _cache.GetOrCreateAsync("k", source.Factory);
        Assert.Same(outer, Activity.Current);
        var call = await source.NextCallAsync();
        Assert.Empty(_stopped);
        call.Answer("v");
        await waiting.Soon();
        await joining.Soon();

        Assert.Same(outer, Activity.Current);
        await Bounded.Until(() => !_stopped.IsEmpty);
        Assert.Single(_stopped);
    }

    [Fact]
    public async Task FactoryThatContinuesLater_KeepsTheLoadsActivityToTheEnd()
    {
        var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var outer = _own.StartActivity("request")!;
        var waiting = _cache.GetOrCreateAsync("k", async _ =>
        {
            await gate.Task;
            return Activity.Current?.OperationName ?? "none";
        });
        gate.SetResult();

        Assert.Equal("larder.load", await waiting.Soon());
        Assert.Same(outer, Activity.Current);
    }

    [Fact]
    public async Task Failure_IsAnErrorWithTheTypeButNotTheMessage()
    {
        using var outer = _own.StartActivity("request")!;
        await Assert.ThrowsAsync<IOException>(
            () => _cache.GetOrCreateAsync<string>("k", _ => throw new IOException("a secret message")).AsTask());

        Assert.Same(outer, Activity.Current);
        var load = Assert.Single(_stopped);
        Assert.Equal(("failure", ActivityStatusCode.Error), (load.GetTagItem("larder.outcome"), load.Status));
        Assert.Equal("System.IO.IOException", load.StatusDescription);
    }

    [Fact]
    public async Task Timeout_HasAnOutcomeOfItsOwn()
    {
        var source = new GatedSource<string>();
        using var outer = _own.StartActivity("request")!;
        var waiting = _cache.GetOrCreateAsync("k", source.Factory).AsTask();
        await source.NextCallAsync();
        await Task.Run(() => _clock.Advance(Seconds(30)));
        await Assert.ThrowsAsync<SourceTimeoutException>(() => waiting.Soon());

        Assert.Same(outer, Activity.Current);
        var load = Assert.Single(_stopped);
        Assert.Equal(("timeout", ActivityStatusCode.Error), (load.GetTagItem("larder.outcome"), load.Status));
    }

    [Fact]
    public async Task NotFound_HasAnOutcomeOfItsOwn()
    {
        await _cache.GetOrCreateAsync("k", 0, static (_, entry, _) => new ValueTask<string>(entry.NotFound<string>()));

        Assert.Equal("not_found", Assert.Single(_stopped).GetTagItem("larder.outcome"));
    }

    [Fact]
    public async Task Refresh_MakesARootActivity_AndTheCallersIsLeftAlone()
    {
        await _cache.SetAsync("k", "v", WithStale);
        _clock.Advance(Seconds(2));
        using var outer = _own.StartActivity("request")!;
        await _cache.GetOrCreateAsync("k", Returns("new"), WithStale);
        Assert.Same(outer, Activity.Current);
        await Bounded.Until(() => !_stopped.IsEmpty);

        var refresh = Assert.Single(_stopped);
        Assert.Equal("larder.refresh", refresh.OperationName);
        Assert.Equal(default, refresh.ParentSpanId);
        Assert.Equal("success", refresh.GetTagItem("larder.outcome"));
    }

    [Fact]
    public async Task Key_ByDefault_IsShownAsAHash()
    {
        await using var cache = LarderCache.Create(name: _name);
        await cache.GetOrCreateAsync("customer:4711", Returns("v"));

        var shown = Assert.IsType<string>(Assert.Single(_stopped).GetTagItem("larder.key"));
        Assert.Matches("^#[0-9a-f]{16}$", shown);
    }

    [Fact]
    public async Task DisposedSynchronouslyDuringALoad_CallersActivityIsLeftAlone()
    {
        var provider = new ServiceCollection().AddLarder().Services.BuildServiceProvider();
        var cache = provider.GetRequiredService<ICache>();
        var source = new GatedSource<string>();
        var loading = StartUnder("request", cache, source);
        await source.NextCallAsync();
        using var outer = _own.StartActivity("shutdown")!;

        provider.Dispose();

        Assert.Same(outer, Activity.Current);
        await Assert.ThrowsAsync<ObjectDisposedException>(() => loading.Soon());
    }

    [Fact]
    public async Task DisposedDuringALoad_CallersActivityIsLeftAlone()
    {
        await using var cache = TestCache.Create(_clock, options => options.DrainTimeout = TimeSpan.Zero, _name);
        var source = new GatedSource<string>();
        var loading = StartUnder("request", cache, source);
        await source.NextCallAsync();
        using var outer = _own.StartActivity("shutdown")!;

        await cache.DisposeAsync().Soon();

        Assert.Same(outer, Activity.Current);
        await Assert.ThrowsAsync<ObjectDisposedException>(() => loading.Soon());
        Assert.Equal("failure", Assert.Single(_stopped).GetTagItem("larder.outcome"));
    }

    // Async, so that the activity it starts is not its caller's.
    private async Task<string> StartUnder(string name, ICache cache, GatedSource<string> source)
    {
        using var request = _own.StartActivity(name);
        return await cache.GetOrCreateAsync("k", source.Factory);
    }
}
