using Larder.Entries;
using Larder.Ports;

namespace Larder.Flights;

/// <summary>What a flight has to do with the tiers below memory. An object of its own, so that flights of caches without lower tiers stay small.</summary>
/// <param name="order">The number of the flight among all of its cache, in the order in which they began; see <see cref="FlightTable.NextOrder"/>.</param>
internal sealed class FlightBelow(long order)
{
    private ITierLease? _lease;

    internal long Order { get; } = order;

    /// <summary>What the authority says of the key while the flight works with its answers. Guarded by the flight's stripe.</summary>
    internal TierObservation? Observation { get; set; }

    /// <summary>
    /// True when nobody would announce a change of the key to this flight, although other nodes rely on it: then it is shared only by those who came before it began. Guarded.
    /// </summary>
    internal bool IsUnwatched { get; set; }

    /// <summary>Something older that was found in a lower tier and may be fallen back on. Guarded.</summary>
    internal Entry? Older { get; set; }

    /// <summary>Where <see cref="Older"/> was found. Guarded.</summary>
    internal CacheTier OlderTier { get; set; }

    /// <summary>False when memory must not keep what the flight brings, because the authority could not be told of it.</summary>
    internal bool MayBeKept { get; set; } = true;

    /// <summary>Where the answer was found. Valid once the flight is settled.</summary>
    internal CacheTier Tier { get; set; } = CacheTier.Source;

    /// <summary>True when nothing speaks against memory keeping what the flight brings. Guarded.</summary>
    internal bool AllowsKeeping => MayBeKept && Observation is not { AllowsKeeping: false };

    /// <summary>Keeps the right to load that the authority has given.</summary>
    internal void HoldLease(ITierLease lease) => Volatile.Write(ref _lease, lease);

    /// <summary>The right to load, once: for the fill, or for whoever gives it back.</summary>
    internal ITierLease? TakeLease() => Interlocked.Exchange(ref _lease, null);
}
