using Larder.Memory.Scheduling;
using Larder.Memory.Table;

namespace Larder.Memory;

/// <summary>Makes the node of an entry: weighs it, and turns its expiry into deadlines.</summary>
internal sealed class NodeMaker<TKey, TValue>(Func<TKey, TValue, long>? weigher, Clock clock)
{
    internal bool IsWeighted => weigher is not null;

    internal Node<TKey, TValue> Make(TKey key, int hash, TValue value, in EntryExpiry expiry)
    {
        var node = new Node<TKey, TValue>(key, value, hash, weigher is null ? 1 : Weigh(weigher, key, value));
        return expiry.IsTimed ? Timed(node, expiry) : node;
    }

    private static long Weigh(Func<TKey, TValue, long> weigher, TKey key, TValue value)
    {
        var weight = weigher(key, value);
        if (weight < 0)
        {
            throw new InvalidOperationException($"The weigher of the map answered {weight} for the key '{key}'; a weight must be 0 or more.");
        }

        return Math.Clamp(weight, 1, Node<TKey, TValue>.MaxWeight);
    }

    private static long Later(long now, long time) => time > long.MaxValue - now ? long.MaxValue : now + time;

    private TimedNode<TKey, TValue> Timed(Node<TKey, TValue> plain, in EntryExpiry expiry)
    {
        var now = clock.Now;
        var end = expiry.AfterMilliseconds == 0 ? long.MaxValue : Later(now, expiry.AfterMilliseconds);
        if (expiry.SlidingMilliseconds == 0)
        {
            return new TimedNode<TKey, TValue>(plain.Key, plain.Value, plain.Hash, plain.Weight, end, expiry.IsLenient);
        }

        var deadline = Math.Min(end, Later(now, expiry.SlidingMilliseconds));
        return new SlidingNode<TKey, TValue>(plain, deadline, expiry.SlidingMilliseconds, end);
    }
}
