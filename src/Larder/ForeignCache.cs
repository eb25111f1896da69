namespace Larder;

/// <summary>What implementations of <see cref="ICache"/> other than Larder's own are spared.</summary>
internal static class ForeignCache
{
    internal static async ValueTask<T> ValueOfAsync<T>(ValueTask<CacheResult<T>> resolving)
    {
        var result = await resolving.ConfigureAwait(false);
        return result.Value!;
    }

    /// <summary>Behind <see cref="ICache.SnapshotManyAsync"/>.</summary>
    internal static async ValueTask<IReadOnlyDictionary<string, Fence>> SnapshotManyAsync(ICache cache, IEnumerable<string> keys, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(keys);
        var all = keys.Distinct(StringComparer.Ordinal).ToArray();
        var fences = await Task.WhenAll(all.Select(key => cache.SnapshotAsync(key, cancellationToken).AsTask())).ConfigureAwait(false);
        var byKey = new Dictionary<string, Fence>(all.Length, StringComparer.Ordinal);
        for (var i = 0; i < all.Length; i++)
        {
            byKey[all[i]] = fences[i];
        }

        return byKey;
    }

    /// <summary>Behind <see cref="ICache.SetManyIfUnchangedAsync"/>.</summary>
    internal static async ValueTask<IReadOnlyDictionary<string, StoreOutcome>> SetManyIfUnchangedAsync<T>(
        ICache cache,
        IReadOnlyDictionary<string, T> items,
        IReadOnlyDictionary<string, Fence> fences,
        EntryOptions? options,
        string[]? tags,
        CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(items);
        ArgumentNullException.ThrowIfNull(fences);
        foreach (var key in items.Keys)
        {
            if (!fences.ContainsKey(key))
            {
                throw new ArgumentException("There is no fence for one of the keys; take the snapshots of all keys before their values are read.", nameof(fences));
            }
        }

        var all = items.ToArray();
        var outcomes = await Task.WhenAll(
            all.Select(item => cache.SetIfUnchangedAsync(item.Key, item.Value, fences[item.Key], options, tags, cancellationToken).AsTask())).ConfigureAwait(false);
        var byKey = new Dictionary<string, StoreOutcome>(all.Length, StringComparer.Ordinal);
        for (var i = 0; i < all.Length; i++)
        {
            byKey[all[i].Key] = outcomes[i];
        }

        return byKey;
    }
}
