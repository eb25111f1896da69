using Larder.Memory.Scheduling;
using Larder.Memory.Table;

namespace Larder.Memory;

/// <summary>Makes the node of an entry: weighs it, and turns its expiry into deadlines.</summary>
internal sealed class NodeMaker<TKey, TValue>(Func<TKey, TValue, long>? weigher, Clock clock)
{
    internal bool IsWeighted => weigher is not null;

    internal Node<TKey, TValue> Make(TKey key, int hash, TValue value, in EntryExpiry expiry)
    {
        var weight = weigher is null ? 1 : Weigh(weigher, key, value);
        if (!expiry.IsTimed)
        {
            return new Node<TKey, TValue>(key, value, hash, weight);
        }

        var now = clock.Now;
        var end = expiry.AfterMilliseconds == 0 ? long.MaxValue : Clock.Later(now, expiry.AfterMilliseconds);
        return expiry.SlidingMilliseconds == 0
            ? new TimedNode<TKey, TValue>(key, value, hash, weight, end, expiry.IsLenient)
            : Sliding(new Node<TKey, TValue>(key, value, hash, weight), now, end, expiry.SlidingMilliseconds);
    }

    private static long Weigh(Func<TKey, TValue, long> weigher, TKey key, TValue value)
    {
        var weight = weigher(key, value);
        if (weight < 0)
        {
            throw new InvalidOperationException($"BoundedMapOptions.Weigher answered {weight}; it must answer 0 or more.");
        }

        return Math.Clamp(weight, 1, Node<TKey, TValue>.MaxWeight);
    }

    private static SlidingNode<TKey, TValue> Sliding(Node<TKey, TValue> plain, long now, long end, long sliding) =>
        new(plain, Math.Min(end, Clock.Later(now, sliding)), sliding, end);
}
