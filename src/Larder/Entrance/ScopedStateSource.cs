using Microsoft.Extensions.DependencyInjection;

namespace Larder.Entrance;

/// <summary>A factory with state that gets a service scope of its own.</summary>
internal readonly struct ScopedStateSource<TState, T>(
    IServiceScopeFactory scopes, TState state, Func<TState, IServiceProvider, CancellationToken, ValueTask<T>> factory)
{
    internal static readonly Func<ScopedStateSource<TState, T>, CancellationToken, ValueTask<T>> Load =
        static (source, cancellationToken) => source.LoadAsync(cancellationToken);

    private async ValueTask<T> LoadAsync(CancellationToken cancellationToken)
    {
        var scope = scopes.CreateAsyncScope();
        await using (scope.ConfigureAwait(false))
        {
            return await factory(state, scope.ServiceProvider, cancellationToken).ConfigureAwait(false);
        }
    }
}
