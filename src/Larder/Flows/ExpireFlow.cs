using Larder.Entries;
using Larder.Keys;

namespace Larder.Flows;

/// <summary>
/// Ends the freshness of a key now: what is loading is detached, and the kept entry is put back with its stale and
/// fallback times running from now. Without such times it is a removal.
/// </summary>
internal sealed class ExpireFlow(CacheParts parts)
{
    internal RemovalOutcome Expire(string key)
    {
        ArgumentNullException.ThrowIfNull(key);
        parts.ThrowIfClosed();
        KeyRules.Check(key, parts.MaximumKeyLength);
        var now = parts.Clock.Now;
        var stripe = parts.Flights.StripeOf(key);
        lock (stripe)
        {
            stripe.Detach(key);
            if (parts.Memory.Find(key) is { } entry)
            {
                if (entry.IsCurrent(parts.CacheFence) && HasAfterlife(entry))
                {
                    parts.Memory.Set(entry.ExpiredAt(now));
                }
                else
                {
                    parts.Memory.Remove(key);
                }
            }
        }

        parts.Report.Evicted(parts.Evictions);
        parts.Announce(new Removal(RemovalKind.Key, key, IsLocal: true));
        return RemovalOutcome.Done;
    }

    private static bool HasAfterlife(Entry entry) => entry.Lifetime.StaleFor > 0 || entry.Lifetime.FallbackFor > 0;
}
