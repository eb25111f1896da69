namespace Larder.Signals;

/// <summary>What a cache counts. The first six are the statuses of an answer, in the order of <see cref="CacheStatus"/>.</summary>
internal enum Counter
{
    Absent = CacheStatus.Absent,
    Hit = CacheStatus.Hit,
    Stale = CacheStatus.Stale,
    Miss = CacheStatus.Miss,
    Expired = CacheStatus.Expired,
    Fallback = CacheStatus.Fallback,
    Joined,
    SourceCalls,
    SourceFailures,
    Refreshes,
    RefreshesShed,
    Stores,
    FencedOff,
    TooLarge,
    RemovalsByKey,
    RemovalsByTag,
    Clears,
    TierFailures,
    UnreadableBelow,

    // The answers that came from below memory, counted above as well; in the order of the statuses that they can have.
    DiskHit,
    DiskStale,
    DiskExpired,
    DiskFallback,
    RemoteHit,
    RemoteStale,
    RemoteExpired,
    RemoteFallback,
}
