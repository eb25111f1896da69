namespace QuickStart.Documentation;

/// <summary>Where documentation comes from. This is what the cache stands in front of.</summary>
internal interface IDocumentationSource
{
    /// <summary>Finds the documentation of a type or member; null when there is none of that name.</summary>
    ValueTask<Document?> FindAsync(string name, CancellationToken cancellationToken);
}
