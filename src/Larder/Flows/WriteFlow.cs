using System.Runtime.ExceptionServices;
using Larder.Entries;
using Larder.Fences;
using Larder.Keys;
using Larder.Ports;
using Larder.Sealing;
using Larder.Tiers;

namespace Larder.Flows;

/// <summary>
/// Sets a value: whatever is being loaded for the key is not stored after it. With lower tiers the authority is written first, and memory keeps the value only if nobody
/// has written after it.
/// </summary>
internal sealed class WriteFlow(CacheParts parts, BelowFlow? below, FenceFlow? fences, Bodies? bodies)
{
    // Writes of one call that the authority is given before the first has been answered.
    private const int MostAtOnce = 256;

    // Moments at which announcements may have been missed, while one value is written.
    private const int MostGaps = 3;

    private readonly EntryMaker _maker = new(parts);

    internal ValueTask Set<T>(CacheView view, string key, T value, EntryOptions? options, ReadOnlySpan<string> tags, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(key);
        KeyRules.Check(key, parts.MaximumKeyLength);
        KeyRules.CheckTags(tags, parts.MaximumKeyLength);
        options?.Check(nameof(options));
        cancellationToken.ThrowIfCancellationRequested();
        var settings = view.Defaults.Merge(options);
        var clears = parts.Clears.Stamp;
        var cacheStamp = parts.CacheFence.Stamp;
        parts.ThrowIfClosed();
        var stamps = parts.Tags.Stamp(tags, view.Tag);
        var made = _maker.OfSet(key, value, settings, cacheStamp, stamps);
        if (parts.Chain is { } chain)
        {
            return below!.WaitAsync(SetBelowAsync(chain, key, value, made, clears, stamps), cancellationToken);
        }

        SetInMemory(key, in made);
        return ValueTask.CompletedTask;
    }

    /// <summary>Sets several values at once. Of several values for one key the last counts.</summary>
    internal ValueTask SetMany<T>(
        CacheView view, IEnumerable<KeyValuePair<string, T>> items, EntryOptions? options, ReadOnlySpan<string> tags, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(items);
        KeyRules.CheckTags(tags, parts.MaximumKeyLength);
        options?.Check(nameof(options));
        cancellationToken.ThrowIfCancellationRequested();
        var settings = view.Defaults.Merge(options);
        var clears = parts.Clears.Stamp;
        var cacheStamp = parts.CacheFence.Stamp;
        parts.ThrowIfClosed();
        var stamps = parts.Tags.Stamp(tags, view.Tag);
        var values = WholeKeys(view, items);
        if (parts.Chain is { } chain)
        {
            return values.Count == 0
                ? ValueTask.CompletedTask
                : below!.WaitAsync(SetManyBelowAsync(chain, values, settings, (cacheStamp, clears), stamps), cancellationToken);
        }

        foreach (var (key, value) in values)
        {
            SetInMemory(key, _maker.OfSet(key, value, settings, cacheStamp, stamps));
        }

        return ValueTask.CompletedTask;
    }

    /// <summary>The values by whole key. Every key is checked before anything is done.</summary>
    private Dictionary<string, T> WholeKeys<T>(CacheView view, IEnumerable<KeyValuePair<string, T>> items)
    {
        var values = items.TryGetNonEnumeratedCount(out var count) ? new Dictionary<string, T>(count) : [];
        foreach (var (given, value) in items)
        {
            values[BulkKeys.Whole(view, given, parts.MaximumKeyLength, nameof(items))] = value;
        }

        return values;
    }

    private async Task SetManyBelowAsync<T>(
        TierChain chain, Dictionary<string, T> values, EntrySettings settings, (FenceStamp Cache, FenceStamp Clears) fenced, TagStamp[]? stamps)
    {
        var (cacheStamp, clears) = fenced;
        // In one order, so that two calls whose keys overlap never wait for each other.
        var keys = values.Keys.Order(StringComparer.Ordinal).ToArray();
        foreach (var key in keys)
        {
            parts.Drop(key);
        }

        // All take their turns before the first wait: what is called later for one of the keys comes later. Fences are asked for once, so that the writes find them known.
        var writes = new Task<StoreVerdict>[keys.Length];
        Task start = fences!.KnowAsync(cacheStamp, stamps).AsTask();
        for (var from = 0; from < keys.Length; from += MostAtOnce)
        {
            var to = Math.Min(from + MostAtOnce, keys.Length);
            for (var i = from; i < to; i++)
            {
                var made = _maker.OfSet(keys[i], values[keys[i]], settings, cacheStamp, stamps);
                writes[i] = WriteBelowAsync(chain, keys[i], values[keys[i]], made, clears, stamps, start);
            }

            start = EndAllAsync(new ArraySegment<Task<StoreVerdict>>(writes, from, to - from));
        }

        await start.ConfigureAwait(false);
        Exception? failed = null;
        var mustSynchronize = false;
        for (var i = 0; i < writes.Length; i++)
        {
            try
            {
                var verdict = await writes[i].ConfigureAwait(false);
                mustSynchronize |= verdict != StoreVerdict.Unreached;
                Report(keys[i], verdict);
                ThrowIfUnfenced(verdict);
            }
            catch (Exception thrown)
            {
                // The others are written all the same; the caller hears of the first.
                failed ??= thrown;
            }
        }

        if (mustSynchronize)
        {
            await below!.SynchronizeAsync([.. values.Keys]).ConfigureAwait(false);
        }

        if (failed is not null)
        {
            ExceptionDispatchInfo.Throw(failed);
        }
    }

    private void SetInMemory(string key, in Made made)
    {
        var isKept = made.IsStorable && !made.Settings.Skips(CacheSkip.MemoryWrite);
        var stripe = parts.Flights.StripeOf(key);
        lock (stripe)
        {
            stripe.Detach(key);
            stripe.EndHold(key, parts.Clock.Now);
            if (isKept)
            {
                parts.Memory.Set(made.Entry!);
            }
            else
            {
                // The older value goes even when the newer one is not kept.
                parts.Memory.Remove(key);
            }
        }

        Report(key, isKept ? StoreVerdict.Stored : made.Verdict);
    }

    private async Task SetBelowAsync<T>(TierChain chain, string key, T value, Made made, FenceStamp clears, TagStamp[]? stamps)
    {
        // The local part before the first wait; what comes of the key is watched when it is this call's turn.
        parts.Drop(key);
        var verdict = await WriteBelowAsync(chain, key, value, made, clears, stamps).ConfigureAwait(false);
        if (verdict != StoreVerdict.Unreached)
        {
            await below!.SynchronizeAsync(key).ConfigureAwait(false);
        }

        Report(key, verdict);
        ThrowIfUnfenced(verdict);
    }

    /// <summary>A value that was not stored is no failure where removals are queued: then a removal is all that is promised of a Set that could not get through.</summary>
    private void ThrowIfUnfenced(StoreVerdict verdict)
    {
        if (verdict == StoreVerdict.Unfenced && parts.Queue is null)
        {
            throw below!.Unavailable("the authority did not say which fences the value depends on, so the older value was removed and the new one not stored");
        }
    }

    /// <summary>Writes one value when it is its turn, and not before <paramref name="start"/> has ended. Unless it could not be told, other nodes have to follow before the write is complete.</summary>
    private async Task<StoreVerdict> WriteBelowAsync<T>(
        TierChain chain, string key, T value, Made made, FenceStamp clears, TagStamp[]? stamps, Task? start = null)
    {
        var verdict = StoreVerdict.Unreached;
        try
        {
            verdict = await below!.TellInTurnAsync([key], () => StoreWatchedAsync(chain, key, value, made, clears, stamps, start)).ConfigureAwait(false);
        }
        catch (TierUnavailableException) when (parts.Queue is not null)
        {
            // Too many wait for the same key: this one becomes a removal in the other queue.
        }

        if (verdict == StoreVerdict.Unreached)
        {
            await below!.GiveUpWriteAsync(key).ConfigureAwait(false);
        }

        return verdict;
    }

    /// <summary>Ends when all of them have, however they end.</summary>
    private static async Task EndAllAsync(ArraySegment<Task<StoreVerdict>> writes)
    {
        foreach (var write in writes)
        {
            try
            {
                await write.ConfigureAwait(false);
            }
            catch (Exception)
            {
                // Whoever made the write is told.
            }
        }
    }

    private async ValueTask<StoreVerdict> StoreWatchedAsync<T>(
        TierChain chain, string key, T value, Made made, FenceStamp clears, TagStamp[]? stamps, Task? start)
    {
        if (start is not null)
        {
            // Many wait for it, and only one may simply await a task: the others would go on wherever the runtime puts them.
            await parts.Scheduler.EndsAsync(start, milliseconds: null, CancellationToken.None).ConfigureAwait(false);
        }

        var observation = Begin(key);
        try
        {
            return await StoreAsync(chain, key, value, made, clears, stamps, observation).ConfigureAwait(false);
        }
        finally
        {
            End(key, observation);
        }
    }

    /// <summary>Writes the authority, then memory. <see cref="StoreVerdict.Unreached"/> when the authority may still hold something older.</summary>
    private async ValueTask<StoreVerdict> StoreAsync<T>(
        TierChain chain, string key, T value, Made made, FenceStamp clears, TagStamp[]? stamps, TierObservation observation)
    {
        var isSkipped = made.Settings.Skips(LookFlow.SkipOf(chain.Authority.Kind, isWrite: true));
        (made, var isKnown) = await FenceAsync(value, made, clears, stamps).ConfigureAwait(false);
        var fault = made.Verdict;
        using var body = isKnown && !isSkipped ? bodies!.TryEncode(made.Entry!, value, out fault) : null;
        if (body is null)
        {
            // Nothing to store below, or no way to: what is there is older and must go.
            var isTold = await below!.TellAsync(RemovalKind.Key, new[] { key }).ConfigureAwait(false);
            Complete(key, made.Entry, isKept: false);
            return !isTold ? StoreVerdict.Unreached
                : fault != StoreVerdict.Stored ? fault
                : made.IsStorable && !isSkipped && !isKnown ? StoreVerdict.Unfenced
                : StoreVerdict.Unwanted;
        }

        var token = chain.Authority.NewToken();
        var write = bodies!.WriteOf(made.Entry!, body);
        var outcome = await chain.Authority.SetAsync(key, write, token, observation).ConfigureAwait(false);
        if (outcome != StoreOutcome.Stored)
        {
            // Not known, or a later writer was faster and this value is over already.
            ForgetIfHeld(outcome, body);
            Complete(key, made.Entry, isKept: false);
            return outcome == StoreOutcome.Unavailable ? StoreVerdict.Unreached : StoreVerdict.FencedOff;
        }

        made.Entry!.Token = token;
        Complete(key, made.Entry, isKept: !made.Settings.Skips(CacheSkip.MemoryWrite), observation);
        if (chain.Copies is { } copies && !made.Settings.Skips(LookFlow.SkipOf(copies.Kind, isWrite: true)))
        {
            if (!await copies.SetAsync(key, write, token).ConfigureAwait(false))
            {
                body.Forget();
            }
        }

        return StoreVerdict.Stored;
    }

    /// <summary>
    /// Learns the tokens of the fences that a value depends on. When the cache's fence moves meanwhile because announcements may have been missed, or because another node has cleared, they are learnt anew: the value comes
    /// later than that. A Clear of this process, or a removal of a tag, that was called meanwhile is the end of the value.
    /// </summary>
    private async ValueTask<(Made Made, bool IsKnown)> FenceAsync<T>(T value, Made made, FenceStamp clears, TagStamp[]? stamps)
    {
        for (var again = 0; made.IsStorable && await fences!.KnowAsync(made.Entry!.CacheStamp, stamps).ConfigureAwait(false); again++)
        {
            if (made.Entry.IsCurrent(parts.CacheFence))
            {
                return (made, true);
            }

            // In this order: a Clear that is called after the look makes the stamp invalid.
            var later = parts.CacheFence.Stamp;
            if (!IsUnremoved(clears, stamps))
            {
                return (made with { Verdict = StoreVerdict.FencedOff }, false);
            }

            if (again == MostGaps)
            {
                // One gap after the other: tokens that were learnt before the last of them fence it too well, if anything.
                return (made, true);
            }

            made = _maker.Again(made, value, later);
        }

        return (made, false);
    }

    private bool IsUnremoved(FenceStamp clears, TagStamp[]? stamps) =>
        !parts.CacheFence.IsClosed && ReferenceEquals(clears, parts.Clears.Stamp) && (stamps is null || TagStamp.AllCurrent(stamps));

    /// <summary>The local part of a write: whatever is older goes, and what comes of the key is watched.</summary>
    private TierObservation Begin(string key)
    {
        var observation = new TierObservation(key);
        var stripe = parts.Flights.StripeOf(key);
        lock (stripe)
        {
            stripe.Detach(key);
            parts.Memory.Remove(key);
            stripe.Watch(observation);
        }

        return observation;
    }

    /// <summary>A tier that was given up may still be reading what it was handed, so its memory is not used for anything else.</summary>
    internal static void ForgetIfHeld(StoreOutcome outcome, SealedBody body)
    {
        if (outcome == StoreOutcome.Unavailable)
        {
            body.Forget();
        }
    }

    /// <summary>
    /// The local part once more, after the authority has answered: a load that began in between may have found the older value.
    /// </summary>
    private void Complete(string key, Entry? entry, bool isKept, TierObservation? observation = null)
    {
        var stripe = parts.Flights.StripeOf(key);
        lock (stripe)
        {
            isKept = isKept && observation is { AllowsKeeping: true } && entry!.IsCurrent(parts.CacheFence);
            stripe.Detach(key);
            if (isKept)
            {
                parts.Memory.Set(entry!);
            }
            else
            {
                parts.Memory.Remove(key);
            }
        }
    }

    private void End(string key, TierObservation observation)
    {
        var stripe = parts.Flights.StripeOf(key);
        lock (stripe)
        {
            stripe.Unwatch(observation);
        }
    }

    private void Report(string key, StoreVerdict verdict)
    {
        switch (verdict)
        {
            case StoreVerdict.Stored:
                parts.Report.Stored(key);
                break;
            case StoreVerdict.TooLarge:
                parts.Report.TooLarge(key);
                break;
            case StoreVerdict.FencedOff:
                parts.Report.FencedOff(key);
                break;
            default:
                break;
        }

        parts.Report.Evicted(parts.Evictions);
    }
}
