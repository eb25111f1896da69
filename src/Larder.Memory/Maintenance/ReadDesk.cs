using System.Runtime.CompilerServices;
using Larder.Memory.Buffers;
using Larder.Memory.Scheduling;
using Larder.Memory.Table;

namespace Larder.Memory.Maintenance;

/// <summary>
/// What a read does besides finding the node: it checks the deadline, counts, and notes the read for the policy,
/// unless the node has been noted often enough in this epoch. Most reads of popular entries therefore write nothing
/// but their processor's count.
/// </summary>
internal sealed class ReadDesk<TKey, TValue>
{
    // A node is noted so often in an epoch; the low bits of its touches count that far, the others hold the epoch.
    private const int TouchBits = 4;
    private const int TouchesPerEpoch = 2;

    private readonly ReadBuffer _buffer;
    private readonly Clock _clock;
    private readonly bool _counts;
    private readonly Action<ReadStripe> _onBatch;

    // The touches of a node that need not be noted any more.
    private int _enoughTouches = TouchesPerEpoch;

    /// <param name="buffer">Where reads are noted.</param>
    /// <param name="clock">Read only for nodes that expire.</param>
    /// <param name="counts">Whether hits and misses are counted.</param>
    /// <param name="onBatch">Told of a stripe that has a batch of reads for the policy.</param>
    internal ReadDesk(ReadBuffer buffer, Clock clock, bool counts, Action<ReadStripe> onBatch)
    {
        _buffer = buffer;
        _clock = clock;
        _counts = counts;
        _onBatch = onBatch;
    }

    /// <summary>Marks the read of a node that was found; false when it has expired, and then it was a miss.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal bool Hit(Node<TKey, TValue> node)
    {
        if (node.IsTimed && !IsAlive(node, _clock.Now))
        {
            return false;
        }

        if (_counts)
        {
            _buffer.Mine.CountHit();
        }

        if (node.Touches != _enoughTouches)
        {
            Note(node);
        }

        return true;
    }

    internal void Miss()
    {
        if (_counts)
        {
            _buffer.Mine.CountMiss();
        }
    }

    /// <summary>True when the node has not expired; prolongs nothing.</summary>
    internal bool IsReadable(Node<TKey, TValue> node) => !node.IsTimed || Unsafe.As<TimedNode<TKey, TValue>>(node).Deadline > _clock.Now;

    /// <summary>Says that another epoch has begun, if it has; only under the maintenance lock.</summary>
    internal void Turn(int epoch)
    {
        var enough = ((epoch << TouchBits) & ushort.MaxValue) + TouchesPerEpoch;
        if (enough != _enoughTouches)
        {
            _enoughTouches = enough;
        }
    }

    /// <summary>True when a reader may have the node now; a sliding one is prolonged.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool IsAlive(Node<TKey, TValue> node, long now) =>
        Unsafe.As<TimedNode<TKey, TValue>>(node).Deadline > now
        && (!node.IsSliding || Unsafe.As<SlidingNode<TKey, TValue>>(node).TryProlong(now));

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void Note(Node<TKey, TValue> node)
    {
        var start = _enoughTouches - TouchesPerEpoch;
        var touches = node.Touches - start;
        node.Touches = (ushort)(start + ((uint)touches < TouchesPerEpoch ? touches + 1 : 1));
        var index = node.Index;
        var stripe = _buffer.Mine;
        if (index > 0 && stripe.Record(index, node.Hash))
        {
            _onBatch(stripe);
        }
    }
}
