using System.Runtime.CompilerServices;
using Larder.Memory.Buffers;

namespace Larder.Memory.Table;

/// <summary>
/// One part of the table: open addressing with linear probing. Its lock is taken by writers only.
/// A node never moves inside an array, and a slot in use is emptied only when the slot after it is empty; therefore a
/// reader without a lock never passes by a key that is there. Growing builds a new array and publishes it whole.
/// </summary>
internal sealed class Segment<TKey, TValue>
{
    private const int FirstLength = 8;

    private readonly SlotArray<TKey, TValue>[] _arrays;
    private readonly int _place;
    private readonly Node<TKey, TValue> _tombstone;

    // Slots that are not empty: nodes and tombstones.
    private int _used;
    private int _live;

    internal readonly Lock Gate = new();

    internal WriteQueue<PendingWrite<TKey, TValue>> Pending;

    internal Segment(SlotArray<TKey, TValue>[] arrays, int place, Node<TKey, TValue> tombstone)
    {
        _arrays = arrays;
        _place = place;
        _tombstone = tombstone;
        _arrays[place].Publish(new Slot<TKey, TValue>[FirstLength]);
    }

    internal Slot<TKey, TValue>[] Slots => Volatile.Read(ref _arrays[_place].Slots);

    internal int Live => Volatile.Read(ref _live);

    internal static int Start(int hash, int length) => (int)(((ulong)(uint)hash * (uint)length) >> 32);

    /// <summary>The start in an array whose length was not the one expected. Not inlined, lest every look-up wait for the array's length.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    internal static int StartAnew(int hash, Slot<TKey, TValue>[] slots) => Start(hash, slots.Length);

    /// <summary>Makes sure that one more node has room; slots found before this are void if it answers true.</summary>
    internal bool MakeRoom()
    {
        var slots = Slots;
        if ((_used + 1) * 4 <= slots.Length * 3)
        {
            return false;
        }

        Rebuild(_live * 8 >= slots.Length * 5 ? slots.Length + (slots.Length / 2) : slots.Length);
        return true;
    }

    /// <summary>Puts a node into a slot that is empty or holds a tombstone.</summary>
    internal void Place(int place, Node<TKey, TValue> node)
    {
        ref var slot = ref Slots[place];
        if (slot.Node is null)
        {
            _used++;
        }

        slot.Hash = node.Hash;
        Volatile.Write(ref slot.Node, node);
        Volatile.Write(ref _live, _live + 1);
    }

    /// <summary>Puts a node into the place of one with the same key.</summary>
    internal void Replace(int place, Node<TKey, TValue> node) => Volatile.Write(ref Slots[place].Node, node);

    /// <summary>Takes the node out of a slot.</summary>
    internal void Vacate(int place)
    {
        var slots = Slots;
        Volatile.Write(ref slots[place].Node, _tombstone);
        Volatile.Write(ref _live, _live - 1);
        if (slots[place + 1 == slots.Length ? 0 : place + 1].Node is not null)
        {
            return;
        }

        // Nobody's way leads past an empty slot, so the tombstones right before it can be emptied, the last one first.
        while (ReferenceEquals(slots[place].Node, _tombstone))
        {
            Volatile.Write(ref slots[place].Node, null);
            _used--;
            place = place == 0 ? slots.Length - 1 : place - 1;
        }
    }

    /// <summary>The slot of the node that the policy knows by this index; -1 when it is not, or no longer, in the table.</summary>
    internal int Find(int hash, int index)
    {
        var slots = Slots;
        for (var place = Start(hash, slots.Length); slots[place].Node is { } node; place = place + 1 == slots.Length ? 0 : place + 1)
        {
            if (slots[place].Hash == hash && node.Index == index && !ReferenceEquals(node, _tombstone))
            {
                return place;
            }
        }

        return -1;
    }

    /// <summary>Empties the segment; answers what it held, tombstones included.</summary>
    internal Slot<TKey, TValue>[] Empty()
    {
        var before = Slots;
        _arrays[_place].Publish(new Slot<TKey, TValue>[FirstLength]);
        _used = 0;
        Volatile.Write(ref _live, 0);
        return before;
    }

    /// <summary>Gives back what has become far too large.</summary>
    internal void Compact()
    {
        if (Slots.Length > FirstLength && _live * 4 < Slots.Length)
        {
            Rebuild(Math.Max(FirstLength, _live * 2));
        }
    }

    private void Rebuild(int length)
    {
        var slots = new Slot<TKey, TValue>[length];
        foreach (ref readonly var old in Slots.AsSpan())
        {
            if (old.Node is null || ReferenceEquals(old.Node, _tombstone))
            {
                continue;
            }

            var place = Start(old.Hash, length);
            while (slots[place].Node is not null)
            {
                place = place + 1 == length ? 0 : place + 1;
            }

            slots[place] = old;
        }

        _arrays[_place].Publish(slots);
        _used = _live;
    }
}
