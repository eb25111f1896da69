using System.Collections.Concurrent;
using Larder.Tests.Support;
using Microsoft.Extensions.DependencyInjection;
using static Larder.Tests.Support.TestCache;

namespace Larder.Tests.Entrance;

/// <summary>Factories that get a service scope of their own.</summary>
public sealed class ScopedFactoryTests : IAsyncDisposable
{
    private static readonly EntryOptions WithStale = new() { FreshFor = Seconds(1), StaleFor = Minutes(1) };

    private readonly FakeClock _clock = new();
    private readonly ServiceProvider _provider;
    private readonly ICache _cache;

    public ScopedFactoryTests()
    {
        var services = new ServiceCollection();
        services.AddScoped<Session>();
        services.AddLarder(options => options.TimeProvider = _clock);
        _provider = services.BuildServiceProvider(validateScopes: true);
        _cache = _provider.GetRequiredService<ICache>();
    }

    public ValueTask DisposeAsync() => _provider.DisposeAsync();

    [Fact]
    public async Task Load_EveryShape_GetsAScopeThatIsDisposedAfterIt()
    {
        var sessions = new ConcurrentQueue<Session>();
        Session Take(IServiceProvider services)
        {
            var session = services.GetRequiredService<Session>();
            Assert.False(session.IsDisposed);
            sessions.Enqueue(session);
            return session;
        }

        var typed = _cache.For<int>("p:");
        await _cache.GetOrCreateScopedAsync("a", (services, _) => new ValueTask<int>(Take(services).Number));
        await _cache.GetOrCreateScopedAsync("b", 1, (_, services, _) => new ValueTask<int>(Take(services).Number));
        await _cache.GetOrCreateScopedAsync("c", 1, async (_, services, entry, _) =>
        {
            var session = Take(services);
            await Task.Yield();
            Assert.Equal("c", entry.Key);
            Assert.False(session.IsDisposed);
            return session.Number;
        });
        await typed.GetOrCreateScopedAsync("a", (services, _) => new ValueTask<int>(Take(services).Number));
        await typed.GetOrCreateScopedAsync("b", 1, (_, services, _) => new ValueTask<int>(Take(services).Number));
        await typed.GetOrCreateScopedAsync("c", 1, (_, services, _, _) => new ValueTask<int>(Take(services).Number));

        Assert.Equal(6, sessions.Distinct().Count());
        Assert.All(sessions, session => Assert.True(session.IsDisposed));
    }

    [Fact]
    public async Task Hit_MakesNoScope()
    {
        await _cache.SetAsync("k", 5);

        Assert.Equal(5, await _cache.GetOrCreateScopedAsync<int>("k", (_, _) => throw new InvalidOperationException("not here")));
    }

    [Fact]
    public async Task FailingFactory_ScopeIsDisposedAllTheSame()
    {
        Session? session = null;
        await Assert.ThrowsAsync<IOException>(() => _cache.GetOrCreateScopedAsync<int>("k", (services, _) =>
        {
            session = services.GetRequiredService<Session>();
            throw new IOException("down");
        }).AsTask());

        Assert.True(session!.IsDisposed);
    }

    [Fact]
    public async Task Refresh_AfterTheRequestsScopeHasEnded_GetsAScopeOfItsOwn()
    {
        var sessions = new ConcurrentQueue<Session>();
        var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        async ValueTask<int> LoadAsync(IServiceProvider services, CancellationToken cancellationToken)
        {
            var session = services.GetRequiredService<Session>();
            sessions.Enqueue(session);
            if (sessions.Count > 1)
            {
                await gate.Task;
            }

            Assert.False(session.IsDisposed);
            return session.Number;
        }

        int first;
        await using (_provider.CreateAsyncScope())
        {
            first = await _cache.GetOrCreateScopedAsync("k", LoadAsync, WithStale);
            _clock.Advance(Seconds(2));
            Assert.Equal(first, await _cache.GetOrCreateScopedAsync("k", LoadAsync, WithStale));
        }

        gate.SetResult();
        await Bounded.Until(() => _cache.TryGet<int>("k", out var now) && now != first);
        await Bounded.Until(() => sessions.All(session => session.IsDisposed));
        Assert.Equal(2, sessions.Distinct().Count());
    }

    [Fact]
    public async Task TypedAndNamedCaches_OfTheContainer_HaveScopesToo()
    {
        var services = new ServiceCollection();
        services.AddScoped<Session>();
        services.AddLarder().AddCache("products");
        await using var provider = services.BuildServiceProvider();

        Assert.NotEqual(0, await provider.GetRequiredService<ICache<int>>()
            .GetOrCreateScopedAsync("k", (scope, _) => new ValueTask<int>(scope.GetRequiredService<Session>().Number)));
        Assert.NotEqual(0, await provider.GetRequiredKeyedService<ICache>("products")
            .GetOrCreateScopedAsync("k", (scope, _) => new ValueTask<int>(scope.GetRequiredService<Session>().Number)));
    }

    [Fact]
    public async Task WithoutDependencyInjection_ThrowsAndNamesTheRemedy()
    {
        await using var cache = LarderCache.Create();
        var thrown = await Assert.ThrowsAsync<InvalidOperationException>(
            async () => await cache.GetOrCreateScopedAsync("k", (_, _) => new ValueTask<int>(1)));
        Assert.Contains("AddLarder", thrown.Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<InvalidOperationException>(
            async () => await cache.GetOrCreateScopedAsync("k", 0, (_, _, _) => new ValueTask<int>(1)));
        await Assert.ThrowsAsync<InvalidOperationException>(
            async () => await cache.For<int>().GetOrCreateScopedAsync("k", 0, (_, _, _, _) => new ValueTask<int>(1)));
    }

    [Fact]
    public async Task NullFactory_IsRefused()
    {
        await Assert.ThrowsAsync<ArgumentNullException>(
            async () => await _cache.GetOrCreateScopedAsync("k", (Func<IServiceProvider, CancellationToken, ValueTask<int>>)null!));
        await Assert.ThrowsAsync<ArgumentNullException>(
            async () => await _cache.GetOrCreateAsync("k", (Func<CancellationToken, ValueTask<int>>)null!));
    }

    private sealed class Session : IAsyncDisposable
    {
        private static int Last;

        internal int Number { get; } = Interlocked.Increment(ref Last);

        internal bool IsDisposed { get; private set; }

        public ValueTask DisposeAsync()
        {
            IsDisposed = true;
            return ValueTask.CompletedTask;
        }
    }
}
