using System.Runtime.CompilerServices;
using Larder.Entries;
using Larder.Fences;
using Larder.Memory;
using Larder.Scheduling;

namespace Larder.Tiers;

/// <summary>
/// The entries in this process's memory: a thin room over the bounded map, which reads without a lock and chooses
/// whom to give up. Writes of one key are put in order by their flight stripe.
/// </summary>
/// <remarks>
/// What may be served is decided by the entry's own timeline and fences. The map's clock only gives back memory: the map drops an entry
/// once nothing of it can be served any more, so that a hit costs no second look at a clock.
/// </remarks>
internal sealed class MemoryTier
{
    /// <summary>No entry counts as heavier, and no limit as higher, so that sums never overflow.</summary>
    internal const long HeaviestEntry = BoundedMapOptions<string, Entry>.MaximumCapacity;

    // In milliseconds.
    private const long SlidingGrace = 1_000;

    private readonly BoundedMap<string, Entry> _map;
    private readonly Clock _clock;
    private readonly EvictionLog _evictions;
    private readonly FenceSweep _sweep;

    internal MemoryTier(MemoryLimit limit, FenceCell cacheFence, FenceCell tagRemovals, Scheduler scheduler, EvictionLog evictions)
    {
        _clock = scheduler.Clock;
        _evictions = evictions;
        _map = new BoundedMap<string, Entry>(new BoundedMapOptions<string, Entry>
        {
            Capacity = Math.Min(limit.Amount, HeaviestEntry),
            Weigher = limit.IsInBytes ? static (_, entry) => entry.Weight : null,
            Comparer = StringComparer.Ordinal,
            OnEvicted = evictions.IsHeard ? Tell : null,
            TimeProvider = scheduler.Clock.TimeProvider,
            Scheduler = new MapWork(scheduler),
            Random = ReferenceEquals(scheduler.Random, Random.Shared) ? null : new Random(scheduler.Random.Next()),
            CountsReads = false,
        });
        _sweep = new FenceSweep(_map, cacheFence, tagRemovals, evictions);
    }

    /// <summary>The bound of <see cref="Weight"/>.</summary>
    internal long Limit => _map.Capacity;

    internal long Count => _map.Count;

    internal long Weight => _map.Weight;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal Entry? Find(string key)
    {
        _map.TryGet(key, out var entry);
        return entry;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal Entry? Find(ReadOnlySpan<char> key)
    {
        _map.TryGet(key, out var entry);
        return entry;
    }

    /// <summary>Stores the entry in place of the one before it; false, and nothing is kept of the key, when it alone is over the limit.</summary>
    internal bool Set(Entry entry)
    {
        _evictions.Enter();
        try
        {
            _sweep.Step();
            return _map.Set(entry.Key, entry, ExpiryOf(entry));
        }
        finally
        {
            _evictions.Leave();
        }
    }

    /// <summary>Stores the entry in place of exactly this one; false when that is not there any more.</summary>
    internal bool Replace(Entry before, Entry entry)
    {
        _evictions.Enter();
        try
        {
            return _map.TryUpdate(entry.Key, entry, before, ExpiryOf(entry));
        }
        finally
        {
            _evictions.Leave();
        }
    }

    /// <summary>The keys of all entries. One that is there all the while is among them; others may be.</summary>
    internal IEnumerable<string> Keys() => _map.Select(static pair => pair.Key);

    internal bool Remove(string key) => _map.TryRemove(key, out _);

    /// <summary>Drops exactly this entry, if it is still there, and reports why.</summary>
    internal void Drop(Entry entry, EvictionReason reason)
    {
        _evictions.Enter();
        try
        {
            if (_map.TryRemove(entry.Key, entry))
            {
                _evictions.Count(entry.Key, reason);
            }
        }
        finally
        {
            _evictions.Leave();
        }
    }

    internal void Clear()
    {
        _map.Clear();
        _sweep.Forget();
    }

    /// <summary>How many entries left for this reason, by the map's choice or by ours.</summary>
    internal long CountEvicted(EvictionReason reason)
    {
        var own = _evictions.Counted(reason);
        return reason switch
        {
            EvictionReason.Capacity => own + _map.Statistics.EvictedForCapacity,
            EvictionReason.Expired => own + _map.Statistics.Expired,
            _ => own,
        };
    }

    /// <summary>Does now what the map would do by and by; for tests.</summary>
    internal void Maintain() => _map.Maintain();

    /// <summary>When the map is to give the entry's memory back: once nothing of it can be served any more.</summary>
    /// <remarks>
    /// The end of a sliding entry moves with its reads, so the map watches those, and a read of it costs a second look at the clock.
    /// The map looks before the entry does, so it waits a little longer.
    /// </remarks>
    private EntryExpiry ExpiryOf(Entry entry)
    {
        var lifetime = entry.Lifetime;
        var left = entry.LatestEnd - _clock.Now;
        return lifetime.SlidingFor == 0
            ? EntryExpiry.DroppedAfter(Span(left))
            : new EntryExpiry(Span(left), Span(lifetime.SlidingFor + lifetime.StaleFor + lifetime.FallbackFor + SlidingGrace));
    }

    private static TimeSpan Span(long milliseconds) => new(Math.Max(1, milliseconds) * TimeSpan.TicksPerMillisecond);

    /// <summary>An entry that the map gave up; called outside of the map's locks, by whoever made it give up.</summary>
    private void Tell(string key, Entry entry, Memory.EvictionReason reason)
    {
        // A value heavier than the limit never came in: that is counted as too large by who stores.
        if (reason != Memory.EvictionReason.TooHeavy)
        {
            _evictions.Remember(key, reason == Memory.EvictionReason.Expired ? EvictionReason.Expired : EvictionReason.Capacity);
        }
    }
}
