namespace Larder.Entries;

/// <summary>Where an entry stands on its timeline.</summary>
internal enum Phase
{
    /// <summary>Served as a hit.</summary>
    Fresh,

    /// <summary>Served as a hit that also starts an early refresh.</summary>
    RefreshDue,

    /// <summary>Served at once; a refresh is due.</summary>
    Stale,

    /// <summary>Kept for the case that the source fails.</summary>
    Expired,

    /// <summary>Over.</summary>
    Gone,
}
