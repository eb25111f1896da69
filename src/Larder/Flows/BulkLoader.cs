namespace Larder.Flows;

/// <summary>A loader of many keys in one shape.</summary>
internal abstract class BulkLoader<T>
{
    /// <summary>Loads the values of the keys; what it leaves out does not exist.</summary>
    internal abstract ValueTask<IReadOnlyDictionary<string, T>> LoadAsync(IReadOnlyList<string> keys, CancellationToken cancellationToken);

    /// <summary>What is wrong with an answer that is none.</summary>
    internal static InvalidOperationException NoAnswer() =>
        new("The loader answered null; let it answer an empty dictionary when it has found nothing.");
}
