namespace Larder.HitRatio;

/// <summary>Exact least-recently-used; an object larger than the capacity is passed by.</summary>
internal static class LruSimulation
{
    internal static Ratio Run(IEnumerable<Access> trace, long capacity)
    {
        var places = new Dictionary<ulong, LinkedListNode<Access>>();
        var recency = new LinkedList<Access>();
        var ratio = default(Ratio);
        long used = 0;
        foreach (var access in trace)
        {
            var hit = places.TryGetValue(access.Key, out var place);
            ratio = ratio.Plus(access, hit);
            if (hit)
            {
                used += access.Size - place!.Value.Size;
                place.Value = access;
                recency.Remove(place);
                recency.AddLast(place);
            }
            else if (access.Size <= capacity)
            {
                used += access.Size;
                places.Add(access.Key, recency.AddLast(access));
            }

            while (used > capacity)
            {
                var coldest = recency.First!.Value;
                recency.RemoveFirst();
                places.Remove(coldest.Key);
                used -= coldest.Size;
            }
        }

        return ratio;
    }
}
