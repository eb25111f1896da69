namespace Larder;

/// <summary>What a cache has counted since it was made.</summary>
/// <remarks>
/// The numbers are read one after the other while calls go on, so they may differ by the calls that were under way.
/// Each single number is exact.
/// </remarks>
public sealed record CacheStatistics
{
    /// <summary>Answers from a fresh entry.</summary>
    public long Hits { get; init; }

    /// <summary>Answers from a stale entry.</summary>
    public long StaleHits { get; init; }

    /// <summary>Answers that waited for the source, joined loads included.</summary>
    public long Misses { get; init; }

    /// <summary>Answers from an expired entry, served at once.</summary>
    public long ExpiredHits { get; init; }

    /// <summary>Answers from an expired entry because the source failed or was too slow.</summary>
    public long Fallbacks { get; init; }

    /// <summary>Look-ups without a factory that found nothing.</summary>
    public long Absences { get; init; }

    /// <summary>Calls that joined a running load instead of asking the source themselves.</summary>
    public long Joined { get; init; }

    /// <summary>Times that the source was asked, refreshes included.</summary>
    public long SourceCalls { get; init; }

    /// <summary>Times that the source failed or timed out, refreshes included.</summary>
    public long SourceFailures { get; init; }

    /// <summary>Refreshes that were started in the background.</summary>
    public long Refreshes { get; init; }

    /// <summary>Refreshes that were not started because <see cref="CacheOptions.MaxConcurrentRefreshes"/> were running.</summary>
    public long RefreshesShed { get; init; }

    /// <summary>Values that were stored.</summary>
    public long Stores { get; init; }

    /// <summary>Values that were loaded but not stored, because a removal, a Set, an Expire or a Clear came first.</summary>
    public long FencedOff { get; init; }

    /// <summary>Values that were served but not stored because they are too large.</summary>
    public long TooLarge { get; init; }

    /// <summary>Entries that left memory because the limit was reached.</summary>
    public long Evictions { get; init; }

    /// <summary>Entries that left memory because their time had run out.</summary>
    public long Expirations { get; init; }

    /// <summary>Entries that left memory because a fence (tag or whole cache) had moved.</summary>
    public long Invalidations { get; init; }

    /// <summary>Entries that left memory because their stored form could not be turned back into a value.</summary>
    public long Unreadable { get; init; }

    /// <summary>Entries in memory now, those whose time ran out within the last seconds included.</summary>
    public long Entries { get; init; }

    /// <summary>The weight of memory now: entries, or bytes when <see cref="CacheOptions.MemoryLimit"/> is in bytes.</summary>
    public long Weight { get; init; }

    /// <summary>The bound of <see cref="Weight"/>.</summary>
    public long WeightLimit { get; init; }

    /// <summary>Answers that came from a tier below memory. They are counted among the hits, stale hits and so on as well.</summary>
    public long TierHits { get; init; }

    /// <summary>Calls to a tier below memory that failed, or were given up.</summary>
    public long TierFailures { get; init; }

    /// <summary>What a tier below memory had but could not be used: damaged, of another type, of another version.</summary>
    public long TierUnreadable { get; init; }

    /// <summary>Removals that wait for the authority; see <see cref="CacheOptions.QueueRemovals"/>.</summary>
    public long QueuedRemovals { get; init; }

    /// <summary>How long the oldest of them has waited; zero when none does.</summary>
    public TimeSpan OldestQueuedRemoval { get; init; }

    /// <summary>All answers together.</summary>
    public long Requests => Hits + StaleHits + Misses + ExpiredHits + Fallbacks + Absences;

    /// <summary>The share of <see cref="Requests"/> that were answered by an entry while it was fresh, stale or served expired, from 0 to 1; 0 when there were none. Fallbacks do not count: the source owes them.</summary>
    public double HitRatio => Requests == 0 ? 0 : (double)(Hits + StaleHits + ExpiredHits) / Requests;
}
