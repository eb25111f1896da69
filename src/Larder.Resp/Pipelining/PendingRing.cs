using System.Diagnostics;

namespace Larder.Resp.Pipelining;

/// <summary>
/// The commands of a connection that are not answered yet, in the order in which they were written. One side adds
/// (under the lock of the <see cref="Outbox"/>), the other one, the reader, takes without a lock.
/// </summary>
/// <remarks>
/// Places are numbered without end; a number's remainder is its index. The array doubles up to the limit: the adding side
/// copies it and publishes the copy. The reader may then clear a place of the old array only, which leaves a reference
/// in the copy that nobody looks at, because its number is below the head.
/// </remarks>
internal sealed class PendingRing(int limit)
{
    private const int SmallestCapacity = 256;
    private Pending?[] _places = new Pending?[Math.Min(SmallestCapacity, limit)];
    private long _head;
    private long _tail;

    /// <summary>The number of the oldest unanswered command.</summary>
    internal long Head => Volatile.Read(ref _head);

    /// <summary>The number that the next command gets.</summary>
    internal long Tail => Volatile.Read(ref _tail);

    internal int Count => (int)Math.Max(0, Tail - Head);

    internal int Limit => limit;

    internal bool IsFull => _tail - Head >= limit;

    /// <summary>Adds one; there must be room.</summary>
    internal void Add(Pending pending)
    {
        var places = _places;
        if (_tail - Head >= places.Length)
        {
            places = Grow();
        }

        places[_tail & (places.Length - 1)] = pending;
        Volatile.Write(ref _tail, _tail + 1);
    }

    /// <summary>The oldest one; null when there is none. For the reader.</summary>
    internal Pending? Peek() => _head == Volatile.Read(ref _tail) ? null : Place(_head);

    /// <summary>Frees the place of the oldest one. For the reader.</summary>
    internal void Remove()
    {
        Debug.Assert(_head < Volatile.Read(ref _tail), "There is no oldest command.");
        var places = Volatile.Read(ref _places);
        places[_head & (places.Length - 1)] = null;
        Volatile.Write(ref _head, _head + 1);
    }

    /// <summary>The one with that number, if it is still there. For whoever holds the lock.</summary>
    internal Pending? Place(long number)
    {
        var places = Volatile.Read(ref _places);
        return Volatile.Read(ref places[number & (places.Length - 1)]);
    }

    private Pending?[] Grow()
    {
        var old = _places;
        var larger = new Pending?[old.Length * 2];
        for (var number = Head; number < _tail; number++)
        {
            larger[number & (larger.Length - 1)] = old[number & (old.Length - 1)];
        }

        Volatile.Write(ref _places, larger);
        return larger;
    }
}
