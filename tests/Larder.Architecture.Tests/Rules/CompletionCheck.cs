using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Larder.Architecture.Tests.Rules;

/// <summary>
/// Finds out whether the code has asked a task for its completion before it reads the result: the question stands earlier in
/// the same member and is put to the same expression, which must not be a call, because a second call may answer another task.
/// </summary>
internal static class CompletionCheck
{
    private static readonly string[] Questions = ["IsCompletedSuccessfully", "IsCompleted"];

    /// <param name="name">The name Result or GetResult.</param>
    /// <param name="semantics">The meaning of the names in its file.</param>
    public static bool Precedes(SimpleNameSyntax name, SemanticModel semantics)
    {
        var task = ReceiverOf(name) is { } receiver ? Unwrap(receiver) : null;
        return task is not null
            && !task.DescendantNodesAndSelf().OfType<InvocationExpressionSyntax>().Any()
            && Functions.MemberAround(name).DescendantNodes()
                .TakeWhile(node => node.SpanStart < name.SpanStart)
                .Select(AskedTask)
                .OfType<ExpressionSyntax>()
                .Any(asked => AreSame(Unwrap(asked), task, semantics));
    }

    private static ExpressionSyntax? ReceiverOf(SimpleNameSyntax name) => name.Parent switch
    {
        MemberAccessExpressionSyntax access when access.Name == name => access.Expression,
        MemberBindingExpressionSyntax binding =>
            binding.Ancestors().OfType<ConditionalAccessExpressionSyntax>().FirstOrDefault()?.Expression,
        _ => null,
    };

    // "task" stays "task" in (task), task!, task.GetAwaiter() and task.ConfigureAwait(false).
    private static ExpressionSyntax Unwrap(ExpressionSyntax expression) => expression switch
    {
        ParenthesizedExpressionSyntax inner => Unwrap(inner.Expression),
        PostfixUnaryExpressionSyntax { RawKind: (int)SyntaxKind.SuppressNullableWarningExpression } inner => Unwrap(inner.Operand),
        InvocationExpressionSyntax
        {
            Expression: MemberAccessExpressionSyntax { Name.Identifier.ValueText: "GetAwaiter" or "ConfigureAwait" } call,
        } => Unwrap(call.Expression),
        _ => expression,
    };

    private static ExpressionSyntax? AskedTask(SyntaxNode node) => node switch
    {
        MemberAccessExpressionSyntax access when Asks(access.Name) => access.Expression,
        ConditionalAccessExpressionSyntax { WhenNotNull: MemberBindingExpressionSyntax binding } access
            when Asks(binding.Name) => access.Expression,
        IsPatternExpressionSyntax { Pattern: RecursivePatternSyntax { PropertyPatternClause: { } properties } } match
            when properties.Subpatterns.Any(pattern => pattern.NameColon is { } named && Asks(named.Name)) => match.Expression,
        _ => null,
    };

    private static bool Asks(SimpleNameSyntax name) => Questions.Contains(name.Identifier.ValueText, StringComparer.Ordinal);

    // The same text can mean another variable, for example the parameter of another lambda.
    private static bool AreSame(ExpressionSyntax one, ExpressionSyntax other, SemanticModel semantics) =>
        SyntaxFactory.AreEquivalent(one, other)
        && Symbols(one, semantics).SequenceEqual(Symbols(other, semantics), SymbolEqualityComparer.Default);

    private static IEnumerable<ISymbol?> Symbols(ExpressionSyntax expression, SemanticModel semantics) =>
        expression.DescendantNodesAndSelf().OfType<SimpleNameSyntax>().Select(name => semantics.GetSymbolInfo(name).Symbol);
}
