using HouseMap.Floors;
using HouseMap.Model;

namespace Larder.Architecture.Tests.Rules;

internal sealed class FloorRule(FloorPlan plan) : IRule
{
    public string Demand => "A room is listed in floors.txt and uses only rooms on lower floors";

    public string Remedy =>
        "Callbacks go down, names never go up: hand a delegate down and join it in Wiring, or move the type to the lower room."
        + $" A new room needs its floor in {FloorPlan.RelativePath}.";

    public IEnumerable<Offence> Check(House house) =>
        house.Projects.SelectMany(project => Unlisted(project).Concat(Forbidden(project)));

    private IEnumerable<Offence> Unlisted(Project project) =>
        from room in project.Rooms
        where plan.FloorOf(project.Name, room.Name) is null
        from file in room.Files
        select new Offence(file.Path, 1, $"the room {room.Name} of {project.Name} is on no floor");

    // An edge from or to a room without a floor is already covered by the offence of that room.
    private IEnumerable<Offence> Forbidden(Project project) =>
        from use in project.RoomUses
        let own = plan.FloorOf(project.Name, use.From)
        let other = plan.FloorOf(project.Name, use.To)
        where other >= own
        select new Offence(use.File.Path, use.Line, $"{use.From} (floor {own}) uses {use.To} (floor {other}): {use.Symbol}");
}
