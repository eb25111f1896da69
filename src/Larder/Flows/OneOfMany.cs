namespace Larder.Flows;

/// <summary>A loader of many keys as the factory of one of them: for a key that came too late for the call of the others.</summary>
internal readonly struct OneOfMany<T>(BulkLoader<T> loader, string key) : ISource<T>
{
    public static bool TakesContext => true;

    public async ValueTask<T> LoadAsync(EntryContext? context, CancellationToken cancellationToken)
    {
        var loaded = await loader.LoadAsync([key], cancellationToken).ConfigureAwait(false) ?? throw BulkLoader<T>.NoAnswer();
        return loaded.TryGetValue(key, out var value) ? value : context!.NotFound<T>();
    }
}
