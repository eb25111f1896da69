using Larder.Ports;

namespace Larder.Tiers;

/// <summary>What lies below memory: the authority, perhaps copies above it, and what keeps nodes in step.</summary>
/// <param name="authority">The lowest tier.</param>
/// <param name="copies">The tier between; null when there is none.</param>
/// <param name="coherence">What keeps nodes in step; null when the authority belongs to this process alone.</param>
internal sealed class TierChain(Authority authority, CopyTier? copies, ICoherence? coherence)
{
    internal Authority Authority { get; } = authority;

    internal CopyTier? Copies { get; } = copies;

    internal ICoherence? Coherence { get; } = coherence;

    /// <summary>How long a load lease outlives its node.</summary>
    internal required TimeSpan LoadLease { get; init; }

    /// <summary>How long another node's load is waited for, in milliseconds; null: as long as the source may take.</summary>
    internal required long? LoadWait { get; init; }

    /// <summary>
    /// True when memory may keep what the authority could not be told of: nobody else has a memory, or there is no connection now, so that all that was kept meanwhile is dropped when there
    /// is one. At the first connection of all nothing is dropped if nobody went on without it, so nothing is kept while calls wait for that. While there is a connection nothing would announce what is kept like this. The caller has taken the stamp of the cache's fence before.
    /// </summary>
    internal bool KeepsWithoutAuthority => Coherence is null || (Coherence.Level == CoherenceLevel.Eventual && !Authority.IsOpening && Authority.IsAway);
}
