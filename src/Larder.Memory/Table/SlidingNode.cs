using Larder.Memory.Scheduling;

namespace Larder.Memory.Table;

/// <summary>An entry that every read prolongs, though never past its end.</summary>
internal sealed class SlidingNode<TKey, TValue> : TimedNode<TKey, TValue>
{
    private readonly long _sliding;
    private readonly long _end;

    internal SlidingNode(Node<TKey, TValue> plain, long deadline, long sliding, long end)
        : base(plain.Key, plain.Value, plain.Hash, plain.Weight, deadline, Sliding)
    {
        _sliding = sliding;
        _end = end;
    }

    /// <summary>Marks a read: true when the node is alive. Writes once in a tick of the clock at most.</summary>
    internal bool TryProlong(long now)
    {
        var wanted = Math.Min(_end, Clock.Later(now, _sliding));
        while (true)
        {
            var deadline = Deadline;
            if (deadline <= now)
            {
                return false;
            }

            // A reader that slept since it looked at the clock must not shorten what others have prolonged.
            if (deadline >= wanted || Interlocked.CompareExchange(ref _deadline, wanted, deadline) == deadline)
            {
                return true;
            }
        }
    }
}
