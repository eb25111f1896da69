using Larder.Entries;
using Larder.Fences;
using Larder.Flights;
using Larder.Sealing;
using Larder.Tiers;

namespace Larder.Flows;

/// <summary>
/// Makes entries: lets the policy and the factory have their say on the options, draws the jitter, brings the value
/// into its stored form and weighs it. Runs code of the application, so never under a lock.
/// </summary>
internal sealed class EntryMaker(CacheParts parts)
{
    // What an entry costs beside its value when memory is counted in bytes, as measured with a million of them: the
    // entry, its node, place, policy and deadline in the map, and the key's header.
    private const long Overhead = 290;

    /// <summary>The entry of a value that a load brought. Throws <see cref="ArgumentException"/> when the factory set bad options.</summary>
    internal Made OfLoad<T>(Flight<T> flight, T value, FlightContext? context, TagStamp[]? tags)
    {
        var settings = WithPolicy(flight.Key, value, flight.Settings);
        if (context?.GivenOptions is { } given)
        {
            given.Check("options");
            settings = settings.Merge(given);
        }


        // A removal of one of the older entry's tags during the load means this key, so the new entry is bound by those
        // tags once more, for its own life and no longer.
        var stamps = flight.Before is null ? tags : TagStamp.Union(tags, flight.Before.OwnTags);
        var head = new EntryHead(flight.Key, flight.CacheStamp, stamps, settings.DrawLifetime(parts.Scheduler.Random), parts.Clock.Now)
        {
            Validators = context?.Validators,
            InheritedTags = (stamps?.Length ?? 0) - (tags?.Length ?? 0),
        };
        if (context is { IsNotFound: true })
        {
            return OfNotFound(in head, settings);
        }

        var made = OfValue(in head, value, settings);
        return context is { IsUnstored: true } ? made with { Verdict = StoreVerdict.Unwanted } : made;
    }

    /// <summary>The entry of a value that was set.</summary>
    internal Made OfSet<T>(string key, T value, EntrySettings given, FenceStamp cacheStamp, TagStamp[]? tags)
    {
        var settings = WithPolicy(key, value, given);
        var head = new EntryHead(key, cacheStamp, tags, settings.DrawLifetime(parts.Scheduler.Random), parts.Clock.Now);
        return OfValue(in head, value, settings);
    }

    /// <summary>The same entry under a later stamp of the cache's fence.</summary>
    internal Made Again<T>(Made made, T value, FenceStamp cacheStamp)
    {
        var before = made.Entry!;
        return OfValue(new EntryHead(before.Key, cacheStamp, before.Tags, before.Lifetime, before.CreatedAt), value, made.Settings);
    }

    /// <summary>The entry of a value that was found in a lower tier; null when it can not be brought into its stored form.</summary>
    internal Entry? OfFound<T>(in EntryHead head, T? value, bool isNotFound, EntrySettings settings)
    {
        if (!isNotFound)
        {
            return OfValue(in head, value!, settings).Entry;
        }

        var entry = new NotFoundEntry(in head);
        return Weighed(entry, Overhead + KeyBytes(head.Key), settings).Entry;
    }

    private Made OfNotFound(in EntryHead head, EntrySettings settings)
    {
        if (settings.NotFoundFor == 0)
        {
            return new Made(null, settings, StoreVerdict.Unwanted);
        }

        var entry = new NotFoundEntry(head.WithLifetime(head.Lifetime.OfNotFound()));
        return Weighed(entry, Overhead + KeyBytes(head.Key), settings);
    }

    private Made OfValue<T>(in EntryHead head, T value, EntrySettings settings)
    {
        if (!settings.Isolate && !parts.Seals.HasTransformers)
        {
            return WeighedBySizer(new PlainEntry<T>(in head, value), value, settings);
        }

        var seal = parts.Seals.For<T>();
        if (!seal.IsNeeded(settings.Isolate))
        {
            return WeighedBySizer(new PlainEntry<T>(in head, value), value, settings);
        }

        try
        {
            var entry = seal.Close(in head, value, settings.Isolate, out var payloadBytes);
            if (payloadBytes is not { } bytes)
            {
                return WeighedBySizer(entry, value, settings);
            }

            var made = Weighed(entry, Overhead + KeyBytes(head.Key) + bytes, settings);
            return bytes > seal.MaximumBytes ? made with { Verdict = StoreVerdict.TooLarge } : made;
        }
        catch (Exception failed)
        {
            parts.Report.NotSealed(head.Key, failed);
            return new Made(null, settings, StoreVerdict.Unwanted);
        }
    }

    private Made WeighedBySizer<T>(Entry entry, T value, EntrySettings settings)
    {
        if (parts.Sizer is null || settings.Size is not null)
        {
            return Weighed(entry, 1, settings);
        }

        try
        {
            return Weighed(entry, Overhead + KeyBytes(entry.Key) + Math.Clamp(parts.Sizer(value), 0, MemoryTier.HeaviestEntry), settings);
        }
        catch (Exception failed)
        {
            parts.Report.NotSealed(entry.Key, failed);
            return new Made(null, settings, StoreVerdict.Unwanted);
        }
    }

    private Made Weighed(Entry entry, long bytes, EntrySettings settings)
    {
        entry.Weight = parts.Sizer is null ? 1 : Math.Clamp(settings.Size ?? bytes, 1, MemoryTier.HeaviestEntry);
        return new Made(entry, settings, entry.Weight > parts.Memory.Limit ? StoreVerdict.TooLarge : StoreVerdict.Stored);
    }

    private EntrySettings WithPolicy<T>(string key, T value, EntrySettings settings)
    {
        if (parts.Policy is null)
        {
            return settings;
        }

        try
        {
            var chosen = parts.Policy.OptionsFor(key, value);
            chosen?.Check("options");
            return settings.Merge(chosen);
        }
        catch (Exception failed)
        {
            parts.Report.HandlerFailed(nameof(ITimelinePolicy), failed);
            return settings;
        }
    }

    private static long KeyBytes(string key) => (long)key.Length * sizeof(char);
}
