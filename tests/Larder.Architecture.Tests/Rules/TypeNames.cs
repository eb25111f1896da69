using Microsoft.CodeAnalysis;

namespace Larder.Architecture.Tests.Rules;

/// <summary>Compares symbols with types of .NET by their full names, for example "System.Threading.Tasks.Task`1".</summary>
internal static class TypeNames
{
    public static string FullName(ITypeSymbol? type) => type?.OriginalDefinition switch
    {
        null => "",
        { ContainingType: { } outer } nested => $"{FullName(outer)}.{nested.MetadataName}",
        { ContainingNamespace: { IsGlobalNamespace: false } space } named => $"{space.ToDisplayString()}.{named.MetadataName}",
        var named => named.MetadataName,
    };

    /// <summary>True for the type itself and for each of its members.</summary>
    public static bool Concerns(ISymbol symbol, string fullName) =>
        symbol is ITypeSymbol type ? FullName(type) == fullName : FullName(symbol.ContainingType) == fullName;

    public static bool IsMember(ISymbol symbol, string fullName, params ReadOnlySpan<string> names) =>
        symbol is not ITypeSymbol && names.Contains(symbol.Name) && FullName(symbol.ContainingType) == fullName;

    public static bool HasParameter(ISymbol symbol, string fullName) =>
        symbol is IMethodSymbol method && method.Parameters.Any(parameter => FullName(parameter.Type) == fullName);
}
