using HouseMap.Model;

namespace Larder.Architecture.Tests.Rules;

internal sealed class TickCountRule : IRule
{
    public string Demand => $"Environment.TickCount and TickCount64 are read only in {SchedulingRule.Room}/";

    public string Remedy =>
        "Read the clock of Scheduling, which takes the tick count where the provider is the system's, and the provider elsewhere.";

    public IEnumerable<Offence> Check(House house) =>
        from file in house.Files
        where file.Room != SchedulingRule.Room
        from use in file.Names.Uses
        where TypeNames.IsMember(use.Symbol, "System.Environment", "TickCount", "TickCount64")
        select Offence.At(file, use.Node, ForbiddenUse.Describe(use.Symbol));
}
