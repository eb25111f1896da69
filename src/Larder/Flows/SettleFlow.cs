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
        Made made;
        TagStamp[]? lateTags;
        try
        {
            // The stamps of tags that the factory added are taken now; the any-tag fence is compared after that, in
            // Store. One of the two shows a removal that the load may have missed.
            lateTags = context is null ? null : parts.Tags.Stamp(context.LateTags, oneMore: null);
            made = _maker.OfLoad(flight, value, context, Joined(flight.Tags, lateTags));
        }
        catch (Exception failed)
        {
            // Bad options of the factory's, most likely. Whatever it is, those who wait must hear of it.
            Fail(flight, failed);
            return;
        }

        StoreVerdict verdict;
        var stripe = parts.Flights.StripeOf(flight.Key);
        lock (stripe)
        {
            if (!TrySettle(stripe, flight, out var wasAttached))
            {
                return;
            }

            verdict = wasAttached ? Store(flight, in made, hasLateTags: lateTags is not null) : StoreVerdict.FencedOff;
            flight.HasLateTags = lateTags is not null;
            if (verdict != StoreVerdict.Stored && wasAttached && flight.IsRefresh)
            {
                flight.Before?.ReleaseRefresh();
            }

            flight.Decide(CacheStatus.Miss, value, made.Entry, isNotFound: context is { IsNotFound: true });
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

    /// <inheritdoc/>
    public void Fail<T>(Flight<T> flight, Exception failed)
    {
        Entry? older;
        var now = parts.Clock.Now;
        var throttle = flight.Settings.FailureThrottle;
        var stripe = parts.Flights.StripeOf(flight.Key);
        lock (stripe)
        {
            if (!TrySettle(stripe, flight, out var wasAttached))
            {
                return;
            }

            older = Usable(flight.Key, now);
            if (wasAttached)
            {
                older?.ThrottleRefresh(now + throttle);
            }
        }

        // Reading may run a codec or a transformer, so it is done outside of the lock.
        var fallsBack = TryRead(older, out T? value);
        lock (stripe)
        {
            if (fallsBack)
            {
                flight.Decide(CacheStatus.Fallback, value, older, isNotFound: older is NotFoundEntry);
            }
            else
            {
                flight.DecideFailure(failed);
            }
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
        }
        finally
        {
            Land(flight);
        }
    }

    /// <summary>The key's entry, if any of it may still be served.</summary>
    internal Entry? Usable(string key, long now) =>
        parts.Memory.Find(key) is { } entry && entry.IsCurrent(parts.CacheFence) && entry.PhaseAt(now) != Phase.Gone ? entry : null;

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
    private StoreVerdict Store(Flight flight, in Made made, bool hasLateTags)
    {
        var isCurrent = flight.IsCurrent(parts.CacheFence)
            && (!hasLateTags || ReferenceEquals(parts.Tags.AnyTag.Stamp, flight.AnyTagStamp));
        if (!isCurrent)
        {
            return StoreVerdict.FencedOff;
        }

        if (made.IsStorable)
        {
            if (made.Settings.Skips(CacheSkip.MemoryWrite))
            {
                return StoreVerdict.Unwanted;
            }

            parts.Memory.Set(made.Entry!);
            flight.IsStored = true;
            return StoreVerdict.Stored;
        }

        // Whatever is older than this answer must not outlive it.
        parts.Memory.Remove(flight.Key);
        return made.IsTooLarge ? StoreVerdict.TooLarge : StoreVerdict.Unwanted;
    }

    private void Land<T>(Flight<T> flight)
    {
        flight.Release();
        parts.Flights.Landed(flight);
        if (flight.IsRefresh)
        {
            parts.Refreshes.Leave();
        }

        if (flight.UncountedWaiters > 0 && flight.Failed is null)
        {
            parts.Report.ServedMany(flight.Status, flight.UncountedWaiters);
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

    private static TagStamp[]? Joined(TagStamp[]? tags, TagStamp[]? lateTags) =>
        lateTags is null ? tags : tags is null ? lateTags : [.. tags, .. lateTags];
}
