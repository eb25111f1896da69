using Microsoft.Extensions.DependencyInjection;

namespace Larder.Entrance;

/// <summary>Where scoped factories get their services from; nowhere in a cache that dependency injection did not make.</summary>
internal sealed class ServiceScopes(IServiceScopeFactory? scopes)
{
    internal ScopedSource<T> With<T>(Func<IServiceProvider, CancellationToken, ValueTask<T>> factory) =>
        new(Required(), factory ?? throw new ArgumentNullException(nameof(factory)));

    internal ScopedStateSource<TState, T> With<TState, T>(
        TState state, Func<TState, IServiceProvider, CancellationToken, ValueTask<T>> factory) =>
        new(Required(), state, factory ?? throw new ArgumentNullException(nameof(factory)));

    internal ScopedContextSource<TState, T> With<TState, T>(
        TState state, Func<TState, IServiceProvider, EntryContext, CancellationToken, ValueTask<T>> factory) =>
        new(Required(), state, factory ?? throw new ArgumentNullException(nameof(factory)));

    private IServiceScopeFactory Required() =>
        scopes ?? throw new InvalidOperationException(
            "GetOrCreateScopedAsync needs a cache made by dependency injection (services.AddLarder()); this one was made by LarderCache.Create.");
}
