using Microsoft.Extensions.DependencyInjection;

namespace Larder.Entrance;

/// <summary>A factory with state that gets a service scope of its own and the entry's context.</summary>
internal readonly struct ScopedContextSource<TState, T>(
    IServiceScopeFactory scopes, TState state, Func<TState, IServiceProvider, EntryContext, CancellationToken, ValueTask<T>> factory)
{
    internal static readonly Func<ScopedContextSource<TState, T>, EntryContext, CancellationToken, ValueTask<T>> Load =
        static (source, context, cancellationToken) => source.LoadAsync(context, cancellationToken);

    private async ValueTask<T> LoadAsync(EntryContext context, CancellationToken cancellationToken)
    {
        var scope = scopes.CreateAsyncScope();
        await using (scope.ConfigureAwait(false))
        {
            return await factory(state, scope.ServiceProvider, context, cancellationToken).ConfigureAwait(false);
        }
    }
}
