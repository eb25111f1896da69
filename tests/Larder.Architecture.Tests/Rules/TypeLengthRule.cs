using HouseMap.Model;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Larder.Architecture.Tests.Rules;

internal sealed class TypeLengthRule : IRule
{
    public string Demand => $"A whole type, all its parts together, has at most {Limits.TypeLines} lines, XML doc comments not counted";

    public string Remedy =>
        "Give a part of its work to a type of its own; spreading the type over files does not help, and is not counted as help.";

    public IEnumerable<Offence> Check(House house) =>
        from parts in house.Files.SelectMany(Parts).GroupBy(part => part.Type, SymbolEqualityComparer.Default)
        let lines = parts.Sum(part => part.File.Lines.Within(part.Declaration.Span))
        where lines > Limits.TypeLines
        let share = parts.Count() > 1 ? $" in {parts.Count()} parts" : ""
        from part in parts
        select Offence.At(part.File, part.Declaration, $"{part.Type.Name} has {lines} lines{share}");

    private static IEnumerable<(ISymbol Type, SourceFile File, BaseTypeDeclarationSyntax Declaration)> Parts(SourceFile file) =>
        from declaration in file.Root.DescendantNodes().OfType<BaseTypeDeclarationSyntax>()
        let type = file.Semantics.GetDeclaredSymbol(declaration)
        where type is not null
        select ((ISymbol)type, file, declaration);
}
