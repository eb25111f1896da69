using Microsoft.Extensions.DependencyInjection;

namespace Larder.Entrance;

/// <summary>A factory that gets a service scope of its own.</summary>
internal readonly struct ScopedSource<T>(IServiceScopeFactory scopes, Func<IServiceProvider, CancellationToken, ValueTask<T>> factory)
{
    internal static readonly Func<ScopedSource<T>, CancellationToken, ValueTask<T>> Load =
        static (source, cancellationToken) => source.LoadAsync(cancellationToken);

    private async ValueTask<T> LoadAsync(CancellationToken cancellationToken)
    {
        var scope = scopes.CreateAsyncScope();
        await using (scope.ConfigureAwait(false))
        {
            return await factory(scope.ServiceProvider, cancellationToken).ConfigureAwait(false);
        }
    }
}
