using System.Globalization;
using System.Text;
using HouseMap.Floors;
using HouseMap.Model;

namespace HouseMap.Drawing;

/// <summary>Draws the house for a terminal: each project with its rooms from the top floor down, and what each room uses.</summary>
internal static class TextMap
{
    private const int Width = 110;
    private const string Indent = "  ";

    public static string Draw(House house, FloorPlan plan)
    {
        var text = new StringBuilder();
        foreach (var project in house.Projects.OrderBy(project => project.Name, StringComparer.Ordinal))
        {
            if (text.Length > 0)
            {
                text.Append('\n');
            }

            Draw(project, plan, text);
        }

        return text.ToString();
    }

    private static void Draw(Project project, FloorPlan plan, StringBuilder text)
    {
        text.Append(project.Name)
            .Append("   ").Append(Count(project.Lines, "line"))
            .Append(" in ").Append(Count(project.Files.Count, "file"));
        if (project.References.Count > 0)
        {
            text.Append(", uses ").AppendJoin(", ", project.References.Order(StringComparer.Ordinal));
        }

        text.Append('\n');
        if (project.Rooms.Count > 0)
        {
            text.Append('\n');
            DrawRooms(project, plan, text);
        }

        DrawUnresolved(project, text);
    }

    private static void DrawRooms(Project project, FloorPlan plan, StringBuilder text)
    {
        var rooms = RoomOrder.TopDown(project, plan);
        var nameWidth = Math.Max("room".Length, rooms.Max(room => room.Name.Length));
        text.Append(Row("floor", "room".PadRight(nameWidth), "lines", "files")).Append("uses\n");
        foreach (var room in rooms)
        {
            var floor = plan.FloorOf(project.Name, room.Name)?.ToString(CultureInfo.InvariantCulture) ?? "?";
            var row = Row(floor, room.Name.PadRight(nameWidth), Number(room.Lines), Number(room.Files.Count));
            var used = project.RoomsUsedBy(room.Name);
            var names = rooms.Select(other => other.Name).Where(used.Contains);
            var lines = Wrap(names, Width - row.Length).ToList();
            text.Append((row + string.Join("\n" + new string(' ', row.Length), lines)).TrimEnd()).Append('\n');
        }
    }

    private static void DrawUnresolved(Project project, StringBuilder text)
    {
        var unresolved = project.Files.Where(file => file.Names.Unresolved.Count > 0).ToList();
        if (unresolved.Count == 0)
        {
            return;
        }

        var first = unresolved[0];
        var name = first.Names.Unresolved[0];
        text.Append('\n').Append(Indent)
            .Append(Count(unresolved.Sum(file => file.Names.Unresolved.Count), "name"))
            .Append(" could not be resolved, so edges may be missing; the first is '").Append(name)
            .Append("' at ").Append(first.Path).Append(':').Append(first.LineOf(name)).Append(". Does the project build?\n");
    }

    private static string Row(string floor, string room, string lines, string files) =>
        $"{Indent}{floor,5}  {room}  {lines,6}  {files,5}  ";

    private static IEnumerable<string> Wrap(IEnumerable<string> names, int width)
    {
        var line = "";
        foreach (var name in names)
        {
            var longer = line.Length == 0 ? name : $"{line}, {name}";
            if (longer.Length < width || line.Length == 0)
            {
                line = longer;
                continue;
            }

            yield return line + ",";
            line = name;
        }

        yield return line;
    }

    private static string Count(int count, string what) => $"{Number(count)} {what}{(count == 1 ? "" : "s")}";

    private static string Number(int number) => number.ToString("N0", CultureInfo.InvariantCulture);
}
