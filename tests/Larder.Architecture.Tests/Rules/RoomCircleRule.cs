using HouseMap.Model;

namespace Larder.Architecture.Tests.Rules;

internal sealed class RoomCircleRule : IRule
{
    public string Demand => "There is no circle between the rooms of a project";

    public string Remedy =>
        "Cut one arrow of the circle: hand a delegate down instead of calling up, or move what both need to a lower room.";

    public IEnumerable<Offence> Check(House house) =>
        from project in house.Projects
        from circle in Circles.Find(project.RoomGraph())
        from edge in circle.Zip(circle.Skip(1))
        from use in project.RoomUses
        where use.From == edge.First && use.To == edge.Second
        select new Offence(
            use.File.Path,
            use.Line,
            $"{use.From} uses {use.To} ({use.Symbol}), part of the circle {string.Join(" -> ", circle)}");
}
