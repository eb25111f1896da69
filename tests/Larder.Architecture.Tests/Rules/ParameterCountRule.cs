using HouseMap.Model;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Larder.Architecture.Tests.Rules;

/// <summary>
/// The public face is exempt, because .NET's conventions shape it, and so is what implements or overrides a public contract. A
/// lambda is not counted; the delegate that demands its parameters is.
/// </summary>
internal sealed class ParameterCountRule : IRule
{
    public string Demand => $"Outside the public face a method has at most {Limits.Parameters} parameters";

    public string Remedy => "Put what belongs together into a readonly struct, or move the method to the type that has the values.";

    public IEnumerable<Offence> Check(House house) =>
        from file in house.Files
        from declaration in file.Root.DescendantNodes()
        let count = Parameters(declaration)?.Parameters.Count ?? 0
        where count > Limits.Parameters && !IsExempt(file, declaration)
        select Offence.At(file, declaration, $"{Functions.NameOf(declaration)} has {count} parameters");

    private static BaseParameterListSyntax? Parameters(SyntaxNode declaration) => declaration switch
    {
        BaseMethodDeclarationSyntax method => method.ParameterList,
        LocalFunctionStatementSyntax local => local.ParameterList,
        IndexerDeclarationSyntax indexer => indexer.ParameterList,
        DelegateDeclarationSyntax type => type.ParameterList,
        TypeDeclarationSyntax type => type.ParameterList,
        _ => null,
    };

    private static bool IsExempt(SourceFile file, SyntaxNode declaration)
    {
        var symbol = file.Semantics.GetDeclaredSymbol(declaration);
        if (declaration is TypeDeclarationSyntax)
        {
            symbol = (symbol as INamedTypeSymbol)?.InstanceConstructors.FirstOrDefault(constructor =>
                constructor.DeclaringSyntaxReferences.Any(reference => reference.GetSyntax() == declaration));
        }

        return symbol is not null && (Visibility.IsPublicFace(symbol) || Visibility.FollowsPublicContract(symbol));
    }
}
