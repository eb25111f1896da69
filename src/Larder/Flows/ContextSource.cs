namespace Larder.Flows;

/// <summary>A factory with the state it works on that also takes the entry's context.</summary>
internal readonly struct ContextSource<TState, T>(TState state, Func<TState, EntryContext, CancellationToken, ValueTask<T>> factory)
    : ISource<T>
{
    private readonly Func<TState, EntryContext, CancellationToken, ValueTask<T>> _factory = factory ?? throw new ArgumentNullException(nameof(factory));

    public static bool TakesContext => true;

    public ValueTask<T> LoadAsync(EntryContext? context, CancellationToken cancellationToken) =>
        _factory(state, context!, cancellationToken);
}
