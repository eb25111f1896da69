using System.Runtime.CompilerServices;

namespace Larder.Memory.Table;

/// <summary>
/// An entry. Key, value, hash, weight and kind never change: a new value is a new node, so nothing a reader sees can
/// tear. The index and the touches are the policy's marks on it.
/// </summary>
internal class Node<TKey, TValue>
{
    /// <summary>The largest weight that fits into the bits left for it, 70 tebi.</summary>
    internal const long MaxWeight = (1L << 46) - 1;

    private const int TimedBit = 1 << 15;
    private const int SlidingBit = 1 << 14;

    internal readonly TKey Key;
    internal readonly TValue Value;
    internal readonly int Hash;

    private readonly uint _weightLow;
    private readonly ushort _weightHighAndKind;

    /// <summary>In which epoch the policy last heard of reads of this node, and of how many; written by readers, racily.</summary>
    internal ushort Touches;

    /// <summary>The entry's index in the policy: 0 until it is known there, <see cref="Gone"/> when it no longer is.</summary>
    internal int Index;

    internal const int Gone = -1;

    internal Node(TKey key, TValue value, int hash, long weight)
        : this(key, value, hash, weight, 0)
    {
    }

    private protected Node(TKey key, TValue value, int hash, long weight, int kind)
    {
        Key = key;
        Value = value;
        Hash = hash;
        _weightLow = (uint)weight;
        _weightHighAndKind = (ushort)((int)(weight >> 32) | kind);
    }

    internal long Weight => ((long)(_weightHighAndKind & (SlidingBit - 1)) << 32) | _weightLow;

    /// <summary>True when a read must look at the deadline.</summary>
    internal bool IsTimed
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => _weightHighAndKind >= TimedBit;
    }

    /// <summary>True when the node is a <see cref="TimedNode{TKey, TValue}"/>, whether or not reads look at its deadline.</summary>
    internal bool HasDeadline => (_weightHighAndKind & (TimedBit | SlidingBit)) != 0;

    /// <summary>True when reads prolong the node; asked of timed nodes only.</summary>
    internal bool IsSliding => (_weightHighAndKind & SlidingBit) != 0;

    private protected const int Timed = TimedBit;

    private protected const int Sliding = TimedBit | SlidingBit;

    // What reads do not look at the deadline of can not slide either, so the bit is free for it.
    private protected const int Lenient = SlidingBit;
}
