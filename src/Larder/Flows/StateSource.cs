namespace Larder.Flows;

/// <summary>A factory with the state it works on.</summary>
internal readonly struct StateSource<TState, T>(TState state, Func<TState, CancellationToken, ValueTask<T>> factory) : ISource<T>
{
    private readonly Func<TState, CancellationToken, ValueTask<T>> _factory = factory ?? throw new ArgumentNullException(nameof(factory));

    public static bool TakesContext => false;

    public ValueTask<T> LoadAsync(EntryContext? context, CancellationToken cancellationToken) => _factory(state, cancellationToken);
}
