namespace Larder.Flows;

/// <summary>
/// A factory in one shape. The implementations are structs, so that the three shapes cost neither a closure nor a
/// virtual call.
/// </summary>
internal interface ISource<T>
{
    /// <summary>True when the factory wants an <see cref="EntryContext"/>.</summary>
    static abstract bool TakesContext { get; }

    ValueTask<T> LoadAsync(EntryContext? context, CancellationToken cancellationToken);
}
