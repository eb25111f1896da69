namespace Larder.Flows;

/// <summary>A loader with the state it works on.</summary>
internal sealed class StateBulkLoader<TState, T>(
    TState state, Func<TState, IReadOnlyList<string>, CancellationToken, ValueTask<IReadOnlyDictionary<string, T>>> loader) : BulkLoader<T>
{
    internal override ValueTask<IReadOnlyDictionary<string, T>> LoadAsync(IReadOnlyList<string> keys, CancellationToken cancellationToken) =>
        loader(state, keys, cancellationToken);
}
