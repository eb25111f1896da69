namespace QuickStart.Documentation;

/// <summary>
/// The real source with a stagehand: some scenes need documentation that changes, a source that fails, or one that
/// answers at a given moment, and the files do none of that by themselves.
/// </summary>
internal sealed class StagedSource(IDocumentationSource real, string edition) : IDocumentationSource
{
    private HeldAnswer? _hold;
    private int _questions;

    /// <summary>What the documents say their edition is. A question is answered from the edition in which it was asked.</summary>
    internal string Edition { get; set; } = edition;

    /// <summary>What every question fails with; null when the source is well.</summary>
    internal Exception? Failure { get; set; }

    /// <summary>How many questions the source was asked, those included that failed.</summary>
    internal int Questions => Volatile.Read(ref _questions);

    /// <summary>Keeps the answer to the next question back until it is released; later ones are answered as ever.</summary>
    internal HeldAnswer HoldNextAnswer() => _hold = new HeldAnswer();

    public async ValueTask<Document?> FindAsync(string name, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _questions);
        if (Failure is { } failure)
        {
            throw failure;
        }

        var edition = Edition;
        var hold = Interlocked.Exchange(ref _hold, null);
        var document = await real.FindAsync(name, cancellationToken);
        if (hold is not null)
        {
            await hold.KeepBackAsync(cancellationToken);
        }

        return document is null ? null : document with { Edition = edition };
    }
}
