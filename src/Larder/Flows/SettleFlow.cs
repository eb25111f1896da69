using Larder.Entries;
using Larder.Fences;
using Larder.Flights;

namespace Larder.Flows;

/// <summary>
/// The end of every load and refresh: store what it brought if no fence has moved, or fall back, and let those who
/// wait go on. The first who settles a flight decides; whoever comes later (a factory that answers after its
/// time-out) changes nothing.
/// </summary>
internal sealed class SettleFlow(CacheParts parts) : IFlightSettler
{
    private readonly EntryMaker _maker = new(parts);

    /// <summary>The source has answered.</summary>
    internal void Succeed<T>(Flight<T> flight, T value, FlightContext? context)
    {
        if (TryMake(flight, value, context, out var made, out var lateTags))
        {
            Finish(flight, value, context, in made, hasLateTags: lateTags is not null);
        }
    }

    /// <summary>Makes the entry of what the source has answered. False when that failed: then the flight is settled as failed.</summary>
    internal bool TryMake<T>(Flight<T> flight, T? value, FlightContext? context, out Made made, out TagStamp[]? lateTags)
    {
        lateTags = null;
        try
        {
            // The stamps of tags that the factory added are taken now; the any-tag fence is compared after that, in
            // Store. One of the two shows a removal that the load may have missed.
            lateTags = context is null ? null : parts.Tags.Stamp(context.LateTags, oneMore: null);
            var tags = TagStamp.Union(flight.Tags, lateTags);
            if (context is { IsConfirmed: true })
            {
                // A confirmed value keeps its tags, under the stamps that it has: a removal during the load counts.
                tags = TagStamp.Union(tags, flight.Before!.OwnTags);
            }

            made = _maker.OfLoad(flight, value!, context, tags);
            return true;
        }
        catch (Exception failed)
        {
            // Bad options of the factory's, most likely. Whatever it is, those who wait must hear of it.
            Fail(flight, failed, context);
            made = default;
            return false;
        }
    }

    /// <summary>Stores what was made, if no fence has moved, and lets those who wait go on.</summary>
    internal void Finish<T>(Flight<T> flight, T? value, FlightContext? context, in Made made, bool hasLateTags)
    {
        StoreVerdict verdict;
        var stripe = parts.Flights.StripeOf(flight.Key);
        lock (stripe)
        {
            if (!TrySettle(stripe, flight, out var wasAttached))
            {
                return;
            }

            verdict = wasAttached ? Store(stripe, flight, in made, hasLateTags) : StoreVerdict.FencedOff;
            flight.HasLateTags = hasLateTags;
            flight.IsIsolated = made.Settings.Isolate;
            if (verdict != StoreVerdict.Stored && flight.IsRefresh)
            {
                flight.Before?.ReleaseRefresh();
            }

            var isNotFound = context is { IsNotFound: true };
            flight.Decide(isNotFound ? default : value, made.Entry, isNotFound);
            Unwatch(stripe, flight);
        }

        try
        {
            parts.Report.SourceSucceeded(flight, parts.Clock);
            ReportStore(flight.Key, verdict);
        }
        finally
        {
            Land(flight);
        }
    }

    /// <summary>A lower tier has answered. Memory keeps the entry, if it may, and everybody who waits is served from it.</summary>
    internal void Find<T>(Flight<T> flight, Entry entry, T? value, CacheStatus status, CacheTier tier)
    {
        var stripe = parts.Flights.StripeOf(flight.Key);
        lock (stripe)
        {
            if (!TrySettle(stripe, flight, out var wasAttached))
            {
                return;
            }

            flight.IsStored = wasAttached && flight.Below!.AllowsKeeping && flight.IsCurrent(parts.CacheFence) && entry.IsCurrent(parts.CacheFence)
                && !flight.Settings.Skips(CacheSkip.MemoryWrite) && parts.Memory.Set(entry);

            // Those who joined did not know the tags that the entry turns out to carry.
            flight.HasLateTags = entry.Tags is not null;
            flight.IsIsolated = entry.HandsOutCopies;
            if (flight.IsRefresh)
            {
                flight.Before?.ReleaseRefresh();
            }

            flight.DecideFound(value, entry, status, tier);
            Unwatch(stripe, flight);
        }

        try
        {
            parts.Report.Evicted(parts.Evictions);
        }
        finally
        {
            Land(flight);
        }
    }

    /// <summary>A lower tier has something that is too old to be served unless the source fails.</summary>
    internal void RememberOlder(Flight flight, Entry entry, CacheTier tier)
    {
        lock (parts.Flights.StripeOf(flight.Key))
        {
            if (!flight.IsDetached && flight.Below!.AllowsKeeping)
            {
                flight.Below.Older = entry;
                flight.Below.OlderTier = tier;
            }
        }
    }

    /// <inheritdoc/>
    public void Fail<T>(Flight<T> flight, Exception failed) => Fail(flight, failed, context: null);

    /// <summary>The factory failed, and may have said for how long it is to be left alone.</summary>
    internal void Fail<T>(Flight<T> flight, Exception failed, FlightContext? context)
    {
        Entry? older;
        var now = parts.Clock.Now;
        var throttle = ThrottleOf(flight, context);
        var stripe = parts.Flights.StripeOf(flight.Key);
        lock (stripe)
        {
            if (!TrySettle(stripe, flight, out var wasAttached))
            {
                return;
            }

            older = flight.Settings.Skips(CacheSkip.MemoryRead) ? null : Usable(flight.Key, now) ?? UsableBelow(flight, now, wasAttached);
            if (wasAttached)
            {
                older?.ThrottleRefresh(now + throttle);
            }

            if (flight.IsRefresh)
            {
                // The right to refresh goes back even if the flight was taken off its key meanwhile.
                flight.Before?.ThrottleRefresh(now + throttle);
            }
        }

        // Reading may run a codec or a transformer, so it is done outside of the lock.
        var fallsBack = TryRead(older, out T? value);
        lock (stripe)
        {
            if (fallsBack)
            {
                flight.IsIsolated = older!.HandsOutCopies;
                flight.DecideFallback(value, older, failed);
            }
            else
            {
                flight.DecideFailure(failed);
            }

            Unwatch(stripe, flight);
        }

        try
        {
            parts.Report.SourceFailed(flight, failed, parts.Clock);
            if (flight.IsRefresh)
            {
                parts.Report.RefreshFailed(flight.Key, TimeSpan.FromMilliseconds(throttle), failed);
            }
            else if (fallsBack)
            {
                parts.Report.FellBack(flight.Key, TimeSpan.FromMilliseconds(now - older!.CreatedAt), failed);
            }

            parts.Report.Evicted(parts.Evictions);
        }
        finally
        {
            Land(flight);
        }
    }

    /// <summary>The key's entry, if any of it may still be served.</summary>
    internal Entry? Usable(string key, long now) =>
        now < parts.Gate.ServesUntil
        && parts.Memory.Find(key) is { IsValue: true } entry && entry.IsCurrent(parts.CacheFence) && entry.PhaseAt(now) != Phase.Gone ? entry : null;

    /// <summary>What a lower tier had, if any of it may still be served. Guarded.</summary>
    private Entry? UsableBelow(Flight flight, long now, bool wasAttached) =>
        wasAttached && flight.Below is { Older: { } older, Observation: not { IsVoid: true } } && flight.IsCurrent(parts.CacheFence) && older.IsCurrent(parts.CacheFence) && older.PhaseAt(now) != Phase.Gone
            ? older
            : null;

    private bool TryRead<T>(Entry? entry, out T? value)
    {
        value = default;
        try
        {
            return entry is not null && entry.Read(out value) != EntryReading.WrongType;
        }
        catch (Exception failed)
        {
            parts.Memory.Drop(entry!, EvictionReason.Unreadable);
            parts.Report.Unreadable(entry!.Key, failed);
            return false;
        }
    }

    /// <summary>What is said of the key below concerns the flight no more. Here, because its factory may never return. Guarded.</summary>
    private static void Unwatch(FlightStripe stripe, Flight flight)
    {
        if (flight.Below is { Observation: { } observation } below)
        {
            stripe.Unwatch(observation);
            below.Observation = null;
        }
    }

    /// <summary>Takes the right to decide. Guarded.</summary>
    private static bool TrySettle(FlightStripe stripe, Flight flight, out bool wasAttached)
    {
        wasAttached = !flight.IsDetached;
        if (flight.IsSettled)
        {
            return false;
        }

        flight.IsSettled = true;
        if (wasAttached)
        {
            stripe.Remove(flight);
        }

        return true;
    }

    /// <summary>Stores the entry, or removes the older one when there is nothing to keep. Guarded.</summary>
    private StoreVerdict Store(FlightStripe stripe, Flight flight, in Made made, bool hasLateTags)
    {
        var isCurrent = flight.IsCurrent(parts.CacheFence)
            && (!hasLateTags || ReferenceEquals(parts.Tags.AnyTag.Stamp, flight.AnyTagStamp));
        if (!isCurrent)
        {
            return StoreVerdict.FencedOff;
        }

        if (flight.IsUnstored)
        {
            return StoreVerdict.Unwanted;
        }

        if (made.IsStorable)
        {
            if (made.Settings.Skips(CacheSkip.MemoryWrite))
            {
                return StoreVerdict.Unwanted;
            }

            if (flight.Below is { AllowsKeeping: false })
            {
                parts.Memory.Remove(flight.Key);
                return !flight.Below.MayBeKept ? StoreVerdict.Unreached
                    : flight.Below.Observation is { IsUnwatched: true } ? StoreVerdict.Unwanted
                    : StoreVerdict.FencedOff;
            }

            parts.Memory.Set(made.Entry!);
            stripe.Changed(flight.Key);
            flight.IsStored = true;
            return StoreVerdict.Stored;
        }

        // Whatever is older than this answer must not outlive it.
        parts.Memory.Remove(flight.Key);
        stripe.Changed(flight.Key);
        return made.Verdict;
    }

    private void Land<T>(Flight<T> flight)
    {
        // Counted before they go on, so that nobody is answered who is not counted yet.
        try
        {
            if (flight.UncountedWaiters > 0 && flight.Status != CacheStatus.Absent)
            {
                var age = flight.Status == CacheStatus.Fallback ? parts.Clock.Now - flight.Entry!.CreatedAt : 0;
                parts.Report.ServedMany(flight.Status, flight.UncountedWaiters, TimeSpan.FromMilliseconds(age));
            }
        }
        finally
        {
            flight.Release();
            parts.Flights.Landed(flight);
            if (flight.Below?.TakeLease() is { } lease)
            {
                _ = parts.Chain!.Authority.ReleaseAsync(lease, dropsOlder: false).AsTask();
            }

            if (flight.HoldsRefreshPlace)
            {
                parts.Refreshes.Leave();
            }
        }
    }

    private void ReportStore(string key, StoreVerdict verdict)
    {
        switch (verdict)
        {
            case StoreVerdict.Stored:
                parts.Report.Stored(key);
                break;
            case StoreVerdict.FencedOff:
                parts.Report.FencedOff(key);
                break;
            case StoreVerdict.TooLarge:
                parts.Report.TooLarge(key);
                break;
            default:
                break;
        }

        parts.Report.Evicted(parts.Evictions);
    }

    /// <summary>What the factory said last counts, if it can be used: its other mistakes must not hide why it failed.</summary>
    private static long ThrottleOf(Flight flight, FlightContext? context)
    {
        if (context?.GivenOptions is not { FailureThrottle: not null } given)
        {
            return flight.Settings.FailureThrottle;
        }

        return EntryOptionsRules.Problems(given, "").Count == 0
            ? flight.Settings.Merge(given).FailureThrottle
            : flight.Settings.FailureThrottle;
    }
}
