using Larder.Entries;
using Larder.Flows;
using Larder.Tiers;

namespace Larder.Entrance;

/// <summary>The verbs for many keys, the same for a cache and for a typed view of it.</summary>
internal sealed class BulkDoor(CacheView view, MemoryHit hit, CacheFlows flows)
{
    internal ValueTask<IReadOnlyDictionary<string, T>> GetOrCreateMany<T>(
        IEnumerable<string> keys,
        Func<IReadOnlyList<string>, CancellationToken, ValueTask<IReadOnlyDictionary<string, T>>> loader,
        EntryOptions? options,
        ReadOnlySpan<string> tags,
        CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(loader);
        var found = flows.BulkLoad.Look<T>(view, hit, keys, options, cancellationToken, out var rest);
        return rest is null ? new(found) : flows.BulkLoad.Load(view, (found, rest), new PlainBulkLoader<T>(loader), options, tags, cancellationToken);
    }

    internal ValueTask<IReadOnlyDictionary<string, T>> GetOrCreateMany<TState, T>(
        IEnumerable<string> keys,
        TState state,
        Func<TState, IReadOnlyList<string>, CancellationToken, ValueTask<IReadOnlyDictionary<string, T>>> loader,
        EntryOptions? options,
        ReadOnlySpan<string> tags,
        CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(loader);
        var found = flows.BulkLoad.Look<T>(view, hit, keys, options, cancellationToken, out var rest);
        return rest is null ? new(found) : flows.BulkLoad.Load(view, (found, rest), new StateBulkLoader<TState, T>(state, loader), options, tags, cancellationToken);
    }

    internal ValueTask<IReadOnlyDictionary<string, CacheResult<T>>> GetMany<T>(
        IEnumerable<string> keys, EntryOptions? options, CancellationToken cancellationToken) =>
        flows.BulkRead.GetMany<T>(view, hit, keys, options, cancellationToken);

    internal ValueTask SetMany<T>(
        IEnumerable<KeyValuePair<string, T>> items, EntryOptions? options, ReadOnlySpan<string> tags, CancellationToken cancellationToken) =>
        flows.Write.SetMany(view, items, options, tags, cancellationToken);
}
