using Larder.Coherence;
using Larder.Locks;
using static Larder.Tests.Support.TestCache;

namespace Larder.Tests.Locks;

/// <summary>The locks of a cache: whose they are, and when they end.</summary>
public sealed class CacheLockTests
{
    private static readonly TimeSpan Time = Seconds(30);

    [Fact]
    public async Task TryLock_MemoryAlone_IsOfThisProcessUntilDisposed()
    {
        var clock = new FakeClock();
        await using var cache = Create(clock);
        var first = await cache.TryLockAsync("job", Time);
        Assert.NotNull(first);
        clock.Advance(Time * 3);
        Assert.Null(await cache.TryLockAsync("job", Time));
        Assert.True(first.IsHeld);
        await first.DisposeAsync();
        await first.DisposeAsync();

        var second = await cache.TryLockAsync("job", Time);
        Assert.True(second!.FencingNumber > first.FencingNumber);
        Assert.Equal("job", second.Name);
        Assert.False(first.IsHeld);
    }

    [Fact]
    public async Task FencingNumber_AfterARestart_GoesOnGrowing()
    {
        var clock = new FakeClock();
        long before;
        await using (var cache = Create(clock))
        {
            before = (await cache.TryLockAsync("job", Time))!.FencingNumber;
        }

        clock.Advance(TimeSpan.FromMilliseconds(1));
        await using var next = Create(clock);
        Assert.True((await next.TryLockAsync("job", Time))!.FencingNumber > before);
    }

    [Fact]
    public async Task TryLock_ManyAtOnce_OneGetsIt()
    {
        await using var cache = Create(new FakeClock());
        using var barrier = new Barrier(8);
        var taken = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Factory.StartNew(
            () =>
            {
                barrier.SignalAndWait();
                return cache.TryLockAsync("job", Time).AsTask();
            },
            CancellationToken.None,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default).Unwrap()));
        Assert.Single(taken, static held => held is not null);
    }

    [Fact]
    public async Task CacheDisposed_LocksAreLost()
    {
        var cache = Create(new FakeClock());
        var held = await cache.TryLockAsync("job", Time);
        await cache.DisposeAsync();
        Assert.True(held!.Lost.IsCancellationRequested);
        Assert.False(held.IsHeld);
        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await cache.TryLockAsync("job", Time));
    }

    [Fact]
    public async Task TryLock_TypedView_HasItsPrefix()
    {
        await using var cache = Create(new FakeClock());
        var held = await cache.For<string>("reports:").TryLockAsync("job", Time);
        Assert.Equal("reports:job", held!.Name);
        Assert.Null(await cache.TryLockAsync("reports:job", Time));
        Assert.NotNull(await cache.TryLockAsync("job", Time));
    }

    [Theory]
    [InlineData("", 30)]
    [InlineData("a\nb", 30)]
    [InlineData("job", 0.05)]
    [InlineData("job", -1)]
    [InlineData("job", 90_000)]
    public async Task TryLock_NameOrTimeOutOfRange_IsRefused(string name, double seconds)
    {
        await using var cache = Create(new FakeClock());
        await Assert.ThrowsAnyAsync<ArgumentException>(async () => await cache.TryLockAsync(name, Seconds(seconds)));
    }

    [Fact]
    public async Task TryLock_AuthorityWithoutLocks_IsRefusedUntilAProviderIsSet()
    {
        var clock = new FakeClock();
        await using (var cache = Create(clock, options => options.Authority = new LinkedAuthority(new MemoryAuthority(clock).Connect())))
        {
            var thrown = await Assert.ThrowsAsync<LarderException>(async () => await cache.TryLockAsync("job", Time));
            Assert.Contains("Locks", thrown.Message, StringComparison.Ordinal);
        }

        // Two nodes with one store of locks.
        var store = new MemoryLockStore(clock);
        await using var a = Node(clock, store);
        await using var b = Node(clock, store);
        await using (var held = await a.TryLockAsync("job", Time))
        {
            Assert.NotNull(held);
            Assert.Null(await b.TryLockAsync("job", Time));
        }

        Assert.NotNull(await b.TryLockAsync("job", Time));
    }

    private static ICache Node(FakeClock clock, MemoryLockStore store) => Create(clock, options =>
    {
        options.Authority = new LinkedAuthority(new MemoryAuthority(clock).Connect());
        options.Locks = new LeasedLocks(store, clock);
    });
}
