using Larder.Keys;

namespace Larder.Flows;

/// <summary>Removes keys: the running load is detached and memory dropped under one lock, so nothing slips in between; then the lower tiers are told.</summary>
internal sealed class RemoveFlow(CacheParts parts, BelowFlow? below)
{
    internal ValueTask<RemovalOutcome> Remove(string key, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(key);
        parts.ThrowIfClosed();
        KeyRules.Check(key, parts.MaximumKeyLength);
        parts.Drop(key);
        if (below is not null)
        {
            return below.WaitAsync(RemoveBelowAsync([key]), cancellationToken);
        }

        parts.Announce(new Removal(RemovalKind.Key, key, IsLocal: true));
        return new(RemovalOutcome.Done);
    }

    /// <summary>Checks all keys, then removes them.</summary>
    internal ValueTask<RemovalOutcome> RemoveMany(IEnumerable<string> keys, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(keys);
        parts.ThrowIfClosed();
        string[] all = [.. keys];
        KeyRules.CheckAll(all, parts.MaximumKeyLength);
        DropAll(all);
        if (below is not null && all.Length > 0)
        {
            return below.WaitAsync(RemoveBelowAsync(all), cancellationToken);
        }

        AnnounceAll(all);
        return new(RemovalOutcome.Done);
    }

    private async Task<RemovalOutcome> RemoveBelowAsync(string[] keys)
    {
        var outcome = await below!.RemoveAsync(RemovalKind.Key, keys, () => DropAll(keys)).ConfigureAwait(false);
        AnnounceAll(keys);
        return outcome;
    }

    private void DropAll(string[] keys)
    {
        foreach (var key in keys)
        {
            parts.Drop(key);
        }
    }

    private void AnnounceAll(string[] keys)
    {
        foreach (var key in keys)
        {
            parts.Announce(new Removal(RemovalKind.Key, key, IsLocal: true));
        }
    }
}
