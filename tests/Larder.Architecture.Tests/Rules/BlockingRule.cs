using HouseMap.Model;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Larder.Architecture.Tests.Rules;

/// <summary>
/// Reading the result of a task that has ended does not block, so it is allowed where the same member has asked the same
/// expression before whether it is completed.
/// </summary>
internal sealed class BlockingRule : IRule
{
    private const string Tasks = "System.Threading.Tasks";

    private static readonly string[] AwaiterTypes =
    [
        "System.Runtime.CompilerServices.TaskAwaiter",
        "System.Runtime.CompilerServices.TaskAwaiter`1",
        "System.Runtime.CompilerServices.ValueTaskAwaiter",
        "System.Runtime.CompilerServices.ValueTaskAwaiter`1",
        "System.Runtime.CompilerServices.ConfiguredTaskAwaitable.ConfiguredTaskAwaiter",
        "System.Runtime.CompilerServices.ConfiguredTaskAwaitable`1.ConfiguredTaskAwaiter",
        "System.Runtime.CompilerServices.ConfiguredValueTaskAwaitable.ConfiguredValueTaskAwaiter",
        "System.Runtime.CompilerServices.ConfiguredValueTaskAwaitable`1.ConfiguredValueTaskAwaiter",
    ];

    public string Demand => "Nothing blocks on a task: no Wait, WaitAll, WaitAny, Result or GetResult on a task that may still run";

    public string Remedy =>
        "Await it; or, on a synchronous path, read the result only after asking the same expression for"
        + " IsCompletedSuccessfully or IsCompleted.";

    public IEnumerable<Offence> Check(House house) =>
        from file in house.Files
        from use in file.Names.Uses
        where use.Node is SimpleNameSyntax
        let name = (SimpleNameSyntax)use.Node
        where AlwaysBlocks(use.Symbol) || (ReadsResult(use.Symbol) && !CompletionCheck.Precedes(name, file.Semantics))
        select Offence.At(file, name, ForbiddenUse.Describe(use.Symbol));

    private static bool AlwaysBlocks(ISymbol symbol) =>
        TypeNames.IsMember(symbol, $"{Tasks}.Task", "Wait", "WaitAll", "WaitAny", "RunSynchronously");

    private static bool ReadsResult(ISymbol symbol) =>
        TypeNames.IsMember(symbol, $"{Tasks}.Task`1", "Result")
        || TypeNames.IsMember(symbol, $"{Tasks}.ValueTask`1", "Result")
        || AwaiterTypes.Any(type => TypeNames.IsMember(symbol, type, "GetResult"));
}
