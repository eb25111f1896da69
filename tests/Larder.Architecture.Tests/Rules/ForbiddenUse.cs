using Microsoft.CodeAnalysis;

namespace Larder.Architecture.Tests.Rules;

/// <summary>Names a forbidden type or member as the source would write it.</summary>
internal static class ForbiddenUse
{
    public static string Describe(ISymbol symbol) => symbol switch
    {
        ITypeSymbol type => type.Name,
        IMethodSymbol { MethodKind: MethodKind.Constructor } constructor => $"new {constructor.ContainingType.Name}",
        _ => $"{symbol.ContainingType?.Name}.{symbol.Name}",
    };
}
