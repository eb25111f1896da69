using HouseMap.Model;
using Microsoft.CodeAnalysis;

namespace Larder.Architecture.Tests.Rules;

/// <summary>One place that breaks a rule.</summary>
internal sealed record Offence(string Path, int Line, string What)
{
    public static Offence At(SourceFile file, SyntaxNode node, string what) => new(file.Path, file.LineOf(node), what);

    public override string ToString() => $"{Path}:{Line}  {What}";
}
