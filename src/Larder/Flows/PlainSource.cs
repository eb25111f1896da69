namespace Larder.Flows;

/// <summary>A factory that takes nothing.</summary>
internal readonly struct PlainSource<T>(Func<CancellationToken, ValueTask<T>> factory) : ISource<T>
{
    private readonly Func<CancellationToken, ValueTask<T>> _factory = factory ?? throw new ArgumentNullException(nameof(factory));

    public static bool TakesContext => false;

    public ValueTask<T> LoadAsync(EntryContext? context, CancellationToken cancellationToken) => _factory(cancellationToken);
}
