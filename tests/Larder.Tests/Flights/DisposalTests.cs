using Larder.Ports;
using Larder.Tests.Support;
using static Larder.Tests.Support.TestCache;

namespace Larder.Tests.Flights;

/// <summary>The end of a cache, with and without work under way.</summary>
public sealed class DisposalTests
{
    private readonly FakeClock _clock = new();
    private readonly GatedSource<string> _source = new();

    [Fact]
    public async Task Disposed_EveryVerbRefuses()
    {
        var cache = TestCache.Create(_clock);
        await cache.SetAsync("k", "value");
        await cache.DisposeAsync();

        Func<Task>[] verbs =
        [
            async () => await cache.GetOrCreateAsync("k", Returns("x")),
            async () => await cache.ResolveAsync("k", Returns("x")),
            async () => await cache.GetAsync<string>("k"),
            () => Task.FromResult(cache.TryGet<string>("k", out _)),
            async () => await cache.SetAsync("k", "x"),
            async () => await cache.ExistsAsync("k"),
            async () => await cache.GetTimeToLiveAsync("k"),
            async () => await cache.RemoveAsync("k"),
            async () => await cache.RemoveAsync(["k"]),
            async () => await cache.RemoveByTagAsync("t"),
            async () => await cache.RemoveByTagAsync(["t"]),
            async () => await cache.ClearAsync(),
            async () => await cache.ExpireAsync("k"),
            () => Task.FromResult(cache.SubscribeRemovals((_, _) => default)),
        ];
        foreach (var verb in verbs)
        {
            await Assert.ThrowsAsync<ObjectDisposedException>(verb);
        }

        await cache.DisposeAsync();
    }

    [Fact]
    public async Task DisposeWhileLoading_WaitsForTheLoadAndServesItsCallers()
    {
        var cache = TestCache.Create(_clock, options => options.DrainTimeout = Seconds(5));
        var caller = cache.GetOrCreateAsync("k", _source.Factory).AsTask();
        var call = await _source.NextCallAsync();

        var disposal = cache.DisposeAsync().AsTask();
        Assert.False(disposal.IsCompleted);
        call.Answer("value");

        await disposal.Soon();
        Assert.Equal("value", await caller.Soon());
    }

    [Fact]
    public async Task DisposeWhileALoadHangs_IsBoundedAndTellsTheCallers()
    {
        var log = new LogCollector();
        var cache = TestCache.Create(_clock, options =>
        {
            options.DrainTimeout = Seconds(3);
            options.LoggerFactory = log;
        });
        var caller = cache.GetOrCreateAsync("k", _source.Factory).AsTask();
        var call = await _source.NextCallAsync();
        var disposal = cache.DisposeAsync().AsTask();

        _clock.Advance(Seconds(3));

        await disposal.Soon();
        await Assert.ThrowsAsync<ObjectDisposedException>(() => caller.Soon());
        Assert.True(call.Token.IsCancellationRequested);
        Assert.Contains(log.Records, record => record.Id.Id == 9);
    }

    [Fact]
    public async Task DisposeUnderLoad_NobodyHangsAndNobodyGetsAWrongValue()
    {
        for (var round = 0; round < 20; round++)
        {
            var cache = LarderCache.Create(options => options.DrainTimeout = Seconds(0.01));
            using var isUnderLoad = new CountdownEvent(4);
            var workers = Enumerable.Range(0, 4).Select(worker => Task.Run(async () =>
            {
                for (var i = 0; ; i++)
                {
                    try
                    {
                        var key = i % 50;
                        var value = await cache.GetOrCreateAsync($"k{key}", key, static async (key, cancellationToken) =>
                        {
                            await Task.Yield();
                            return key;
                        });
                        Assert.Equal(key, value);
                        await cache.RemoveAsync($"k{(i * 7) % 50}");
                        if (i == 100)
                        {
                            isUnderLoad.Signal();
                        }
                    }
                    catch (ObjectDisposedException)
                    {
                        return;
                    }
                }
            })).ToArray();
            Assert.True(isUnderLoad.Wait(Bounded.Patience));

            await cache.DisposeAsync().Soon();
            await Task.WhenAll(workers).Soon();

            Assert.Throws<ObjectDisposedException>(() => cache.TryGet<int>("k1", out _));
        }
    }

    [Fact]
    public async Task DisposeTwiceAtOnce_BothEnd()
    {
        var cache = TestCache.Create(_clock);
        await Task.WhenAll(cache.DisposeAsync().AsTask(), cache.DisposeAsync().AsTask()).Soon();
    }

    [Fact]
    public async Task ForgottenCache_IsCollected()
    {
        static WeakReference Make()
        {
            var cache = LarderCache.Create();
            cache.SetAsync("k", "value").AsTask().GetAwaiter().GetResult();
            return new WeakReference(cache);
        }

        var forgotten = Make();
        for (var i = 0; i < 10 && forgotten.IsAlive; i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
            await Task.Yield();
        }

        Assert.False(forgotten.IsAlive);
    }

    [Fact]
    public async Task Disposed_WithRemovalsThatNobodyWasTold_EndsInTimeAndTellsHowMany()
    {
        var events = new Losses();
        var channel = new SilentChannel();
        var shelf = new Shelf { IsDown = true };
        var cache = TestCache.Create(_clock, options =>
        {
            options.Authority = shelf.Open();
            options.QueueRemovals = true;
            options.RemovalChannel = channel;
            options.Events = events;
            options.TierTimeout = Seconds(1);
        });
        Assert.Equal(RemovalOutcome.Queued, await cache.RemoveAsync("a"));
        Assert.Equal(RemovalOutcome.Queued, await cache.RemoveAsync("b"));
        await channel.Asked.Task.Soon();

        var disposing = cache.DisposeAsync().AsTask();
        for (var step = 0; step < 100_000 && !disposing.IsCompleted; step++)
        {
            _clock.Advance(Seconds(1));
            await Task.Yield();
        }

        await disposing;
        Assert.Equal([("untold", 2), ("unsent", 2)], events.All);
    }

    private sealed class Losses : ICacheEvents
    {
        internal List<(string, int)> All { get; } = [];

        public void RemovalsLost(string cache, int untold, int unsent) => All.AddRange([("untold", untold), ("unsent", unsent)]);
    }

    /// <summary>Never answers.</summary>
    private sealed class SilentChannel : IRemovalChannel
    {
        internal TaskCompletionSource Asked { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public void Join(TierHost host, IRemovalListener listener)
        {
        }

        public void Listen()
        {
        }

        public ValueTask<bool> PublishAsync(ReadOnlyMemory<Removal> removals, CancellationToken cancellationToken)
        {
            Asked.TrySetResult();
            return new ValueTask<bool>(new TaskCompletionSource<bool>().Task);
        }
    }
}
