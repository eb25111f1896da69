using Microsoft.CodeAnalysis;

namespace HouseMap.Model;

/// <summary>What a file's names mean: the symbols they stand for, and the names for which no symbol was found.</summary>
internal sealed record FileNames(IReadOnlyList<SymbolUse> Uses, IReadOnlyList<SyntaxNode> Unresolved);
