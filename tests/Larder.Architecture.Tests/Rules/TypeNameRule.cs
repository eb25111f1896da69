using HouseMap.Model;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Larder.Architecture.Tests.Rules;

internal sealed class TypeNameRule : IRule
{
    private static readonly string[] Endings =
    [
        "Manager", "Managers", "Helper", "Helpers", "Util", "Utils", "Utility", "Utilities", "Common", "Impl",
    ];

    public string Demand => "No type is named Manager, Helper, Utils, Common or Impl";

    public string Remedy => "Name the type after what it is or knows; if no such name is found, it holds two things.";

    public IEnumerable<Offence> Check(House house) =>
        from file in house.Files
        from declaration in file.Root.DescendantNodes()
        let name = NameOf(declaration)
        where name is not null && Endings.Any(ending => name.EndsWith(ending, StringComparison.Ordinal))
        select Offence.At(file, declaration, name);

    private static string? NameOf(SyntaxNode declaration) => declaration switch
    {
        BaseTypeDeclarationSyntax type => type.Identifier.ValueText,
        DelegateDeclarationSyntax type => type.Identifier.ValueText,
        _ => null,
    };
}
