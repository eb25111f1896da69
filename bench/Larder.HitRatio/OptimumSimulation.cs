namespace Larder.HitRatio;

/// <summary>
/// Belady's optimum with bypass (Belady 1966; Mattson et al. 1970): gives up what is used again the latest, be it the
/// newcomer itself. Exact for objects of one size; with sizes it is the same greedy rule, a strong yardstick but not
/// a bound.
/// </summary>
internal static class OptimumSimulation
{
    internal static Ratio Run(IReadOnlyList<Access> trace, long capacity)
    {
        var next = NextUses(trace);
        var cached = new Dictionary<ulong, (int Next, long Size)>();
        var latest = new SortedSet<(int Next, ulong Key)>();
        var ratio = default(Ratio);
        long used = 0;
        for (var i = 0; i < trace.Count; i++)
        {
            var access = trace[i];
            var hit = cached.Remove(access.Key, out var held);
            ratio = ratio.Plus(access, hit);
            if (hit)
            {
                latest.Remove((held.Next, access.Key));
                used -= held.Size;
            }

            if (next[i] == int.MaxValue || access.Size > capacity)
            {
                continue;
            }

            cached.Add(access.Key, (next[i], access.Size));
            latest.Add((next[i], access.Key));
            used += access.Size;
            while (used > capacity)
            {
                var last = latest.Max;
                latest.Remove(last);
                cached.Remove(last.Key, out var gone);
                used -= gone.Size;
            }
        }

        return ratio;
    }

    private static int[] NextUses(IReadOnlyList<Access> trace)
    {
        var next = new int[trace.Count];
        var seen = new Dictionary<ulong, int>();
        for (var i = trace.Count - 1; i >= 0; i--)
        {
            next[i] = seen.GetValueOrDefault(trace[i].Key, int.MaxValue);
            seen[trace[i].Key] = i;
        }

        return next;
    }
}
