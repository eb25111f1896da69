using Larder.Entries;

namespace Larder.Flows;

/// <summary>One call with a loader of many keys: how it asks, and what it has got so far.</summary>
/// <param name="view">The cache, or the typed cache, that was called.</param>
/// <param name="loader">The loader.</param>
/// <param name="settings">The merged options.</param>
/// <param name="tags">The tags of the entries.</param>
/// <param name="startedAt">When the call began, for its own time-outs.</param>
/// <param name="found">The answer, with what memory had.</param>
internal sealed class BulkCall<T>(CacheView view, BulkLoader<T> loader, EntrySettings settings, string[] tags, long startedAt, BulkValues<T> found)
{
    private Dictionary<string, Exception>? _failures;

    internal CacheView View { get; } = view;

    internal BulkLoader<T> Loader { get; } = loader;

    internal EntrySettings Settings { get; } = settings;

    internal string[] Tags { get; } = tags;

    internal long StartedAt { get; } = startedAt;

    internal BulkValues<T> Found { get; } = found;

    /// <summary>See <see cref="LoadStep{T}.Arrival"/>.</summary>
    internal long? Arrival { get; set; }

    /// <summary>The call for one of its keys.</summary>
    internal LoadCall<BulkLoader<T>> Of(string wholeKey) => new(View, wholeKey, Loader, Settings, StartedAt);

    /// <summary>Says why a key has no answer.</summary>
    internal void Fail(string key, Exception failed)
    {
        Found.Remove(key);
        (_failures ??= [])[key] = failed;
    }

    /// <summary>What the caller gets, when every key has come to its end.</summary>
    /// <exception cref="BulkLoadException">A key has failed.</exception>
    internal IReadOnlyDictionary<string, T> Answer() => _failures is null ? Found : throw new BulkLoadException(Found, Found.Count, _failures);
}
