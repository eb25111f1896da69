using System.Diagnostics.CodeAnalysis;

namespace Larder.Memory.Buffers;

/// <summary>
/// Writes that the table has and the policy has not heard of, in their order. Nothing is ever dropped; whoever adds
/// keeps the bound by helping first. Guarded by the lock of its segment.
/// </summary>
internal struct WriteQueue<T>
    where T : struct
{
    private const int FirstLength = 4;

    private T[]? _items;
    private int _count;

    internal readonly int Count => _count;

    internal void Add(in T item)
    {
        Reserve();
        _items[_count++] = item;
    }

    /// <summary>Makes sure that the next <see cref="Add"/> does not allocate, and so cannot fail.</summary>
    [MemberNotNull(nameof(_items))]
    internal void Reserve()
    {
        if (_items is null || _count == _items.Length)
        {
            Array.Resize(ref _items, Math.Max(FirstLength, _count * 2));
        }
    }

    /// <summary>Takes all items, leaving the given empty array in their place; the taker clears what it was handed.</summary>
    internal int Take(ref T[] spare)
    {
        var count = _count;
        if (count > 0)
        {
            (_items, spare) = (spare, _items!);
            _count = 0;
        }

        return count;
    }
}
