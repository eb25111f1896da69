namespace QuickStart.Documentation;

/// <summary>
/// The slow source: it has no index, so every question means reading the XML files one after the other until the name
/// turns up. Nothing here is slowed down on purpose.
/// </summary>
internal sealed class FileSource(DocumentationFolder folder) : IDocumentationSource
{
    private long _searches;

    internal DocumentationFolder Folder { get; } = folder;

    /// <summary>How many times the files were searched. The scenes compare this with what the cache says.</summary>
    internal long Searches => Interlocked.Read(ref _searches);

    public ValueTask<Document?> FindAsync(string name, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _searches);

        // Reading XML keeps a processor busy. On the pool it does not keep the caller, who may have other things to do.
        return new ValueTask<Document?>(Task.Run(() => Find(DocumentationId.Normalize(name), cancellationToken), cancellationToken));
    }

    /// <summary>Reads all files once, for the summaries of all types.</summary>
    internal Task<IReadOnlyList<Document>> ReadAllTypesAsync(CancellationToken cancellationToken = default) =>
        Task.Run<IReadOnlyList<Document>>(
            () =>
            [
                .. Folder.Files
                    .Select(file => FilePage.Read(file, static id => id.IsType, cancellationToken))
                    .SelectMany(page => page.Types(Folder.Edition)),
            ],
            cancellationToken);

    private Document? Find(string name, CancellationToken cancellationToken)
    {
        foreach (var file in Folder.Files)
        {
            var page = FilePage.Read(file, id => id.IsNamed(name) || id.IsMemberOf(name), cancellationToken);
            if (page.Document(name, Folder.Edition) is { } document)
            {
                // A type and its members are in one file.
                return document;
            }
        }

        return null;
    }
}
