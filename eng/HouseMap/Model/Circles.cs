namespace HouseMap.Model;

/// <summary>
/// Finds circles in a graph of names. For every group of names that all reach each other it answers one shortest circle, so
/// that a message shows a way round that can be followed, not the whole knot.
/// </summary>
internal static class Circles
{
    /// <summary>Each circle begins and ends with the same name.</summary>
    public static IReadOnlyList<IReadOnlyList<string>> Find(IReadOnlyDictionary<string, IReadOnlySet<string>> graph)
    {
        var circles = new List<IReadOnlyList<string>>();
        var covered = new HashSet<string>(StringComparer.Ordinal);
        foreach (var name in graph.Keys.Order(StringComparer.Ordinal))
        {
            if (!covered.Contains(name) && ShortestWayBack(graph, name) is { } circle)
            {
                circles.Add(circle);
                covered.UnionWith(Knot(graph, name));
            }
        }

        return circles;
    }

    /// <summary>Every name that can be reached from a name by one edge or more.</summary>
    public static IReadOnlySet<string> ReachedFrom(IReadOnlyDictionary<string, IReadOnlySet<string>> graph, string start)
    {
        var reached = new HashSet<string>(StringComparer.Ordinal);
        var waiting = new Stack<string>([start]);
        while (waiting.TryPop(out var name))
        {
            foreach (var next in Next(graph, name))
            {
                if (reached.Add(next))
                {
                    waiting.Push(next);
                }
            }
        }

        return reached;
    }

    private static IEnumerable<string> Knot(IReadOnlyDictionary<string, IReadOnlySet<string>> graph, string name) =>
        ReachedFrom(graph, name).Where(other => ReachedFrom(graph, other).Contains(name)).Append(name);

    private static List<string>? ShortestWayBack(IReadOnlyDictionary<string, IReadOnlySet<string>> graph, string start)
    {
        var cameFrom = new Dictionary<string, string>(StringComparer.Ordinal);
        var waiting = new Queue<string>([start]);
        while (waiting.TryDequeue(out var name))
        {
            foreach (var next in Next(graph, name).Order(StringComparer.Ordinal))
            {
                if (next == start)
                {
                    return Retrace(cameFrom, start, name);
                }

                if (cameFrom.TryAdd(next, name))
                {
                    waiting.Enqueue(next);
                }
            }
        }

        return null;
    }

    private static List<string> Retrace(Dictionary<string, string> cameFrom, string start, string last)
    {
        var way = new List<string> { start };
        for (var name = last; name != start; name = cameFrom[name])
        {
            way.Add(name);
        }

        way.Add(start);
        way.Reverse();
        return way;
    }

    private static IEnumerable<string> Next(IReadOnlyDictionary<string, IReadOnlySet<string>> graph, string name) =>
        graph.TryGetValue(name, out var next) ? next : [];
}
