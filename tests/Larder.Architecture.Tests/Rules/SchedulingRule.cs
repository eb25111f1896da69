using HouseMap.Model;
using Microsoft.CodeAnalysis;

namespace Larder.Architecture.Tests.Rules;

/// <summary>Keeps timers and hops to the pool behind the one seam that a simulation replaces.</summary>
internal sealed class SchedulingRule : IRule
{
    public const string Room = "Scheduling";

    private const string Tasks = "System.Threading.Tasks";
    private const string CancellationSource = "System.Threading.CancellationTokenSource";

    private static readonly string[] WholeTypes =
    [
        "System.Threading.ThreadPool",
        "System.Threading.Timer",
        "System.Timers.Timer",
        "System.Threading.PeriodicTimer",
        "System.Threading.Tasks.Parallel",
    ];

    public string Demand =>
        $"Timers, hops to the thread pool and continuations that run there begin in {Room}/ only"
        + " (Task.Run, TaskFactory.StartNew, Task.Yield, ThreadPool, Parallel, new Thread, RunContinuationsAsynchronously,"
        + " Timer, PeriodicTimer, TimeProvider.CreateTimer, CancelAfter, a CancellationTokenSource with a delay)";

    public string Remedy => $"Ask the seam in {Room}/ for the timer, the delay or the hop; a simulation replaces that seam and no other.";

    public IEnumerable<Offence> Check(House house) =>
        from file in house.Files
        where file.Room != Room
        from use in file.Names.Uses
        where IsHop(use.Symbol) || IsTimer(use.Symbol) || WholeTypes.Any(type => TypeNames.Concerns(use.Symbol, type))
        select Offence.At(file, use.Node, ForbiddenUse.Describe(use.Symbol));

    private static bool IsHop(ISymbol symbol) =>
        TypeNames.IsMember(symbol, $"{Tasks}.Task", "Run", "Yield")
        || TypeNames.IsMember(symbol, $"{Tasks}.TaskFactory", "StartNew")
        || TypeNames.IsMember(symbol, $"{Tasks}.TaskFactory`1", "StartNew")
        || TypeNames.IsMember(symbol, $"{Tasks}.TaskCreationOptions", "RunContinuationsAsynchronously")
        || TypeNames.IsMember(symbol, $"{Tasks}.TaskContinuationOptions", "RunContinuationsAsynchronously")
        || TypeNames.IsMember(symbol, "System.Threading.Thread", ".ctor");

    private static bool IsTimer(ISymbol symbol) =>
        TypeNames.IsMember(symbol, "System.TimeProvider", "CreateTimer")
        || TypeNames.IsMember(symbol, CancellationSource, "CancelAfter")
        || (TypeNames.IsMember(symbol, CancellationSource, ".ctor") && symbol is IMethodSymbol { Parameters.Length: > 0 });
}
