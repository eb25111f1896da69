using HouseMap.Model;
using Microsoft.CodeAnalysis;

namespace Larder.Architecture.Tests.Rules;

internal sealed class ClockRule : IRule
{
    private const string TimeProvider = "System.TimeProvider";

    public string Demand =>
        "Time comes from a TimeProvider: no DateTime.UtcNow, DateTimeOffset.UtcNow, Stopwatch, Thread.Sleep,"
        + " and no Task.Delay or WaitAsync without one";

    public string Remedy => "Take the TimeProvider that the cache was given, so that a fake clock can stand in for it.";

    public IEnumerable<Offence> Check(House house) =>
        from file in house.Files
        from use in file.Names.Uses
        where IsHiddenClock(use.Symbol)
        select Offence.At(file, use.Node, ForbiddenUse.Describe(use.Symbol));

    private static bool IsHiddenClock(ISymbol symbol) =>
        TypeNames.IsMember(symbol, "System.DateTime", "UtcNow", "Now", "Today")
        || TypeNames.IsMember(symbol, "System.DateTimeOffset", "UtcNow", "Now")
        || TypeNames.Concerns(symbol, "System.Diagnostics.Stopwatch")
        || TypeNames.IsMember(symbol, "System.Threading.Thread", "Sleep")
        || (IsDelay(symbol) && !TypeNames.HasParameter(symbol, TimeProvider));

    private static bool IsDelay(ISymbol symbol) =>
        TypeNames.IsMember(symbol, "System.Threading.Tasks.Task", "Delay")
        || (symbol.Name == "WaitAsync"
            && symbol.ContainingNamespace?.ToDisplayString() == "System.Threading.Tasks"
            && TypeNames.HasParameter(symbol, "System.TimeSpan"));
}
