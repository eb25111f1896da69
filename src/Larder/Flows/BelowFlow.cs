using Larder.Flights;
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
    /// <summary>Completes a removal whose local part is done. Nothing cancels it: the caller waits by <see cref="WaitAsync{T}"/>.</summary>
    /// <param name="kind">What it covers.</param>
    /// <param name="names">The keys or tags; empty for everything.</param>
    /// <param name="dropAgain">Repeats the local part.</param>
    internal ValueTask<RemovalOutcome> RemoveAsync(RemovalKind kind, string[] names, Action dropAgain) =>
        CompleteAsync(kind, names, dropAgain, () => kind == RemovalKind.Key ? TellInTurnAsync(names, () => TellAsync(kind, names)) : TellAsync(kind, names));

    /// <summary>Expires a key below; its local part is done. What can not be expired is queued as a removal, which is more.</summary>
    internal ValueTask<RemovalOutcome> ExpireAsync(string key, Action dropAgain)
    {
        var freshUntil = EnvelopeHeader.ExpiredAt(parts.Scheduler.Clock.TimeProvider.GetUtcNow().ToUnixTimeMilliseconds());
        return CompleteAsync(RemovalKind.Key, [key], dropAgain, () => TellInTurnAsync([key], () => TellExpiredAsync(key, freshUntil)));
    }

    /// <summary>Puts a key on hold below; its local part is done. What can not be held is queued as a removal.</summary>
    internal ValueTask<RemovalOutcome> HoldAsync(string key, TimeSpan holdFor, Action dropAgain, CancellationToken cancellationToken) =>
        WaitAsync(
            CompleteAsync(RemovalKind.Key, [key], dropAgain, () => TellInTurnAsync([key], () => TellHeldAsync(key, holdFor))).AsTask(), cancellationToken);

    /// <summary>Waits until other nodes have followed a change of these keys; throws when that is not certain.</summary>
    internal async ValueTask SynchronizeAsync(params string[] keys)
    {
        if (!await TrySynchronizeAsync(RemovalKind.Key, keys).ConfigureAwait(false))
        {
            throw Unavailable("other nodes could not be reached in time");
        }
    }

    internal TierUnavailableException Unavailable(string what) =>
        Explained(
            $"The change was made in this process, but {what} ({chain.Authority.Name}, cache \"{parts.CacheName}\").",
            "Whether it is made below is not known: repeat it" + (parts.Queue is null ? ", or set QueueRemovals to have removals repeated for you." : "."));

    private TierUnavailableException Crowded(string key) =>
        new($"{WriteTurns.MostWaiting} changes of {parts.Report.Show(key)} wait for the authority already ({chain.Authority.Name}, cache \"{parts.CacheName}\"). The authority was not told of this one: "
            + "repeat it later.");

    /// <summary>For changes that must not be repeated blindly.</summary>
    internal TierUnavailableException Indeterminate(string what, string remedy) =>
        Explained($"{what} ({chain.Authority.Name}, cache \"{parts.CacheName}\").", remedy);

    /// <summary>The entry was changed by others again and again; the authority works.</summary>
    internal TierUnavailableException Contended(string what, string remedy) =>
        new($"{what} ({chain.Authority.Name}, cache \"{parts.CacheName}\"). {remedy}");

    private TierUnavailableException Explained(string what, string remedy)
    {
        var why = chain.Authority.Why();
        return new($"{what} {why.Text}{(why.Text.Length == 0 ? "" : " ")}{remedy}", why.Exception);
    }

    /// <summary>Removes a key that could not be written: what is below may be the old value. Queued, or thrown.</summary>
    internal async ValueTask GiveUpWriteAsync(string key)
    {
        if (parts.Queue is not { } queue)
        {
            throw Unavailable("the authority did not answer");
        }

        await queue.AddAsync(RemovalKind.Key, key).ConfigureAwait(false);
        parts.Drop(key);
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
    /// never wait for each other. Throws when too many wait already; then nothing was told.
    /// </summary>
    internal async ValueTask<T> TellInTurnAsync<T>(string[] keys, Func<ValueTask<T>> tell)
    {
        var ordered = keys.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).ToArray();
        var taken = 0;
        try
        {
            while (taken < ordered.Length)
            {
                if (!parts.Writes.TryEnter(ordered[taken], parts.Scheduler, out var turn))
                {
                    throw Crowded(ordered[taken]);
                }

                taken++;
                await turn.ConfigureAwait(false);
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

    private async ValueTask<bool> TellHeldAsync(string key, TimeSpan holdFor)
    {
        var isTold = await chain.Authority.HoldAsync(key, holdFor).ConfigureAwait(false);
        if (chain.Copies is { } copies)
        {
            await copies.RemoveAsync(new[] { key }).ConfigureAwait(false);
        }

        return isTold;
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
    internal async ValueTask WaitAsync(Task changing, CancellationToken cancellationToken) =>
        await WaitAsync(EndOfAsync(changing), cancellationToken).ConfigureAwait(false);

    /// <summary>The same for a change with an answer.</summary>
    internal ValueTask<T> WaitAsync<T>(Task<T> completing, CancellationToken cancellationToken) =>
        parts.Scheduler.AnswerAsync(new ValueTask<T>(completing), cancellationToken);

    private static async Task<bool> EndOfAsync(Task changing)
    {
        await changing.ConfigureAwait(false);
        return true;
    }

    private async ValueTask<RemovalOutcome> CompleteAsync(RemovalKind kind, string[] names, Action dropAgain, Func<ValueTask<bool>> tell)
    {
        // What waits already goes first, or an older removal would be repeated over a newer value.
        var isTold = false;
        try
        {
            isTold = parts.Queue is not { Count: > 0 } && await tell().ConfigureAwait(false);
        }
        catch (TierUnavailableException) when (parts.Queue is not null)
        {
            // Too many wait for the same key: this one waits in the other queue.
        }

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

        // Only now is the authority read by nobody: until then another thread may have brought the old value up once more.
        dropAgain();
        return RemovalOutcome.Queued;
    }

    private async ValueTask<bool> TrySynchronizeAsync(RemovalKind kind, string[] names)
    {
        try
        {
            return chain.Coherence is not { } coherence || await coherence.SynchronizeAsync(kind, names, CancellationToken.None).ConfigureAwait(false);
        }
        catch (Exception failed)
        {
            // What it throws is no answer, so nothing is certain.
            parts.Report.TierFailed(chain.Authority.Name, isChange: true, failed);
            return false;
        }
    }
}
