using Larder.Entries;
using Larder.Keys;

namespace Larder.Flows;

/// <summary>Sets a value: whatever is being loaded for the key is not stored after it.</summary>
internal sealed class WriteFlow(CacheParts parts)
{
    private readonly EntryMaker _maker = new(parts);

    internal void Set<T>(CacheView view, string key, T value, EntryOptions? options, ReadOnlySpan<string> tags)
    {
        ArgumentNullException.ThrowIfNull(key);
        KeyRules.Check(key, parts.MaximumKeyLength);
        KeyRules.CheckTags(tags, parts.MaximumKeyLength);
        options?.Check(nameof(options));
        var settings = view.Defaults.Merge(options);
        var cacheStamp = parts.CacheFence.Stamp;
        parts.ThrowIfClosed();
        var stamps = parts.Tags.Stamp(tags, view.Tag);
        var made = _maker.OfSet(key, value, settings, cacheStamp, stamps);
        var isKept = made.IsStorable && !made.Settings.Skips(CacheSkip.MemoryWrite);
        var stripe = parts.Flights.StripeOf(key);
        lock (stripe)
        {
            stripe.Detach(key);
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

        if (isKept)
        {
            parts.Report.Stored(key);
        }
        else if (made.Verdict == StoreVerdict.TooLarge)
        {
            parts.Report.TooLarge(key);
        }

        parts.Report.Evicted(parts.Evictions);
    }
}
