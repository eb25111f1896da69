using Microsoft.CodeAnalysis;

namespace HouseMap.Model;

/// <summary>A place in the source and what it uses there. One place can use several symbols: a name, an operator, a conversion.</summary>
internal readonly record struct SymbolUse(SyntaxNode Node, ISymbol Symbol);
