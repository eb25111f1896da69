using System.Collections.Concurrent;
using Larder.Entries;
using Larder.Fences;
using Larder.Scheduling;

namespace Larder.Tiers;

/// <summary>
/// The entries in this process's memory, bounded by count or by weight. Reads take no lock. Writes of one key are
/// put in order by their flight stripe; here one lock keeps map, sample and weight in step.
/// </summary>
/// <remarks>
/// Eviction is sampled: of a few entries drawn at random the one unused the longest goes (as in "An analysis of
/// approximated LRU" and in Redis). Each store also looks at two random entries and drops them when their time has
/// run out, so that what nobody reads any more does not fill memory for ever.
/// </remarks>
internal sealed class MemoryTier
{
    /// <summary>No entry counts as heavier, and no limit as higher, so that sums never overflow.</summary>
    internal const long HeaviestEntry = long.MaxValue / 4;

    private const int EvictionSample = 8;
    private const int ExpirySample = 2;

    private readonly ConcurrentDictionary<string, Entry> _map = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, Entry>.AlternateLookup<ReadOnlySpan<char>> _spans;
    private readonly object _gate = new();
    private readonly FenceCell _cacheFence;
    private readonly Clock _clock;
    private readonly EvictionLog _evictions;
    private Entry[] _sample = new Entry[64];
    private int _count;
    private long _weight;
    private ulong _random = 0x9E3779B97F4A7C15;

    internal MemoryTier(long limit, FenceCell cacheFence, Clock clock, EvictionLog evictions)
    {
        Limit = Math.Min(limit, HeaviestEntry);
        _cacheFence = cacheFence;
        _clock = clock;
        _evictions = evictions;
        _spans = _map.GetAlternateLookup<ReadOnlySpan<char>>();
    }

    /// <summary>The bound of <see cref="Weight"/>.</summary>
    internal long Limit { get; }

    internal int Count => Volatile.Read(ref _count);

    internal long Weight => Volatile.Read(ref _weight);

    internal Entry? Find(string key)
    {
        _map.TryGetValue(key, out var entry);
        return entry;
    }

    internal Entry? Find(ReadOnlySpan<char> key)
    {
        _spans.TryGetValue(key, out var entry);
        return entry;
    }

    /// <summary>Stores the entry in place of the one before it; false, and nothing is kept of the key, when it alone is over the limit.</summary>
    internal bool Set(Entry entry)
    {
        lock (_gate)
        {
            if (_map.TryGetValue(entry.Key, out var before))
            {
                Forget(before);
            }

            if (entry.Weight > Limit)
            {
                _map.TryRemove(entry.Key, out _);
                return false;
            }

            // Room first: the limit holds at every moment, even for somebody who counts meanwhile.
            MakeRoom(entry.Weight);
            _map[entry.Key] = entry;
            Account(entry);
            return true;
        }
    }

    internal bool Remove(string key)
    {
        lock (_gate)
        {
            if (!_map.TryRemove(key, out var entry))
            {
                return false;
            }

            Forget(entry);
            return true;
        }
    }

    /// <summary>Drops exactly this entry, if it is still there, and reports why.</summary>
    internal void Drop(Entry entry, EvictionReason reason)
    {
        lock (_gate)
        {
            Evict(entry, reason);
        }
    }

    internal void Clear()
    {
        lock (_gate)
        {
            _map.Clear();
            Array.Clear(_sample, 0, _count);
            _count = 0;
            _weight = 0;
        }
    }

    private void Evict(Entry entry, EvictionReason reason)
    {
        if (_map.TryRemove(KeyValuePair.Create(entry.Key, entry)))
        {
            Forget(entry);
            _evictions.Add(entry.Key, reason);
        }
    }

    private void MakeRoom(long weight)
    {
        var now = _clock.Now;
        for (var i = 0; i < ExpirySample && _count > 0; i++)
        {
            var entry = Draw();
            if (DeadFor(entry, now) is { } reason)
            {
                Evict(entry, reason);
            }
        }

        while (_weight + weight > Limit && _count > 0)
        {
            EvictOne(now);
        }
    }

    private void EvictOne(long now)
    {
        Entry? victim = null;
        for (var i = 0; i < EvictionSample; i++)
        {
            var entry = Draw();
            if (DeadFor(entry, now) is { } reason)
            {
                Evict(entry, reason);
                return;
            }

            if (victim is null || entry.LastUsed < victim.LastUsed)
            {
                victim = entry;
            }
        }

        Evict(victim!, EvictionReason.Capacity);
    }

    private EvictionReason? DeadFor(Entry entry, long now) =>
        !entry.IsCurrent(_cacheFence) ? EvictionReason.Invalidated
        : now >= entry.GoneAt ? EvictionReason.Expired
        : null;

    /// <summary>A random entry; there must be one.</summary>
    private Entry Draw()
    {
        // Marsaglia's xorshift64; the low bits of the product pick a slot without a division.
        _random ^= _random << 13;
        _random ^= _random >> 7;
        _random ^= _random << 17;
        return _sample[(int)(((_random & uint.MaxValue) * (ulong)_count) >> 32)];
    }

    private void Account(Entry entry)
    {
        if (_count == _sample.Length)
        {
            Array.Resize(ref _sample, _count * 2);
        }

        entry.Slot = _count;
        _sample[_count++] = entry;
        _weight += entry.Weight;
    }

    private void Forget(Entry entry)
    {
        var last = _sample[--_count];
        _sample[_count] = null!;
        if (!ReferenceEquals(last, entry))
        {
            _sample[entry.Slot] = last;
            last.Slot = entry.Slot;
        }

        entry.Slot = -1;
        _weight -= entry.Weight;
    }
}
