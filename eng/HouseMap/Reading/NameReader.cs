using HouseMap.Model;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace HouseMap.Reading;

/// <summary>
/// Finds what a file uses: the symbol of every name, and what the source uses without naming it (constructors behind a bare
/// new, operators, indexers, conversions, enumerators, awaiters, deconstruction). Names in doc comments do not count: a
/// comment that points to another room does not depend on it.
/// </summary>
internal static class NameReader
{
    public static FileNames Read(SyntaxNode root, SemanticModel semantics)
    {
        var uses = new List<SymbolUse>();
        var unresolved = new List<SyntaxNode>();
        foreach (var node in root.DescendantNodes())
        {
            if (node is SimpleNameSyntax name)
            {
                ReadName(name, semantics, uses, unresolved);
            }

            foreach (var symbol in Unnamed(node, semantics))
            {
                uses.Add(new SymbolUse(node, symbol));
            }
        }

        return new FileNames(uses, unresolved);
    }

    private static void ReadName(SimpleNameSyntax name, SemanticModel semantics, List<SymbolUse> uses, List<SyntaxNode> unresolved)
    {
        if (IsNoReference(name))
        {
            return;
        }

        // A candidate that does not quite fit, for example because an argument is still missing, still says what was meant.
        var info = semantics.GetSymbolInfo(name);
        var symbol = info.Symbol ?? info.CandidateSymbols.FirstOrDefault();
        if (symbol is null && semantics.GetMemberGroup(name) is [var first, ..])
        {
            symbol = first;
        }

        if (symbol is null or IErrorTypeSymbol)
        {
            unresolved.Add(name);
        }
        else
        {
            uses.Add(new SymbolUse(name, symbol));
        }
    }

    // Names that declare, label or belong to the language, and so stand for no symbol.
    private static bool IsNoReference(SimpleNameSyntax name) =>
        name.Ancestors().OfType<BaseNamespaceDeclarationSyntax>().Any(space => space.Name.Span.Contains(name.Span))
        || name.Parent is NameEqualsSyntax
        || name is IdentifierNameSyntax
        {
            Identifier.ValueText: "nameof",
            Parent: InvocationExpressionSyntax,
        }
        || name is IdentifierNameSyntax
        {
            Identifier.ValueText: "notnull" or "unmanaged",
            Parent: TypeConstraintSyntax,
        };

    private static IEnumerable<ISymbol> Unnamed(SyntaxNode node, SemanticModel semantics)
    {
        IEnumerable<ISymbol?> found = node switch
        {
            BaseObjectCreationExpressionSyntax
                or ConstructorInitializerSyntax
                or PrimaryConstructorBaseTypeSyntax
                or ElementAccessExpressionSyntax
                or ElementBindingExpressionSyntax
                or ImplicitElementAccessSyntax
                or BinaryExpressionSyntax
                or PrefixUnaryExpressionSyntax
                or PostfixUnaryExpressionSyntax
                or CastExpressionSyntax => [semantics.GetSymbolInfo(node).Symbol],
            AssignmentExpressionSyntax assignment =>
                [semantics.GetSymbolInfo(assignment).Symbol, .. Methods(semantics.GetDeconstructionInfo(assignment))],
            CommonForEachStatementSyntax loop => Loop(loop, semantics),
            AwaitExpressionSyntax wait => [semantics.GetAwaitExpressionInfo(wait).GetAwaiterMethod],
            CollectionExpressionSyntax collection => [semantics.GetTypeInfo(collection).ConvertedType],
            LiteralExpressionSyntax literal when literal.IsKind(SyntaxKind.DefaultLiteralExpression) =>
                [semantics.GetTypeInfo(literal).ConvertedType],
            _ => [],
        };
        if (node is ExpressionSyntax expression)
        {
            found = found.Append(semantics.GetConversion(expression).MethodSymbol);
        }

        return found.Where(symbol => symbol is not null and not IErrorTypeSymbol).OfType<ISymbol>();
    }

    private static IEnumerable<ISymbol?> Loop(CommonForEachStatementSyntax loop, SemanticModel semantics)
    {
        var info = semantics.GetForEachStatementInfo(loop);
        IEnumerable<ISymbol?> symbols =
            [info.GetEnumeratorMethod, info.MoveNextMethod, info.CurrentProperty, info.DisposeMethod, info.ElementConversion.MethodSymbol];
        return loop is ForEachVariableStatementSyntax deconstructing
            ? symbols.Concat(Methods(semantics.GetDeconstructionInfo(deconstructing)))
            : symbols;
    }

    private static IEnumerable<ISymbol?> Methods(DeconstructionInfo info) =>
        info.Nested.SelectMany(Methods).Prepend(info.Method);
}
