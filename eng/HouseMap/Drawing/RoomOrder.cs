using HouseMap.Floors;
using HouseMap.Model;

namespace HouseMap.Drawing;

/// <summary>The order in which rooms are drawn: the top floor first, by name on one floor, unlisted rooms at the end.</summary>
internal static class RoomOrder
{
    public static IReadOnlyList<Room> TopDown(Project project, FloorPlan plan) =>
        [.. project.Rooms
            .OrderByDescending(room => plan.FloorOf(project.Name, room.Name) ?? int.MinValue)
            .ThenBy(room => room.Name, StringComparer.Ordinal)];
}
