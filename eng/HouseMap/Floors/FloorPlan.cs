namespace HouseMap.Floors;

/// <summary>Which room of which project lies on which floor, as tests/Larder.Architecture.Tests/floors.txt says.</summary>
internal sealed class FloorPlan(IReadOnlyDictionary<string, ProjectFloors> projects)
{
    public const string RelativePath = "tests/Larder.Architecture.Tests/floors.txt";

    public static FloorPlan Load(string root)
    {
        var path = Path.Combine(root, RelativePath);
        if (!File.Exists(path))
        {
            throw new HouseException($"{RelativePath} is missing; it says which room lies on which floor.");
        }

        return FloorPlanParser.Parse(File.ReadAllText(path), RelativePath);
    }

    /// <summary>Null when the plan does not list the project.</summary>
    public ProjectFloors? For(string project) => projects.GetValueOrDefault(project);

    /// <summary>Null when the plan does not list the project or the room.</summary>
    public int? FloorOf(string project, string room) => For(project)?.FloorOf(room);
}
