using Larder.Entries;
using Larder.Keys;
using Larder.Tiers;

namespace Larder.Flows;

/// <summary>
/// Ends the freshness of a key now: what is loading is detached, and the kept entry is put back with its stale and
/// fallback times running from now. Without such times it is a removal. Where an authority decides, it expires its own entry, and memory fetches that anew.
/// </summary>
internal sealed class ExpireFlow(CacheParts parts, BelowFlow? below)
{
    internal ValueTask<RemovalOutcome> Expire(string key, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(key);
        parts.ThrowIfClosed();
        KeyRules.Check(key, parts.MaximumKeyLength);
        if (below is not null)
        {
            parts.Drop(key);
            return below.WaitAsync(ExpireBelowAsync(key), cancellationToken);
        }

        ExpireInMemory(key);
        parts.Report.Evicted(parts.Evictions);
        Announce(key);
        return new(RemovalOutcome.Done);
    }

    private async Task<RemovalOutcome> ExpireBelowAsync(string key)
    {
        var outcome = await below!.ExpireAsync(key, () => parts.Drop(key)).ConfigureAwait(false);
        Announce(key);
        return outcome;
    }

    private void ExpireInMemory(string key)
    {
        var now = parts.Clock.Now;
        var stripe = parts.Flights.StripeOf(key);
        lock (stripe)
        {
            stripe.Detach(key);
            if (parts.Memory.Find(key) is { } entry)
            {
                if (entry.IsCurrent(parts.CacheFence) && HasAfterlife(entry))
                {
                    // Fails only if memory has given the entry up since, and then there is nothing left to expire.
                    parts.Memory.Replace(entry, entry.ExpiredAt(now));
                }
                else
                {
                    parts.Memory.Remove(key);
                }
            }
        }
    }

    private void Announce(string key) => parts.Announce(new Removal(RemovalKind.Key, key, IsLocal: true));

    private static bool HasAfterlife(Entry entry) => entry.Lifetime.StaleFor > 0 || entry.Lifetime.FallbackFor > 0;
}
