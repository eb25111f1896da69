using Larder.Ports;
using Larder.Redis.Tests.Kit;
using Larder.Servers;
using Larder.Testing;

namespace Larder.Redis.Tests.Locks;

/// <summary>Locks of several nodes on a real server.</summary>
public sealed class RedisLockTests
{
    private const string Name = "job";
    private static readonly TimeSpan Long = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Short = TimeSpan.FromMilliseconds(600);

    [Fact]
    public async Task TryLock_OnTwoNodes_OneHasItUntilItIsGivenBack()
    {
        var prefix = SharedServer.NewPrefix();
        await using var a = await RedisNode.StartAsync(prefix);
        await using var b = await RedisNode.StartAsync(prefix);
        var first = await a.Cache.TryLockAsync(Name, Long);
        Assert.NotNull(first);
        Assert.Null(await b.Cache.TryLockAsync(Name, Long));
        Assert.InRange((long)(await SharedServer.Real.CallAsync("PTTL", LockName(prefix)))!, 1, 30_000);
        Assert.NotNull(await b.Cache.TryLockAsync("another", Long));
        await first.DisposeAsync();

        var second = await b.Cache.TryLockAsync(Name, Long);
        Assert.True(second!.FencingNumber > first.FencingNumber);
        await first.DisposeAsync();
        Assert.Null(await a.Cache.TryLockAsync(Name, Long));
        Assert.True(second.IsHeld);
    }

    [Fact]
    public async Task TryLock_BeforeTheFirstConnection_WaitsForIt()
    {
        var prefix = SharedServer.NewPrefix();
        await using var node = RedisNode.Start(options => (options.ConnectionString, options.Prefix) = (SharedServer.Address, prefix));
        Assert.NotNull(await node.Cache.TryLockAsync(Name, Long));
    }

    [Fact]
    public async Task Owner_WhoLives_ProlongsIt()
    {
        var prefix = SharedServer.NewPrefix();
        await using var node = await RedisNode.StartAsync(prefix);
        await using var held = await node.Cache.TryLockAsync(Name, Short);
        var last = long.MaxValue;
        var prolongings = 0;
        await RedisNode.UntilAsync(
            async () =>
            {
                var left = (long)(await SharedServer.Real.CallAsync("PTTL", LockName(prefix)))!;
                prolongings += left > last ? 1 : 0;
                last = left;
                return prolongings == 5;
            },
            () => "the lock to be prolonged five times");
        Assert.True(held!.IsHeld);
    }

    [Fact]
    public async Task TryLock_ServerIsSilent_TakesOneTimeForTheConnectionAndTheAnswer()
    {
        await using var server = await RealServer.StartAsync();
        server.Pause();
        var clock = new FakeClock();
        await using var node = RedisNode.Start(
            options => options.ConnectionString = $"127.0.0.1:{server.Port},asyncTimeout=600000,connectTimeout=600000", options => options.TimeProvider = clock);
        var taking = node.Cache.TryLockAsync(Name, Long).AsTask();

        // The time of the cache alone passes, in steps that are too short for two of them.
        for (var minute = 0; minute < 11 && !taking.IsCompleted; minute++)
        {
            clock.Advance(TimeSpan.FromMinutes(1));
        }

        var failure = await Assert.ThrowsAsync<TierUnavailableException>(() => taking.WaitAsync(Long));
        Assert.Contains("within 600 s (asyncTimeout)", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Owner_WhoStandsStill_LosesItAndNeverTakesItFromTheNext()
    {
        // Its clock does not move and its timers do not fire, as in a process that is stopped; the server's time goes on.
        var clock = new FakeClock();
        var prefix = SharedServer.NewPrefix();
        await using var stopped = RedisNode.Start(
            options => (options.ConnectionString, options.Prefix, options.Level) = (SharedServer.Address, prefix, CoherenceLevel.Eventual), options => options.TimeProvider = clock);
        await using var other = await RedisNode.StartAsync(prefix);
        var lost = await stopped.Cache.TryLockAsync(Name, Short);
        Assert.NotNull(lost);
        CacheLock? next = null;
        await RedisNode.UntilAsync(async () => (next = await other.Cache.TryLockAsync(Name, Long)) is not null, () => "the lock of the stopped owner to end");

        // It believes to have it, which only the number can refute.
        Assert.True(lost.IsHeld);
        Assert.True(next!.FencingNumber > lost.FencingNumber);

        clock.Advance(Short);
        Assert.False(lost.IsHeld);
        await RedisNode.UntilAsync(() => lost.Lost.IsCancellationRequested, () => "the owner to be told");
        await lost.DisposeAsync();
        Assert.True(next.IsHeld);
        Assert.Null(await stopped.Cache.TryLockAsync(Name, Long));
    }

    [Fact]
    public async Task Server_ThatStandsStill_LosesIt()
    {
        await using var server = await RealServer.StartAsync();
        await using var node = await RedisNode.StartAsync(server);
        var held = await node.Cache.TryLockAsync(Name, Short);
        server.Pause();
        await RedisNode.UntilAsync(() => held!.Lost.IsCancellationRequested, () => "the owner to be told");
        Assert.False(held!.IsHeld);
        server.Resume();
    }

    [Fact]
    public async Task Server_ThatForgets_IsNoticedAndNumbersGoOnGrowing()
    {
        await using var server = await RealServer.StartAsync();
        await using var node = await RedisNode.StartAsync(server);
        await using var other = await RedisNode.StartAsync(server);
        var held = await node.Cache.TryLockAsync(Name, Short);
        server.Kill();
        await server.RestartAsync();

        CacheLock? next = null;
        await RedisNode.UntilAsync(
            async () =>
            {
                try
                {
                    return (next = await other.Cache.TryLockAsync(Name, Long)) is not null;
                }
                catch (TierUnavailableException)
                {
                    return false;
                }
            },
            () => "the server to be there again");
        await RedisNode.UntilAsync(() => held!.Lost.IsCancellationRequested, () => "the owner to be told");
        Assert.True(next!.FencingNumber > held!.FencingNumber);
    }

    [Fact]
    public async Task TryLock_ServerAway_Throws()
    {
        await using var server = await RealServer.StartAsync();
        await using var node = RedisNode.Start(options => options.ConnectionString = $"127.0.0.1:{server.Port},commandTimeout=300");
        await node.ConnectedAsync();
        server.Kill();
        await Assert.ThrowsAsync<TierUnavailableException>(async () => await node.Cache.TryLockAsync(Name, Long));
    }

    [Fact]
    public async Task CacheDisposed_GivesItBack()
    {
        var prefix = SharedServer.NewPrefix();
        var node = await RedisNode.StartAsync(prefix);
        var held = await node.Cache.TryLockAsync(Name, Long);
        await node.DisposeAsync();
        Assert.True(held!.Lost.IsCancellationRequested);
        Assert.Equal(0L, await SharedServer.Real.CallAsync("EXISTS", LockName(prefix)));
    }

    [Fact]
    public async Task TryLock_ManyRivals_OneAtATime()
    {
        var prefix = SharedServer.NewPrefix();
        await using var a = await RedisNode.StartAsync(prefix);
        await using var b = await RedisNode.StartAsync(prefix);
        var (inside, entered, last) = (0, 0, 0L);
        await Task.WhenAll(Enumerable.Range(0, 8).Select(async rival =>
        {
            var cache = rival % 2 == 0 ? a.Cache : b.Cache;
            for (var round = 0; round < 100; round++)
            {
                if (await cache.TryLockAsync(Name, Long) is not { } held)
                {
                    continue;
                }

                Assert.Equal(1, Interlocked.Increment(ref inside));
                Assert.True(held.FencingNumber > last);
                last = held.FencingNumber;
                entered++;
                await Task.Yield();
                Interlocked.Decrement(ref inside);
                await held.DisposeAsync();
            }
        }));
        Assert.True(entered > 0);
    }

    [Theory]
    [InlineData("job")]
    [InlineData("}x")]
    [InlineData("{a}b")]
    [InlineData("a{b")]
    [InlineData("{}")]
    public void Names_OfALockAndItsNumber_LieInOneSlot(string name)
    {
        var names = new Layout.KeyNames("larder", "default");
        Assert.Equal(Resp.RespSlots.Of(names.Lock(name)), Resp.RespSlots.Of(names.LockNumber(name)));
        Assert.NotEqual(names.Lock(name), names.LockNumber(name));
    }

    private static string LockName(string prefix) => $"{prefix}:default:l:{{:{Name}}}";
}
