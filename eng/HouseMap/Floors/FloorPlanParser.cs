using System.Globalization;
using HouseMap.Model;

namespace HouseMap.Floors;

/// <summary>
/// Reads a floor plan. A line is empty, a comment that begins with #, "project NAME", or "FLOOR ROOM, ROOM, ..." with the floors of
/// a project from the top down. Every mistake is named with its line, because a plan that is half understood guards nothing.
/// </summary>
internal sealed class FloorPlanParser
{
    private readonly string _name;
    private readonly Dictionary<string, Dictionary<string, int>> _projects = new(StringComparer.Ordinal);
    private Dictionary<string, int>? _rooms;
    private int _lastFloor;
    private int _line;

    private FloorPlanParser(string name) => _name = name;

    public static FloorPlan Parse(string text, string name)
    {
        var parser = new FloorPlanParser(name);
        foreach (var line in text.Split('\n'))
        {
            parser._line++;
            parser.Take(line.Split('#')[0].Trim());
        }

        return new FloorPlan(parser._projects.ToDictionary(
            project => project.Key,
            project => new ProjectFloors(project.Key, project.Value),
            StringComparer.Ordinal));
    }

    private void Take(string line)
    {
        if (line.Length == 0)
        {
            return;
        }

        var words = line.Split((char[])[' ', '\t'], 2, StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        if (words[0] == "project")
        {
            BeginProject(words.Length > 1 ? words[1] : "");
        }
        else if (int.TryParse(words[0], NumberStyles.None, CultureInfo.InvariantCulture, out var floor))
        {
            TakeFloor(floor, words.Length > 1 ? words[1] : "");
        }
        else
        {
            throw Mistake($"'{line}' is neither \"project NAME\" nor \"FLOOR ROOM, ROOM\"");
        }
    }

    private void BeginProject(string project)
    {
        if (project.Length == 0 || project.Contains(' ', StringComparison.Ordinal))
        {
            throw Mistake($"a project line takes one name, not '{project}'");
        }

        _rooms = new Dictionary<string, int>(StringComparer.Ordinal);
        _lastFloor = int.MaxValue;
        if (!_projects.TryAdd(project, _rooms))
        {
            throw Mistake($"the project {project} has floors already; keep one section for it");
        }
    }

    private void TakeFloor(int floor, string rooms)
    {
        if (_rooms is null)
        {
            throw Mistake("a floor comes before the first \"project NAME\" line");
        }

        if (floor >= _lastFloor)
        {
            throw Mistake($"floor {floor} comes after floor {_lastFloor}; list each floor once, the top one first");
        }

        _lastFloor = floor;
        foreach (var room in rooms.Split(',', StringSplitOptions.TrimEntries))
        {
            if (room.Length == 0 || (room.Any(char.IsWhiteSpace) && room != Room.RootName))
            {
                throw Mistake($"floor {floor} has '{room}' where the name of a room should be; separate rooms by commas");
            }

            if (!_rooms.TryAdd(room, floor))
            {
                throw Mistake($"the room {room} is on floor {_rooms[room]} already");
            }
        }
    }

    private HouseException Mistake(string what) => new($"{_name}:{_line}: {what}.");
}
