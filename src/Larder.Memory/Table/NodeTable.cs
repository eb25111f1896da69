using System.Numerics;

namespace Larder.Memory.Table;

/// <summary>
/// The hash table of nodes: segments chosen by the low bits of the hash, slots by the high ones. Reads take no lock;
/// a write takes the lock of one segment and leaves word for the policy there.
/// </summary>
internal abstract class NodeTable<TKey, TValue>
{
    // So many nodes a segment on average: rebuilding one is short, and its array stays out of the large object heap.
    private const int NodesPerSegment = 1600;
    private const int FewestSegments = 4;
    private const int MostSegments = 4096;

    private protected readonly SlotArray<TKey, TValue>[] _arrays;
    private protected readonly Segment<TKey, TValue>[] _segments;
    private protected readonly Node<TKey, TValue> _tombstone;
    private protected readonly int _mask;

    // A bit for each segment that has word for the policy.
    private readonly ulong[] _dirty;
    private int _pending;

    private protected NodeTable(long expectedCount)
    {
        var wanted = Math.Clamp(expectedCount / NodesPerSegment, FewestSegments, MostSegments);
        var count = (int)BitOperations.RoundUpToPowerOf2((uint)wanted);
        _tombstone = new Node<TKey, TValue>(default!, default!, 0, 0) { Index = Node<TKey, TValue>.Gone };
        _arrays = new SlotArray<TKey, TValue>[count];
        _segments = new Segment<TKey, TValue>[count];
        _mask = count - 1;
        _dirty = new ulong[(count + 63) / 64];
        for (var place = 0; place < count; place++)
        {
            _segments[place] = new Segment<TKey, TValue>(_arrays, place, _tombstone);
        }
    }

    internal int Segments => _segments.Length;

    /// <summary>Writes that the policy has not heard of.</summary>
    internal int Pending => Volatile.Read(ref _pending);

    internal long Count
    {
        get
        {
            long sum = 0;
            foreach (var segment in _segments)
            {
                sum += segment.Live;
            }

            return sum;
        }
    }

    /// <summary>Bytes of the slots.</summary>
    internal long Bytes
    {
        get
        {
            long slots = 0;
            foreach (var segment in _segments)
            {
                slots += segment.Slots.Length;
            }

            return (slots * 2 * IntPtr.Size) + (_segments.Length * 128L);
        }
    }

    internal abstract bool TakesSpans { get; }

    internal abstract Node<TKey, TValue>? Find(TKey key);

    internal abstract Node<TKey, TValue>? Find(ReadOnlySpan<char> key);

    internal abstract int Hash(TKey key);

    internal abstract TKey Create(ReadOnlySpan<char> key);

    /// <summary>Does the write under the lock of its segment.</summary>
    /// <param name="write">What to do.</param>
    /// <param name="isHeard">
    /// True when the caller holds the maintenance lock and passes the word on himself. It is queued all the same where others wait, to keep its turn.
    /// </param>
    internal abstract WriteOutcome<TKey, TValue> Apply(in Write<TKey, TValue> write, bool isHeard);

    /// <summary>The node that the policy knows by this index; null when a writer has taken it out, whose word is then waiting.</summary>
    internal Node<TKey, TValue>? Find(int hash, int index)
    {
        var segment = _segments[hash & _mask];
        lock (segment.Gate)
        {
            var place = segment.Find(hash, index);
            return place < 0 ? null : segment.Slots[place].Node;
        }
    }

    /// <summary>Takes the node that the policy knows by this index out of the table, if the policy's word is still true.</summary>
    internal Node<TKey, TValue>? TakeOut(int hash, int index)
    {
        var segment = _segments[hash & _mask];
        lock (segment.Gate)
        {
            var place = segment.Find(hash, index);
            if (place < 0)
            {
                return null;
            }

            var node = segment.Slots[place].Node;
            segment.Vacate(place);
            return node;
        }
    }

    /// <summary>As <see cref="TakeOut"/>, but only when the node has expired; the node comes back either way.</summary>
    internal TimedNode<TKey, TValue>? TakeOutExpired(int hash, int index, long now, out bool expired)
    {
        expired = false;
        var segment = _segments[hash & _mask];
        lock (segment.Gate)
        {
            var place = segment.Find(hash, index);
            if (place < 0)
            {
                return null;
            }

            var node = (TimedNode<TKey, TValue>)segment.Slots[place].Node!;
            if (node.TryExpire(now))
            {
                expired = true;
                segment.Vacate(place);
            }

            return node;
        }
    }

    /// <summary>The next segment, from the given one on, that has word for the policy; -1 when none has.</summary>
    internal int NextDirty(int from)
    {
        for (var place = from; place < _segments.Length; place = (place | 63) + 1)
        {
            var bits = Volatile.Read(ref _dirty[place >> 6]) >> (place & 63);
            if (bits != 0)
            {
                return place + BitOperations.TrailingZeroCount(bits);
            }
        }

        return -1;
    }

    /// <summary>Takes a segment's word for the policy.</summary>
    internal int TakePending(int place, ref PendingWrite<TKey, TValue>[] taken)
    {
        var segment = _segments[place];
        lock (segment.Gate)
        {
            return TakePending(segment, place, ref taken);
        }
    }

    /// <summary>Empties a segment; answers the slots it had and takes its word for the policy.</summary>
    internal Slot<TKey, TValue>[] Empty(int place, ref PendingWrite<TKey, TValue>[] taken, out int count)
    {
        var segment = _segments[place];
        lock (segment.Gate)
        {
            var slots = segment.Empty();
            count = TakePending(segment, place, ref taken);
            return slots;
        }
    }

    internal void Compact()
    {
        foreach (var segment in _segments)
        {
            lock (segment.Gate)
            {
                segment.Compact();
            }
        }
    }

    /// <summary>The slots of a segment as they are, for those who enumerate.</summary>
    internal Slot<TKey, TValue>[] SlotsOf(int place) => _segments[place].Slots;

    internal bool IsNode(Node<TKey, TValue>? node) => node is not null && !ReferenceEquals(node, _tombstone);

    /// <summary>Leaves word for the policy; only under the lock of the segment, so that words about one key keep their order.</summary>
    private protected void Tell(Segment<TKey, TValue> segment, int hash, in PendingWrite<TKey, TValue> word)
    {
        segment.Pending.Add(word);
        Interlocked.Increment(ref _pending);
        if (segment.Pending.Count == 1)
        {
            var place = hash & _mask;
            Interlocked.Or(ref _dirty[place >> 6], 1UL << (place & 63));
        }
    }

    private int TakePending(Segment<TKey, TValue> segment, int place, ref PendingWrite<TKey, TValue>[] taken)
    {
        var count = segment.Pending.Take(ref taken);
        if (count > 0)
        {
            Interlocked.And(ref _dirty[place >> 6], ~(1UL << (place & 63)));
            Interlocked.Add(ref _pending, -count);
        }

        return count;
    }
}
