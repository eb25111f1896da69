namespace Larder.Ports;

/// <summary>How a tier answered. A tier answers failures with an outcome; what it throws counts as <see cref="Unavailable"/>.</summary>
public enum TierStatus
{
    /// <summary>There is nothing under the key.</summary>
    Absent = 0,

    /// <summary>There is a value, or the command was carried out.</summary>
    Done = 1,

    /// <summary>The caller holds the right to load the key, see <see cref="TierClaim.Lease"/>.</summary>
    Leased = 2,

    /// <summary>Another node is loading the key, see <see cref="TierClaim.Changed"/>.</summary>
    Busy = 3,

    /// <summary>A writer holds the key: it may be loaded, but not stored, until the hold ends.</summary>
    OnHold = 4,

    /// <summary>The tier could not be asked, did not answer, or gave an answer that makes no sense.</summary>
    Unavailable = 5,
}
