using HouseMap.Model;

namespace Larder.Architecture.Tests.Rules;

internal sealed class ProjectCircleRule : IRule
{
    public string Demand => "There is no circle between projects";

    public string Remedy => "Remove one of the ProjectReferences; what both projects need belongs to the lower one.";

    public IEnumerable<Offence> Check(House house)
    {
        var graph = house.Projects.ToDictionary(
            project => project.Name,
            IReadOnlySet<string> (project) => project.References.ToHashSet(StringComparer.Ordinal),
            StringComparer.Ordinal);
        return
            from circle in Circles.Find(graph)
            from project in house.Projects
            where project.Name == circle[0]
            select new Offence($"{project.Folder}/{project.Name}.csproj", 1, string.Join(" -> ", circle));
    }
}
