using HouseMap.Model;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Larder.Architecture.Tests.Rules;

internal sealed class OneTypePerFileRule : IRule
{
    public string Demand => "A file holds one top-level type, enums and delegates included";

    public string Remedy => "Give each type its own file; a generic type beside its plain namesake too.";

    public IEnumerable<Offence> Check(House house) =>
        from file in house.Files
        from declaration in TopLevelTypes(file).Skip(1)
        select Offence.At(file, declaration, NameOf(declaration));

    private static IEnumerable<MemberDeclarationSyntax> TopLevelTypes(SourceFile file) =>
        file.Root.DescendantNodes(node => node is CompilationUnitSyntax or BaseNamespaceDeclarationSyntax)
            .OfType<MemberDeclarationSyntax>()
            .Where(member => member is BaseTypeDeclarationSyntax or DelegateDeclarationSyntax);

    private static string NameOf(MemberDeclarationSyntax declaration) => declaration switch
    {
        BaseTypeDeclarationSyntax type => type.Identifier.ValueText,
        DelegateDeclarationSyntax type => type.Identifier.ValueText,
        _ => declaration.ToString(),
    };
}
