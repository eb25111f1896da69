using HouseMap.Model;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace Larder.Architecture.Tests.Rules;

internal sealed class RegionRule : IRule
{
    public string Demand => "There is no #region";

    public string Remedy => "A part that wants a heading wants a type or a method of its own.";

    public IEnumerable<Offence> Check(House house) =>
        from file in house.Files
        from trivia in file.Root.DescendantTrivia()
        where trivia.IsKind(SyntaxKind.RegionDirectiveTrivia)
        select new Offence(file.Path, file.Lines.LineAt(trivia.SpanStart), trivia.ToString().Trim());
}
