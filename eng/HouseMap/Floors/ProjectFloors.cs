namespace HouseMap.Floors;

/// <summary>The floors of one project. A room may use the rooms on lower floors and no others.</summary>
internal sealed class ProjectFloors(string project, IReadOnlyDictionary<string, int> floors)
{
    public string Project { get; } = project;

    /// <summary>Null when the plan does not list the room.</summary>
    public int? FloorOf(string room) => floors.TryGetValue(room, out var floor) ? floor : null;
}
