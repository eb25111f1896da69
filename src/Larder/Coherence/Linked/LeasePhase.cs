namespace Larder.Coherence;

/// <summary>How far a <see cref="KeptLease"/> is.</summary>
internal enum LeasePhase
{
    /// <summary>The source is being asked.</summary>
    Held,

    /// <summary>A renewal found another token: the right is over.</summary>
    Lost,

    /// <summary>The fill or the release has been sent.</summary>
    Ended,
}
