namespace Larder.Node.Histories;

/// <summary>What a record of a history tells.</summary>
public enum HistoryKind
{
    /// <summary>A read was answered.</summary>
    Read = 1,

    /// <summary>A removal, of whatever kind, has completed.</summary>
    Removed = 2,

    /// <summary>An expiration has completed: the key may still be served stale.</summary>
    Expired = 3,

    /// <summary>A Set is about to be called.</summary>
    SetBegan = 4,

    /// <summary>A Set has completed.</summary>
    Set = 5,

    /// <summary>A Set has failed, or is queued: it may have been carried out.</summary>
    SetFailed = 6,
}
