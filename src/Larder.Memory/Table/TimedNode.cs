namespace Larder.Memory.Table;

/// <summary>An entry that expires; a lenient one is dropped in time, but reads do not look at its deadline.</summary>
internal class TimedNode<TKey, TValue> : Node<TKey, TValue>
{
    /// <summary>The deadline of a node whose expiry has been decided: no reader may see it alive or prolong it after that.</summary>
    internal const long Dead = long.MinValue;

    private protected long _deadline;

    internal TimedNode(TKey key, TValue value, int hash, long weight, long deadline, bool isLenient)
        : this(key, value, hash, weight, deadline, isLenient ? Lenient : Timed)
    {
    }

    private protected TimedNode(TKey key, TValue value, int hash, long weight, long deadline, int kind)
        : base(key, value, hash, weight, kind) => _deadline = deadline;

    internal long Deadline => Volatile.Read(ref _deadline);

    /// <summary>
    /// Decides that the node has expired, if it has; from then on nobody reads it. False when it is alive, be it that
    /// a reader has prolonged it just now.
    /// </summary>
    internal bool TryExpire(long now)
    {
        while (true)
        {
            var deadline = Deadline;
            if (deadline > now)
            {
                return false;
            }

            if (deadline == Dead || Interlocked.CompareExchange(ref _deadline, Dead, deadline) == deadline)
            {
                return true;
            }
        }
    }
}
