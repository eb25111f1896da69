using HouseMap.Model;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Larder.Architecture.Tests.Rules;

internal sealed class PublicDocumentationRule : IRule
{
    public string Demand => "A public type has a doc comment";

    public string Remedy => "Say in the first sentence of a <summary> what the type is; then defaults, units, thread safety, exceptions.";

    public IEnumerable<Offence> Check(House house) =>
        from file in house.Files
        from declaration in file.Root.DescendantNodes().OfType<MemberDeclarationSyntax>()
        where declaration is BaseTypeDeclarationSyntax or DelegateDeclarationSyntax
        let type = file.Semantics.GetDeclaredSymbol(declaration) as INamedTypeSymbol
        where type is { IsExtension: false } && Visibility.IsPublicFace(type) && !IsDocumented(type)
        select Offence.At(file, declaration, type.Name);

    // One documented part is enough for a type that has several.
    private static bool IsDocumented(INamedTypeSymbol type) =>
        type.DeclaringSyntaxReferences
            .Select(reference => reference.GetSyntax())
            .SelectMany(declaration => declaration.GetLeadingTrivia())
            .Select(trivia => trivia.GetStructure())
            .OfType<DocumentationCommentTriviaSyntax>()
            .Any(SaysSomething);

    private static bool SaysSomething(DocumentationCommentTriviaSyntax comment) => comment.Content.Any(part => part switch
    {
        XmlEmptyElementSyntax element => element.Name.LocalName.ValueText is "inheritdoc" or "include",
        XmlElementSyntax element => element.StartTag.Name.LocalName.ValueText is "summary" or "inheritdoc"
            && element.Content.Any(HasWords),
        _ => false,
    });

    private static bool HasWords(XmlNodeSyntax content) =>
        content is not XmlTextSyntax text || text.TextTokens.Any(token => !string.IsNullOrWhiteSpace(token.Text));
}
