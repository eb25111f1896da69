using HouseMap.Model;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace HouseMap.Reading;

/// <summary>
/// Finds the edges between the rooms of a project: for every symbol that a file uses, the files that declare it, and their
/// rooms. A type whose parts lie in several rooms joins these rooms both ways.
/// </summary>
internal static class RoomUseReader
{
    public static IReadOnlyList<RoomUse> Read(Project project)
    {
        var uses = new List<RoomUse>();
        foreach (var file in project.Files)
        {
            foreach (var use in file.Names.Uses)
            {
                foreach (var symbol in WithArguments(use.Symbol))
                {
                    Add(project, file, use.Node, symbol, uses);
                }
            }

            foreach (var declaration in file.Root.DescendantNodes().OfType<BaseTypeDeclarationSyntax>())
            {
                if (file.Semantics.GetDeclaredSymbol(declaration) is { } type)
                {
                    Add(project, file, declaration, type, uses);
                }
            }
        }

        return [.. uses.Distinct()];
    }

    private static void Add(Project project, SourceFile file, SyntaxNode node, ISymbol symbol, List<RoomUse> uses)
    {
        foreach (var declaring in DeclaringFiles(project, symbol))
        {
            if (declaring.Room != file.Room)
            {
                var name = symbol.ToDisplayString(SymbolDisplayFormat.CSharpShortErrorMessageFormat);
                uses.Add(new RoomUse(file.Room, declaring.Room, file, file.LineOf(node), name));
            }
        }
    }

    private static IEnumerable<SourceFile> DeclaringFiles(Project project, ISymbol symbol)
    {
        var declared = Declared(symbol);
        return declared is null
            ? []
            : declared.DeclaringSyntaxReferences.Select(reference => project.FileOf(reference.SyntaxTree)).OfType<SourceFile>();
    }

    // What the compiler adds to a type, such as a default constructor, is declared where its type is.
    private static ISymbol? Declared(ISymbol symbol)
    {
        var original = symbol is IMethodSymbol { ReducedFrom: { } extension } ? extension : symbol.OriginalDefinition;
        return original switch
        {
            INamespaceSymbol or ITypeParameterSymbol => null,
            INamedTypeSymbol or IMethodSymbol or IPropertySymbol or IFieldSymbol or IEventSymbol
                when original.DeclaringSyntaxReferences.IsEmpty => original.ContainingType is { } type ? Declared(type) : null,
            INamedTypeSymbol or IMethodSymbol or IPropertySymbol or IFieldSymbol or IEventSymbol => original,
            _ => null,
        };
    }

    // Behind "var" there may be a generic type or an array whose arguments no name in the source mentions.
    private static IEnumerable<ISymbol> WithArguments(ISymbol symbol) => symbol switch
    {
        INamedTypeSymbol type => type.TypeArguments.SelectMany(WithArguments).Prepend(type),
        IArrayTypeSymbol array => WithArguments(array.ElementType),
        IPointerTypeSymbol pointer => WithArguments(pointer.PointedAtType),
        _ => [symbol],
    };
}
