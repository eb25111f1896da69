using System.Collections.Concurrent;
using Larder.Tests.Support;
using static Larder.Tests.Support.TestCache;

namespace Larder.Tests.Coherence;

/// <summary>The feed that tells of removals: complete or with a gap, in order, off the caller's path.</summary>
public sealed class RemovalFeedTests : IAsyncDisposable
{
    private readonly LogCollector _log = new();
    private readonly ICache _cache;
    private readonly ConcurrentQueue<Removal> _seen = new();

    public RemovalFeedTests() => _cache = TestCache.Create(new FakeClock(), options => options.LoggerFactory = _log);

    public async ValueTask DisposeAsync()
    {
        await _cache.DisposeAsync();
        _log.Dispose();
    }

    [Fact]
    public async Task Removals_OfEveryKind_AreToldInOrder()
    {
        await using var subscription = _cache.SubscribeRemovals(Record);
        await _cache.RemoveAsync("a");
        await _cache.RemoveAsync(["b", "c"]);
        await _cache.ExpireAsync("d");
        await _cache.RemoveByTagAsync("t");
        await _cache.RemoveByTagAsync(["u", "v"]);
        await _cache.ClearAsync();
        await _cache.RemoveByTagAsync("*");

        Removal[] expected =
        [
            new(RemovalKind.Key, "a", true),
            new(RemovalKind.Key, "b", true),
            new(RemovalKind.Key, "c", true),
            new(RemovalKind.Key, "d", true),
            new(RemovalKind.Tag, "t", true),
            new(RemovalKind.Tag, "u", true),
            new(RemovalKind.Tag, "v", true),
            new(RemovalKind.Clear, null, true),
            new(RemovalKind.Clear, null, true),
        ];
        await Bounded.Until(() => _seen.Count >= expected.Length);
        Assert.Equal(expected, _seen);
    }

    [Fact]
    public async Task StoresAndEvictions_AreNotToldOf()
    {
        await using var subscription = _cache.SubscribeRemovals(Record);
        await _cache.SetAsync("k", 1);
        await _cache.SetAsync("k", 2);
        await _cache.GetOrCreateAsync("l", Returns(3));
        await _cache.RemoveAsync("last");
        await Bounded.Until(() => !_seen.IsEmpty);

        Assert.Equal(new Removal(RemovalKind.Key, "last", true), Assert.Single(_seen));
    }

    [Fact]
    public async Task ManyRemovals_OneAtATimeAndInOrder()
    {
        var running = 0;
        await using var subscription = _cache.SubscribeRemovals(async (removal, _) =>
        {
            Assert.Equal(1, Interlocked.Increment(ref running));
            await Task.Yield();
            _seen.Enqueue(removal);
            Interlocked.Decrement(ref running);
        });
        for (var i = 0; i < 1_000; i++)
        {
            await _cache.RemoveAsync($"k{i}");
        }

        await Bounded.Until(() => _seen.Count == 1_000);
        Assert.Equal(Enumerable.Range(0, 1_000).Select(i => $"k{i}"), _seen.Select(removal => removal.Name));
        Assert.Empty(_log.Records);
    }

    [Fact]
    public async Task Handler_RunsOffTheCallersPath_AndTheRemovalIsCompleteBefore()
    {
        var entered = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var free = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var stillThere = false;
        await _cache.SetAsync("k", 1);
        await using var subscription = _cache.SubscribeRemovals(async (_, _) =>
        {
            stillThere = _cache.TryGet<int>("k", out var _);
            entered.SetResult();
            await free.Task;
        });

        Assert.Equal(RemovalOutcome.Done, await _cache.RemoveAsync("k").Soon());
        await entered.Task.Soon();
        Assert.False(stillThere);
        free.SetResult();
    }

    [Fact]
    public async Task HandlerThatThrows_IsLoggedAndGetsTheNextRemovalAllTheSame()
    {
        await using var subscription = _cache.SubscribeRemovals((removal, _) =>
        {
            _seen.Enqueue(removal);
            return removal.Name == "a" ? throw new IOException("at once") : ValueTask.FromException(new IOException("late"));
        });
        await _cache.RemoveAsync("a");
        await _cache.RemoveAsync("b");
        await _cache.RemoveAsync("c");

        await Bounded.Until(() => _log.Records.Count == 3);
        Assert.Equal(3, _seen.Count);
        Assert.All(_log.Records, record =>
        {
            Assert.Equal(8, record.Id.Id);
            Assert.IsType<IOException>(record.Exception);
        });
    }

    [Fact]
    public async Task Handlers_OneOfThemHangs_TheOthersGoOn()
    {
        var free = new TaskCompletionSource();
        await using var hanging = _cache.SubscribeRemovals(async (_, _) => await free.Task);
        await using var subscription = _cache.SubscribeRemovals(Record);
        await _cache.RemoveAsync("a");
        await _cache.RemoveAsync("b");

        await Bounded.Until(() => _seen.Count == 2);
        free.SetResult();
    }

    [Fact]
    public async Task HandlerThatFallsBehind_GetsOneGapForWhatItMissed_AndTheRestInOrder()
    {
        const int many = 5_000;
        var entered = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var free = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var subscription = _cache.SubscribeRemovals(async (removal, _) =>
        {
            entered.TrySetResult();
            await free.Task;
            _seen.Enqueue(removal);
        });
        await _cache.RemoveAsync("first");
        await entered.Task.Soon();
        for (var i = 0; i < many; i++)
        {
            await _cache.RemoveAsync($"k{i}");
        }

        free.SetResult();
        await Bounded.Until(() => _seen.LastOrDefault().Name == $"k{many - 1}");

        var seen = _seen.ToList();
        Assert.Equal("first", seen[0].Name);
        Assert.Equal(new Removal(RemovalKind.Gap, null, true), seen[1]);
        var after = seen.Skip(2).ToList();
        Assert.All(after, removal => Assert.Equal(RemovalKind.Key, removal.Kind));
        Assert.Equal(Enumerable.Range(many - after.Count, after.Count).Select(i => $"k{i}"), after.Select(removal => removal.Name));
    }

    [Fact]
    public async Task Disposed_NothingMoreIsTold_AndTheOthersGoOn()
    {
        var subscription = _cache.SubscribeRemovals(Record);
        var others = new ConcurrentQueue<Removal>();
        await using var other = _cache.SubscribeRemovals((removal, _) =>
        {
            others.Enqueue(removal);
            return ValueTask.CompletedTask;
        });
        await _cache.RemoveAsync("a");
        await Bounded.Until(() => _seen.Count == 1);

        await subscription.DisposeAsync();
        await subscription.DisposeAsync();
        await _cache.RemoveAsync("b");
        await Bounded.Until(() => others.Count == 2);

        Assert.Equal("a", Assert.Single(_seen).Name);
    }

    [Fact]
    public async Task Disposed_WithinTheHandler_CancelsItsTokenAndDropsTheQueue()
    {
        IAsyncDisposable? subscription = null;
        var ready = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var done = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
        subscription = _cache.SubscribeRemovals(async (removal, cancellationToken) =>
        {
            await ready.Task;
            _seen.Enqueue(removal);
            await subscription!.DisposeAsync();
            done.SetResult(cancellationToken.IsCancellationRequested);
            cancellationToken.ThrowIfCancellationRequested();
        });
        await _cache.RemoveAsync("a");
        await _cache.RemoveAsync("b");
        ready.SetResult();

        Assert.True(await done.Task.Soon());
        await _cache.RemoveAsync("c");
        await using var last = _cache.SubscribeRemovals(Record);
        await _cache.RemoveAsync("d");
        await Bounded.Until(() => _seen.Any(removal => removal.Name == "d"));
        Assert.Equal(["a", "d"], _seen.Select(removal => removal.Name));
        Assert.Empty(_log.Records);
    }

    [Fact]
    public async Task HandlerThatRemovesItself_IsToldOfThatToo()
    {
        await using var subscription = _cache.SubscribeRemovals(async (removal, _) =>
        {
            _seen.Enqueue(removal);
            if (removal.Name == "a")
            {
                await _cache.RemoveAsync("b");
            }
        });
        await _cache.RemoveAsync("a");

        await Bounded.Until(() => _seen.Count == 2);
        Assert.Equal(["a", "b"], _seen.Select(removal => removal.Name));
    }

    [Fact]
    public async Task CacheDisposed_EndsTheSubscription()
    {
        var cancelled = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var entered = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var subscription = _cache.SubscribeRemovals(async (_, cancellationToken) =>
        {
            using var registration = cancellationToken.Register(cancelled.SetResult);
            entered.SetResult();
            await cancelled.Task;
        });
        await _cache.RemoveAsync("a");
        await entered.Task.Soon();

        await _cache.DisposeAsync().Soon();
        await cancelled.Task.Soon();
        await subscription.DisposeAsync();

        Assert.Throws<ObjectDisposedException>(() => _cache.SubscribeRemovals(Record));
    }

    [Fact]
    public void NullHandler_IsRefused() => Assert.Throws<ArgumentNullException>(() => _cache.SubscribeRemovals(null!));

    private ValueTask Record(Removal removal, CancellationToken cancellationToken)
    {
        _seen.Enqueue(removal);
        return ValueTask.CompletedTask;
    }
}
