using HouseMap.Model;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Larder.Architecture.Tests.Rules;

/// <summary>
/// Looks at await, await foreach and await using. What has no ConfigureAwait, such as an awaitable of our own, is left alone; a
/// variable that holds a configured awaitable was configured where it was made.
/// </summary>
internal sealed class ConfigureAwaitRule : IRule
{
    private const string Tasks = "System.Threading.Tasks";
    private const string CompilerServices = "System.Runtime.CompilerServices";

    private static readonly string[] Awaitables =
    [
        $"{Tasks}.Task",
        $"{Tasks}.Task`1",
        $"{Tasks}.ValueTask",
        $"{Tasks}.ValueTask`1",
        $"{CompilerServices}.ConfiguredTaskAwaitable",
        $"{CompilerServices}.ConfiguredTaskAwaitable`1",
        $"{CompilerServices}.ConfiguredValueTaskAwaitable",
        $"{CompilerServices}.ConfiguredValueTaskAwaitable`1",
        $"{CompilerServices}.ConfiguredCancelableAsyncEnumerable`1",
        $"{CompilerServices}.ConfiguredAsyncDisposable",
    ];

    private static readonly string[] Interfaces = ["System.Collections.Generic.IAsyncEnumerable`1", "System.IAsyncDisposable"];

    public string Demand => "Every await, await foreach and await using ends in ConfigureAwait(false)";

    public string Remedy => "Append .ConfigureAwait(false), so that no continuation waits for the caller's context.";

    public IEnumerable<Offence> Check(House house) =>
        from file in house.Files
        from node in file.Root.DescendantNodes()
        from awaited in Awaited(node)
        where NeedsConfiguring(file, awaited)
        select Offence.At(file, awaited, Shorten(awaited));

    private static IEnumerable<ExpressionSyntax> Awaited(SyntaxNode node) => node switch
    {
        AwaitExpressionSyntax wait => [wait.Expression],
        CommonForEachStatementSyntax loop when IsAwait(loop.AwaitKeyword) => [loop.Expression],
        UsingStatementSyntax { Expression: { } expression } scope when IsAwait(scope.AwaitKeyword) => [expression],
        UsingStatementSyntax { Declaration: { } declaration } scope when IsAwait(scope.AwaitKeyword) => Initializers(declaration),
        LocalDeclarationStatementSyntax local when IsAwait(local.AwaitKeyword) => Initializers(local.Declaration),
        _ => [],
    };

    private static bool IsAwait(SyntaxToken keyword) => keyword.IsKind(SyntaxKind.AwaitKeyword);

    private static IEnumerable<ExpressionSyntax> Initializers(VariableDeclarationSyntax declaration) =>
        declaration.Variables.Select(variable => variable.Initializer?.Value).OfType<ExpressionSyntax>();

    private static bool NeedsConfiguring(SourceFile file, ExpressionSyntax awaited)
    {
        var calls = awaited.DescendantNodesAndSelf(inner => inner is ExpressionSyntax and not AnonymousFunctionExpressionSyntax)
            .OfType<InvocationExpressionSyntax>()
            .Where(call => IsOnTheWay(call, awaited))
            .ToList();
        var configuring = calls.FirstOrDefault(call => NameOf(call) == "ConfigureAwait");
        if (configuring is not null)
        {
            return !LeavesTheContext(configuring);
        }

        var type = file.Semantics.GetTypeInfo(awaited).Type;
        if (type is null or IErrorTypeSymbol)
        {
            return true;
        }

        // WithCancellation alone gives the same configured type, but without having configured anything.
        return CanBeConfigured(type) && !(IsConfigured(type) && calls.Count == 0);
    }

    // Only the calls that the awaited value itself comes through count, not those in arguments.
    private static bool IsOnTheWay(InvocationExpressionSyntax call, ExpressionSyntax awaited)
    {
        SyntaxNode node = call;
        while (node != awaited)
        {
            if (node.Parent is not (MemberAccessExpressionSyntax or InvocationExpressionSyntax or ParenthesizedExpressionSyntax))
            {
                return false;
            }

            node = node.Parent;
        }

        return true;
    }

    private static string NameOf(InvocationExpressionSyntax call) =>
        call.Expression is MemberAccessExpressionSyntax access ? access.Name.Identifier.ValueText : "";

    private static bool LeavesTheContext(InvocationExpressionSyntax configuring) =>
        configuring.ArgumentList.Arguments is [var argument]
        && (argument.Expression.IsKind(SyntaxKind.FalseLiteralExpression)
            || (argument.Expression.ToString() is var options
                && options.Contains("ConfigureAwaitOptions.", StringComparison.Ordinal)
                && !options.Contains("ContinueOnCapturedContext", StringComparison.Ordinal)));

    private static bool CanBeConfigured(ITypeSymbol type) =>
        Awaitables.Contains(TypeNames.FullName(type), StringComparer.Ordinal)
        || type.AllInterfaces.Append(type).Any(one => Interfaces.Contains(TypeNames.FullName(one), StringComparer.Ordinal))
        || type.GetMembers("ConfigureAwait").Length > 0
        || (type.BaseType is { } parent && CanBeConfigured(parent));

    private static bool IsConfigured(ITypeSymbol type) =>
        TypeNames.FullName(type).StartsWith($"{CompilerServices}.Configured", StringComparison.Ordinal);

    private static string Shorten(ExpressionSyntax expression)
    {
        var text = string.Join(' ', expression.ToString().Split((char[])[' ', '\n', '\r'], StringSplitOptions.RemoveEmptyEntries));
        return text.Length <= 80 ? text : text[..77] + "...";
    }
}
