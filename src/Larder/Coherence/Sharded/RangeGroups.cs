namespace Larder.Coherence;

/// <summary>Which of several things belong to which range, in the order in which they were given.</summary>
internal static class RangeGroups
{
    /// <summary>The range that all of them belong to; null when there are several.</summary>
    internal static int? Common(ReadOnlySpan<int> ranges)
    {
        foreach (var range in ranges)
        {
            if (range != ranges[0])
            {
                return null;
            }
        }

        return ranges[0];
    }

    /// <summary>The places of the things of each range.</summary>
    internal static Dictionary<int, List<int>> Of(ReadOnlySpan<int> ranges)
    {
        var groups = new Dictionary<int, List<int>>();
        for (var i = 0; i < ranges.Length; i++)
        {
            if (!groups.TryGetValue(ranges[i], out var places))
            {
                groups.Add(ranges[i], places = []);
            }

            places.Add(i);
        }

        return groups;
    }

    /// <summary>The things at those places.</summary>
    internal static T[] Pick<T>(ReadOnlySpan<T> all, List<int> places)
    {
        var picked = new T[places.Count];
        for (var i = 0; i < picked.Length; i++)
        {
            picked[i] = all[places[i]];
        }

        return picked;
    }
}
