using Larder.Entries;
using Larder.Fences;
using Larder.Keys;
using Larder.Ports;
using Larder.Tiers;

namespace Larder.Flows;

/// <summary>
/// Stores what a caller has read from the source by itself, if nobody has changed the key since the caller took a snapshot of it. The snapshot comes first, then the reading, then the store.
/// </summary>
internal sealed class CompareAndSetFlow(CacheParts parts, BelowFlow? below, FenceFlow? fences, Bodies? bodies)
{
    private readonly EntryMaker _maker = new(parts);

    internal ValueTask<Fence> Snapshot(CacheView view, string key, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(key);
        KeyRules.Check(key, parts.MaximumKeyLength);
        cancellationToken.ThrowIfCancellationRequested();

        // The fences of everything before that of the key: a removal in between counts.
        var era = parts.CacheFence.Stamp;
        var anyTag = parts.Tags.AnyTag.Stamp;
        parts.ThrowIfClosed();
        int version;
        var stripe = parts.Flights.StripeOf(key);
        lock (stripe)
        {
            if (stripe.IsHeld(key, parts.Clock.Now))
            {
                // What is read from now on may be older than what the writer commits.
                return default;
            }

            version = parts.Flights.Versions.Take(key);
        }

        return parts.Chain is { } chain
            ? parts.Scheduler.AnswerAsync(SnapshotBelowAsync(chain, key, version, era, anyTag, view.Defaults), cancellationToken)
            : new ValueTask<Fence>(new Fence(parts, key, FenceToken.None, version, era, anyTag));
    }

    internal ValueTask<StoreOutcome> Set<T>(
        CacheView view, string key, T value, Fence fence, EntryOptions? options, ReadOnlySpan<string> tags, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(key);
        KeyRules.Check(key, parts.MaximumKeyLength);
        KeyRules.CheckTags(tags, parts.MaximumKeyLength);
        options?.Check(nameof(options));
        cancellationToken.ThrowIfCancellationRequested();
        parts.ThrowIfClosed();
        if (fence.IsNone)
        {
            return new ValueTask<StoreOutcome>(StoreOutcome.FencedOff);
        }

        if (!ReferenceEquals(fence.Owner, parts) || fence.Key != key)
        {
            throw new ArgumentException(
                "The fence was taken of another key or from another cache; take a snapshot of this key from this cache.", nameof(fence));
        }

        var stamps = parts.Tags.Stamp(tags, view.Tag);
        var made = _maker.OfSet(key, value, view.Defaults.Merge(options), fence.Era, stamps);
        if (!made.IsStorable)
        {
            // Not stored, and what is there is not older than the snapshot says.
            return new ValueTask<StoreOutcome>(StoreOutcome.FencedOff);
        }

        return parts.Chain is { } chain
            ? below!.WaitAsync(SetBelowAsync(chain, key, value, fence, made, stamps), cancellationToken)
            : new ValueTask<StoreOutcome>(SetInMemory(key, fence, in made, hasTags: stamps is not null));
    }

    private StoreOutcome SetInMemory(string key, Fence fence, in Made made, bool hasTags)
    {
        var isStored = false;
        var stripe = parts.Flights.StripeOf(key);
        lock (stripe)
        {
            // The tags' stamps are younger than the snapshot, so a removal of any tag since then may have meant this entry.
            if (parts.Flights.Versions.Take(key) == fence.Version
                && ReferenceEquals(fence.Era, parts.CacheFence.Stamp)
                && (!hasTags || ReferenceEquals(fence.AnyTag, parts.Tags.AnyTag.Stamp)))
            {
                stripe.Detach(key);
                isStored = made.Settings.Skips(CacheSkip.MemoryWrite) ? !parts.Memory.Remove(key) : parts.Memory.Set(made.Entry!);
            }
        }

        Report(key, isStored);
        return isStored ? StoreOutcome.Stored : StoreOutcome.FencedOff;
    }

    private async ValueTask<Fence> SnapshotBelowAsync(
        TierChain chain, string key, int version, FenceStamp era, FenceStamp anyTag, EntrySettings settings)
    {
        if (!await fences!.KnowAsync(era, tags: null, anyTag: anyTag).ConfigureAwait(false))
        {
            return default;
        }

        var lifetime = TimeSpan.FromMilliseconds(Math.Max(settings.SourceTimeout, (long)chain.LoadLease.TotalMilliseconds));
        var token = await chain.Authority.SnapshotAsync(key, lifetime).ConfigureAwait(false);
        return token.IsNone ? default : new Fence(parts, key, token, version, era, anyTag);
    }

    private async Task<StoreOutcome> SetBelowAsync<T>(TierChain chain, string key, T value, Fence fence, Made made, TagStamp[]? stamps)
    {
        if (!ReferenceEquals(fence.Era, parts.CacheFence.Stamp)
            || (stamps is not null && !await fences!.KnowLateAsync(fence.Era, fence.AnyTag, stamps).ConfigureAwait(false)))
        {
            Report(key, isStored: false);
            return StoreOutcome.FencedOff;
        }

        if (!IsUnchangedHere(key, fence))
        {
            // A removal of this process, which the authority may not have been told of yet.
            Report(key, isStored: false);
            return StoreOutcome.FencedOff;
        }

        using var body = bodies!.TryEncode(made.Entry!, value, out _);
        if (body is null)
        {
            return StoreOutcome.FencedOff;
        }

        var token = chain.Authority.NewToken();
        var write = bodies.WriteOf(made.Entry!, body);
        // What is stored below is fetched by the next read; until then no older copy may answer.
        parts.Drop(key);
        var outcome = await chain.Authority.ReplaceAsync(key, fence.Token, write, token, observation: null).ConfigureAwait(false);
        WriteFlow.ForgetIfHeld(outcome, body);
        parts.Drop(key);
        if (outcome == StoreOutcome.Stored)
        {
            await below!.SynchronizeAsync(key).ConfigureAwait(false);
        }

        Report(key, outcome == StoreOutcome.Stored);
        return outcome;
    }

    private bool IsUnchangedHere(string key, Fence fence)
    {
        lock (parts.Flights.StripeOf(key))
        {
            return parts.Flights.Versions.Take(key) == fence.Version;
        }
    }

    private void Report(string key, bool isStored)
    {
        if (isStored)
        {
            parts.Report.Stored(key);
        }
        else
        {
            parts.Report.FencedOff(key);
        }

        parts.Report.Evicted(parts.Evictions);
    }
}
