namespace Larder.Flows;

/// <summary>A loader that takes nothing but the keys.</summary>
internal sealed class PlainBulkLoader<T>(Func<IReadOnlyList<string>, CancellationToken, ValueTask<IReadOnlyDictionary<string, T>>> loader) : BulkLoader<T>
{
    internal override ValueTask<IReadOnlyDictionary<string, T>> LoadAsync(IReadOnlyList<string> keys, CancellationToken cancellationToken) =>
        loader(keys, cancellationToken);
}
