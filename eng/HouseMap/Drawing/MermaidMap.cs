using System.Text;
using HouseMap.Floors;
using HouseMap.Model;

namespace HouseMap.Drawing;

/// <summary>
/// Draws the house as Mermaid: the projects, then the rooms of every project that has several. Sizes are left out, because
/// they would change the document with every commit. An arrow that a longer way of arrows already implies is left out too: with
/// it the picture could not be read, and eng/map lists every one.
/// </summary>
internal static class MermaidMap
{
    public static string Draw(House house, FloorPlan plan)
    {
        var projects = house.Projects.OrderBy(project => project.Name, StringComparer.Ordinal).ToList();
        var text = new StringBuilder();
        if (projects.Count > 1)
        {
            DrawProjects(projects, text);
        }

        foreach (var project in projects.Where(project => project.Rooms.Count > 1))
        {
            DrawRooms(project, plan, text);
        }

        return text.ToString();
    }

    private static void DrawProjects(List<Project> projects, StringBuilder text)
    {
        var graph = projects.ToDictionary(
            project => project.Name,
            IReadOnlySet<string> (project) => project.References.ToHashSet(StringComparer.Ordinal),
            StringComparer.Ordinal);
        Begin("The projects", text);
        foreach (var project in projects)
        {
            text.Append("    ").Append(Identifier(project.Name)).Append("[\"").Append(project.Name).Append("\"]\n");
        }

        DrawArrows(graph, projects.Select(project => project.Name), text);
        End(text);
    }

    private static void DrawRooms(Project project, FloorPlan plan, StringBuilder text)
    {
        var rooms = RoomOrder.TopDown(project, plan);
        Begin($"The rooms of {project.Name}", text);
        foreach (var floor in rooms.GroupBy(room => plan.FloorOf(project.Name, room.Name)))
        {
            var (name, label) = floor.Key is { } number ? ($"floor{number}", $"floor {number}") : ("unlisted", "on no floor");
            text.Append("    subgraph ").Append(name).Append("[\"").Append(label).Append("\"]\n");
            foreach (var room in floor)
            {
                text.Append("        ").Append(Identifier(room.Name)).Append("[\"").Append(room.Name).Append("\"]\n");
            }

            text.Append("    end\n");
        }

        DrawArrows(project.RoomGraph(), rooms.Select(room => room.Name), text);
        End(text);
    }

    private static void DrawArrows(IReadOnlyDictionary<string, IReadOnlySet<string>> graph, IEnumerable<string> order, StringBuilder text)
    {
        var names = order.ToList();
        var kept = WithoutImpliedArrows(graph);
        foreach (var from in names)
        {
            foreach (var to in names.Where(kept[from].Contains))
            {
                text.Append("    ").Append(Identifier(from)).Append(" --> ").Append(Identifier(to)).Append('\n');
            }
        }
    }

    // In a graph with a circle every arrow of the circle can be implied by the others, so there nothing is left out.
    private static IReadOnlyDictionary<string, IReadOnlySet<string>> WithoutImpliedArrows(
        IReadOnlyDictionary<string, IReadOnlySet<string>> graph)
    {
        if (Circles.Find(graph).Count > 0)
        {
            return graph;
        }

        return graph.ToDictionary(
            edges => edges.Key,
            IReadOnlySet<string> (edges) => edges.Value
                .Where(to => !edges.Value.Any(between => between != to && Circles.ReachedFrom(graph, between).Contains(to)))
                .ToHashSet(StringComparer.Ordinal),
            StringComparer.Ordinal);
    }

    private static void Begin(string title, StringBuilder text)
    {
        if (text.Length > 0)
        {
            text.Append('\n');
        }

        text.Append("**").Append(title).Append("**\n\n```mermaid\nflowchart TD\n");
    }

    private static void End(StringBuilder text) => text.Append("```\n");

    // A lower-case "end" and punctuation mean something to Mermaid, so names are never used bare.
    private static string Identifier(string name) =>
        "n_" + string.Concat(name.Select(letter => char.IsAsciiLetterOrDigit(letter) ? letter : '_'));
}
