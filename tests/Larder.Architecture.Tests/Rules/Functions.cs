using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Larder.Architecture.Tests.Rules;

/// <summary>What the limits call a method: everything with a body of its own, lambdas and local functions inside it included.</summary>
internal static class Functions
{
    public static IEnumerable<SyntaxNode> In(SyntaxNode root) => root.DescendantNodes().Where(node => node switch
    {
        BaseMethodDeclarationSyntax or AccessorDeclarationSyntax => true,
        PropertyDeclarationSyntax { ExpressionBody: not null } or IndexerDeclarationSyntax { ExpressionBody: not null } => true,
        // An initializer is counted only where it hides a method, not where it is a long table.
        BaseFieldDeclarationSyntax field => HasLambda(field),
        PropertyDeclarationSyntax { Initializer: { } initializer } => HasLambda(initializer),
        _ => false,
    });

    /// <summary>The member of a type around a node; the node's own root where there is none.</summary>
    public static SyntaxNode MemberAround(SyntaxNode node) =>
        node.AncestorsAndSelf().FirstOrDefault(IsMember) ?? node.SyntaxTree.GetRoot();

    public static string NameOf(SyntaxNode function) => function switch
    {
        MethodDeclarationSyntax method => method.Identifier.ValueText,
        LocalFunctionStatementSyntax local => local.Identifier.ValueText,
        ConstructorDeclarationSyntax constructor => $"the constructor of {constructor.Identifier.ValueText}",
        DestructorDeclarationSyntax finalizer => $"the finalizer of {finalizer.Identifier.ValueText}",
        PropertyDeclarationSyntax property => property.Identifier.ValueText,
        IndexerDeclarationSyntax => "the indexer",
        DelegateDeclarationSyntax type => $"the delegate {type.Identifier.ValueText}",
        BaseTypeDeclarationSyntax type => $"the primary constructor of {type.Identifier.ValueText}",
        BaseFieldDeclarationSyntax field => NamesOf(field.Declaration),
        AccessorDeclarationSyntax accessor =>
            $"the {accessor.Keyword.ValueText} accessor of {NameOf(accessor.Ancestors().First(IsMember))}",
        EventDeclarationSyntax raised => raised.Identifier.ValueText,
        ConversionOperatorDeclarationSyntax conversion => $"the conversion to {conversion.Type}",
        OperatorDeclarationSyntax symbol => $"the operator {symbol.OperatorToken.ValueText}",
        _ => function.Kind().ToString(),
    };

    private static bool HasLambda(SyntaxNode node) => node.DescendantNodes().OfType<AnonymousFunctionExpressionSyntax>().Any();

    private static string NamesOf(VariableDeclarationSyntax declaration) =>
        string.Join(", ", declaration.Variables.Select(variable => variable.Identifier.ValueText));

    private static bool IsMember(SyntaxNode node) =>
        node is MemberDeclarationSyntax and not (BaseTypeDeclarationSyntax or BaseNamespaceDeclarationSyntax or GlobalStatementSyntax);
}
