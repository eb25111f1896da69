using Larder.Entries;
using Larder.Fences;
using Larder.Memory;

namespace Larder.Tiers;

/// <summary>
/// Drops entries whose fence has moved and which nobody reads any more: after a removal of a tag or of everything each store
/// looks at a few entries, in the order of the map, until all have been looked at. So a removal stays one write,
/// and what it removed does not take the place of living entries for ever. Between removals a store only compares
/// two references.
/// </summary>
internal sealed class FenceSweep(BoundedMap<string, Entry> map, FenceCell cacheFence, FenceCell tagRemovals, EvictionLog evictions)
{
    private const int EntriesAStep = 2;

    // The stamps under which the last complete round began.
    private object _cleanCache = cacheFence.Stamp;
    private object _cleanTags = tagRemovals.Stamp;

    private IEnumerator<KeyValuePair<string, Entry>>? _round;
    private object? _roundCache;
    private object? _roundTags;
    private int _isTaken;

    /// <summary>Goes on with the round, if one is due and nobody else is at it.</summary>
    internal void Step()
    {
        if (ReferenceEquals(Volatile.Read(ref _cleanTags), tagRemovals.Stamp) && ReferenceEquals(Volatile.Read(ref _cleanCache), cacheFence.Stamp))
        {
            return;
        }

        if (Interlocked.Exchange(ref _isTaken, 1) == 0)
        {
            try
            {
                Look();
            }
            finally
            {
                Volatile.Write(ref _isTaken, 0);
            }
        }
    }

    /// <summary>Lets go of what the round holds, after the map was emptied; who is at it right now does so with the next store.</summary>
    internal void Forget()
    {
        if (Interlocked.Exchange(ref _isTaken, 1) == 0)
        {
            _round = null;
            Volatile.Write(ref _isTaken, 0);
        }
    }

    private void Look()
    {
        if (_round is null)
        {
            _roundCache = cacheFence.Stamp;
            _roundTags = tagRemovals.Stamp;
            _round = map.GetEnumerator();
        }

        for (var i = 0; i < EntriesAStep; i++)
        {
            if (!_round.MoveNext())
            {
                _round.Dispose();
                _round = null;
                Volatile.Write(ref _cleanCache, _roundCache!);
                Volatile.Write(ref _cleanTags, _roundTags!);
                return;
            }

            var (key, entry) = _round.Current;
            if (!entry.IsCurrent(cacheFence) && map.TryRemove(key, entry))
            {
                evictions.Count(key, EvictionReason.Invalidated);
            }
        }
    }
}
