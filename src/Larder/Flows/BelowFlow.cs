using Larder.Ports;
using Larder.Sealing;
using Larder.Tiers;

namespace Larder.Flows;

/// <summary>
/// Tells the lower tiers of a change: the authority first, then the copies above it, then memory once more (a read may have brought the old value up meanwhile), and at last the
/// other nodes. A change that the authority can not be told of is queued, if the cache was set to, or thrown.
/// </summary>
internal sealed class BelowFlow(CacheParts parts, TierChain chain)
{
    /// <summary>Completes a removal whose local part is done.</summary>
    /// <param name="kind">What it covers.</param>
    /// <param name="names">The keys or tags; empty for everything.</param>
    /// <param name="dropAgain">Repeats the local part.</param>
    /// <param name="cancellationToken">Stops the waiting, not the removal.</param>
    internal ValueTask<RemovalOutcome> RemoveAsync(RemovalKind kind, string[] names, Action dropAgain, CancellationToken cancellationToken) =>
        WaitAsync(CompleteAsync(kind, names, dropAgain, () => kind == RemovalKind.Key ? TellInTurnAsync(names, () => TellAsync(kind, names)) : TellAsync(kind, names)).AsTask(), cancellationToken);

    /// <summary>Expires a key below; its local part is done. What can not be expired is queued as a removal, which is more.</summary>
    internal ValueTask<RemovalOutcome> ExpireAsync(string key, Action dropAgain, CancellationToken cancellationToken)
    {
        var freshUntil = EnvelopeHeader.ExpiredAt(parts.Scheduler.Clock.TimeProvider.GetUtcNow().ToUnixTimeMilliseconds());
        return WaitAsync(
            CompleteAsync(RemovalKind.Key, [key], dropAgain, () => TellInTurnAsync([key], () => TellExpiredAsync(key, freshUntil))).AsTask(), cancellationToken);
    }

    /// <summary>Waits until other nodes have followed a change of these keys; throws when that is not certain.</summary>
    internal async ValueTask SynchronizeAsync(params string[] keys)
    {
        if (!await TrySynchronizeAsync(RemovalKind.Key, keys).ConfigureAwait(false))
        {
            throw Unavailable("other nodes could not be reached in time");
        }
    }

    internal TierUnavailableException Unavailable(string what) =>
        new($"The change was made in this process, but {what} ({chain.Authority.Name}, cache \"{parts.CacheName}\"). Whether it is made below is not known: repeat it"
            + (parts.Queue is null ? ", or set QueueRemovals to have removals repeated for you." : "."));

    /// <summary>For changes that must not be repeated blindly.</summary>
    internal TierUnavailableException Indeterminate(string what, string remedy) =>
        new($"{what} ({chain.Authority.Name}, cache \"{parts.CacheName}\"). {remedy}");

    /// <summary>Removes a key that could not be written: what is below may be the old value. Queued, or thrown.</summary>
    internal async ValueTask GiveUpWriteAsync(string key)
    {
        if (parts.Queue is not { } queue)
        {
            throw Unavailable("the authority did not answer");
        }

        await queue.AddAsync(RemovalKind.Key, key).ConfigureAwait(false);
    }

    /// <summary>Tells the authority and the copies of one removal. Also how queued ones are repeated.</summary>
    internal async ValueTask<bool> TellAsync(RemovalKind kind, ReadOnlyMemory<string> names)
    {
        switch (kind)
        {
            case RemovalKind.Key:
                var isRemoved = await chain.Authority.RemoveAsync(names).ConfigureAwait(false);
                if (chain.Copies is { } copies)
                {
                    await copies.RemoveAsync(names).ConfigureAwait(false);
                }

                return isRemoved;
            case RemovalKind.Tag:
                // The any-tag fence first, and awaited: a load that finds out its tags late reads them in the other order.
                if (!await chain.Authority.MoveFenceAsync(FenceName.AnyTag).ConfigureAwait(false))
                {
                    return false;
                }

                for (var i = 0; i < names.Length; i++)
                {
                    if (!await chain.Authority.MoveFenceAsync(FenceName.OfTag(names.Span[i])).ConfigureAwait(false))
                    {
                        return false;
                    }
                }

                return true;
            default:
                var isMoved = await chain.Authority.MoveFenceAsync(FenceName.Cache).ConfigureAwait(false);
                if (chain.Copies is { } all)
                {
                    await all.ClearAsync().ConfigureAwait(false);
                }

                return isMoved;
        }
    }

    /// <summary>
    /// Tells the authority after the writes to the same keys that were called before, and before those that are called later. Several keys are taken in one order, so that two callers
    /// never wait for each other.
    /// </summary>
    internal async ValueTask<T> TellInTurnAsync<T>(string[] keys, Func<ValueTask<T>> tell)
    {
        var ordered = keys.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).ToArray();
        var taken = 0;
        try
        {
            for (; taken < ordered.Length; taken++)
            {
                await parts.Writes.EnterAsync(ordered[taken], parts.Scheduler).ConfigureAwait(false);
            }

            return await tell().ConfigureAwait(false);
        }
        finally
        {
            while (taken > 0)
            {
                parts.Writes.Leave(ordered[--taken]);
            }
        }
    }

    private async ValueTask<bool> TellExpiredAsync(string key, long freshUntil)
    {
        var isTold = await chain.Authority.ExpireAsync(key, freshUntil).ConfigureAwait(false);
        if (chain.Copies is { } copies)
        {
            await copies.RemoveAsync(new[] { key }).ConfigureAwait(false);
        }

        return isTold;
    }

    /// <summary>Waits for a change; cancelling stops the waiting, not the change.</summary>
    internal async ValueTask WaitAsync(Task changing, CancellationToken cancellationToken)
    {
        if (!await parts.Scheduler.EndsAsync(changing, milliseconds: null, cancellationToken).ConfigureAwait(false))
        {
            cancellationToken.ThrowIfCancellationRequested();
        }

        await changing.ConfigureAwait(false);
    }

    /// <summary>The same for a change with an answer.</summary>
    internal async ValueTask<T> WaitAsync<T>(Task<T> completing, CancellationToken cancellationToken)
    {
        if (!await parts.Scheduler.EndsAsync(completing, milliseconds: null, cancellationToken).ConfigureAwait(false))
        {
            cancellationToken.ThrowIfCancellationRequested();
        }

        return await completing.ConfigureAwait(false);
    }

    private async ValueTask<RemovalOutcome> CompleteAsync(RemovalKind kind, string[] names, Action dropAgain, Func<ValueTask<bool>> tell)
    {
        // What waits already goes first, or an older removal would be repeated over a newer value.
        var isTold = parts.Queue is not { Count: > 0 } && await tell().ConfigureAwait(false);
        dropAgain();
        if (isTold && await TrySynchronizeAsync(kind, names).ConfigureAwait(false))
        {
            return RemovalOutcome.Done;
        }

        if (parts.Queue is not { } queue)
        {
            throw Unavailable(isTold ? "other nodes could not be reached in time" : "the authority did not answer");
        }

        if (names.Length == 0)
        {
            await queue.AddAsync(kind, name: null).ConfigureAwait(false);
        }

        foreach (var name in names)
        {
            await queue.AddAsync(kind, name).ConfigureAwait(false);
        }

        return RemovalOutcome.Queued;
    }

    private ValueTask<bool> TrySynchronizeAsync(RemovalKind kind, string[] names) =>
        chain.Coherence is { } coherence ? coherence.SynchronizeAsync(kind, names, CancellationToken.None) : new(true);
}
