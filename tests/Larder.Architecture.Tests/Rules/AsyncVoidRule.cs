using HouseMap.Model;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Larder.Architecture.Tests.Rules;

internal sealed class AsyncVoidRule : IRule
{
    public string Demand => "Nothing is async void, neither a method nor a lambda that is handed to a void delegate";

    public string Remedy => "Return a Task that someone observes; an exception out of async void ends the process.";

    public IEnumerable<Offence> Check(House house) =>
        from file in house.Files
        from function in file.Root.DescendantNodes()
        where IsAsync(function) && Symbol(file, function) is { ReturnsVoid: true }
        select Offence.At(file, function, Functions.NameOf(function));

    private static bool IsAsync(SyntaxNode node) => node switch
    {
        MethodDeclarationSyntax method => method.Modifiers.Any(SyntaxKind.AsyncKeyword),
        LocalFunctionStatementSyntax local => local.Modifiers.Any(SyntaxKind.AsyncKeyword),
        AnonymousFunctionExpressionSyntax lambda => lambda.AsyncKeyword.IsKind(SyntaxKind.AsyncKeyword),
        _ => false,
    };

    private static IMethodSymbol? Symbol(SourceFile file, SyntaxNode function) =>
        (file.Semantics.GetDeclaredSymbol(function) ?? file.Semantics.GetSymbolInfo(function).Symbol) as IMethodSymbol;
}
