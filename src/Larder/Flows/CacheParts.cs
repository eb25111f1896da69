using Larder.Coherence;
using Larder.Entries;
using Larder.Fences;
using Larder.Flights;
using Larder.Locks;
using Larder.Ports;
using Larder.Scheduling;
using Larder.Sealing;
using Larder.Signals;
using Larder.Tiers;

namespace Larder.Flows;

/// <summary>What one cache is made of. Put together by the wiring; the flows work with it.</summary>
internal sealed class CacheParts : IGauges
{
    public required string CacheName { get; init; }

    public required CacheCounters Counters { get; init; }

    public int RunningFlights => Flights.RunningCount;

    internal required EntrySettings Defaults { get; init; }

    internal required Scheduler Scheduler { get; init; }

    internal required MemoryTier Memory { get; init; }

    internal required EvictionLog Evictions { get; init; }

    internal required FenceCell CacheFence { get; init; }

    /// <summary>Moves with each Clear that this process was asked for, before the cache's fence does, which moves for other reasons, too.</summary>
    internal FenceCell Clears { get; } = new();

    internal required Seals Seals { get; init; }

    internal required RefreshGate Refreshes { get; init; }

    internal required RemovalFeed Feed { get; init; }

    internal required Report Report { get; init; }

    internal required Func<object?, long>? Sizer { get; init; }

    internal required ITimelinePolicy? Policy { get; init; }

    internal required int MaximumKeyLength { get; init; }

    internal required bool IsEnabled { get; init; }

    /// <summary>The tiers below memory; null when memory is all there is.</summary>
    internal TierChain? Chain { get; init; }

    /// <summary>Removals that wait for the authority; null when they are thrown instead.</summary>
    internal QueuedRemovals? Queue { get; set; }

    /// <summary>Tells other nodes of removals; null when there is no channel to them.</summary>
    internal RemovalSender? Sender { get; init; }

    /// <summary>How long a lower tier, or the channel, may take to answer, in milliseconds.</summary>
    internal required long TierTimeout { get; init; }

    /// <summary>Carries removals between nodes, for the feed; null when there is no channel.</summary>
    internal IRemovalChannel? Channel { get; init; }

    /// <summary>Who makes locks; null when nobody does whom the other nodes would see.</summary>
    internal ILockProvider? Locks { get; init; }

    /// <summary>The locks of this process, which end with the cache; null when somebody else makes them.</summary>
    internal ProcessLocks? OwnLocks { get; init; }

    internal required TagFences Tags { get; init; }

    internal FlightTable Flights { get; } = new();

    /// <summary>The order of this process's writes to one key, while they wait for the authority.</summary>
    internal WriteTurns Writes { get; } = new();

    /// <summary>Until when memory may be served.</summary>
    internal CoherenceGate Gate => Chain?.Coherence?.Gate ?? AlwaysOpen;

    private static readonly CoherenceGate AlwaysOpen = new(isOpen: true);

    internal Clock Clock => Scheduler.Clock;

    public CacheStatistics Statistics => new()
    {
        Hits = Counters.Total(Counter.Hit),
        StaleHits = Counters.Total(Counter.Stale),
        Misses = Counters.Total(Counter.Miss),
        ExpiredHits = Counters.Total(Counter.Expired),
        Fallbacks = Counters.Total(Counter.Fallback),
        Absences = Counters.Total(Counter.Absent),
        Joined = Counters.Total(Counter.Joined),
        SourceCalls = Counters.Total(Counter.SourceCalls),
        SourceFailures = Counters.Total(Counter.SourceFailures),
        Refreshes = Counters.Total(Counter.Refreshes),
        RefreshesShed = Counters.Total(Counter.RefreshesShed),
        Stores = Counters.Total(Counter.Stores),
        FencedOff = Counters.Total(Counter.FencedOff),
        TooLarge = Counters.Total(Counter.TooLarge),
        Evictions = Memory.CountEvicted(EvictionReason.Capacity),
        Expirations = Memory.CountEvicted(EvictionReason.Expired),
        Invalidations = Memory.CountEvicted(EvictionReason.Invalidated),
        Unreadable = Memory.CountEvicted(EvictionReason.Unreadable),
        TierHits = Counters.TotalBelow(),
        TierFailures = Counters.Total(Counter.TierFailures),
        TierUnreadable = Counters.Total(Counter.UnreadableBelow),
        QueuedRemovals = Queue?.Count ?? 0,
        OldestQueuedRemoval = Queue?.Age ?? TimeSpan.Zero,
        Entries = Memory.Count,
        Weight = Memory.Weight,
        WeightLimit = Memory.Limit,
    };

    /// <summary>The short cut for plain hits of a view.</summary>
    internal MemoryHit MemoryHit(CacheView view) =>
        new(Memory, Clock, Gate, CacheFence, Tags.Removals, Counters, isPlain: view.IsPlain && !Report.HearsEveryAnswer);

    /// <summary>
    /// Takes what this process has of a key: its flight is detached, nothing is kept that is being read of it from below, and memory drops it, all under one lock, so that nothing slips in
    /// between.
    /// </summary>
    internal void Drop(string key)
    {
        var stripe = Flights.StripeOf(key);
        lock (stripe)
        {
            stripe.Detach(key);
            Memory.Remove(key);
            stripe.EndHold(key, Clock.Now);
        }
    }

    /// <summary>Tells the feed and the application of a removal that is complete.</summary>
    internal void Announce(Removal removal)
    {
        Feed.Publish(removal);
        Sender?.Post(removal);
        Report.Removed(removal);
    }

    internal void ThrowIfClosed() => ObjectDisposedException.ThrowIf(CacheFence.IsClosed, typeof(ICache));
}
