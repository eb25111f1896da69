using Larder.Entries;

namespace Larder.Flows;

/// <summary>One call with a factory: what it asks for and how.</summary>
/// <param name="view">The cache, or the typed cache, that was called.</param>
/// <param name="key">The whole key, prefix included.</param>
/// <param name="source">The factory.</param>
/// <param name="settings">The merged options.</param>
/// <param name="startedAt">When the call began, for its own time-outs.</param>
internal readonly struct LoadCall<TSource>(CacheView view, string key, TSource source, EntrySettings settings, long startedAt)
{
    internal CacheView View { get; } = view;

    internal string Key { get; } = key;

    internal TSource Source { get; } = source;

    internal EntrySettings Settings { get; } = settings;

    internal long StartedAt { get; } = startedAt;
}
