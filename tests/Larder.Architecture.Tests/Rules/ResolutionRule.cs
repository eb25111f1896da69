using HouseMap.Model;

namespace Larder.Architecture.Tests.Rules;

/// <summary>Guards the other rules: what has no meaning in the reading cannot offend any of them.</summary>
internal sealed class ResolutionRule : IRule
{
    public string Demand => $"The reading knows the meaning of every name in a project; at most {Limits.UnresolvedNames} may be missing";

    public string Remedy =>
        "Restore and build the project. If it builds, the reading in eng/HouseMap misses one of its references or usings.";

    public IEnumerable<Offence> Check(House house) =>
        from project in house.Projects
        let unresolved = project.Files.Sum(file => file.Names.Unresolved.Count)
        where unresolved > Limits.UnresolvedNames
        from file in project.Files
        from name in file.Names.Unresolved
        select Offence.At(file, name, name.ToString());
}
