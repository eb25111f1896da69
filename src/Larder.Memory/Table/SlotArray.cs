namespace Larder.Memory.Table;

/// <summary>
/// The slots of a segment, and how many they are once more: a reader that knows the length from here finds its slot without waiting for the
/// array's own header, which is far away. When the two do not agree the array is just being replaced, and its own length counts.
/// </summary>
internal struct SlotArray<TKey, TValue>
{
    internal Slot<TKey, TValue>[] Slots;
    internal int Length;

    /// <summary>Puts another array in place; only under the lock of the segment.</summary>
    internal void Publish(Slot<TKey, TValue>[] slots)
    {
        Length = slots.Length;
        Volatile.Write(ref Slots, slots);
    }
}
