using Microsoft.CodeAnalysis;

namespace Larder.Architecture.Tests.Rules;

/// <summary>Says what belongs to the public face: what code in another assembly can name, by use or by inheritance.</summary>
internal static class Visibility
{
    public static bool IsPublicFace(ISymbol symbol)
    {
        for (var level = symbol; level is not null and not INamespaceSymbol; level = level.ContainingSymbol)
        {
            if (!IsReachable(level))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>True when the signature was decided by a public interface or by a base class of the public face.</summary>
    public static bool FollowsPublicContract(ISymbol symbol) =>
        symbol switch
        {
            IMethodSymbol { OverriddenMethod: { } overridden } => IsPublicFace(overridden),
            IPropertySymbol { OverriddenProperty: { } overridden } => IsPublicFace(overridden),
            _ => ImplementsPublicInterface(symbol),
        };

    // An accessor is as reachable as its own declaration says; a protected member needs a type that can be inherited.
    private static bool IsReachable(ISymbol symbol) => symbol.DeclaredAccessibility switch
    {
        Accessibility.Public => true,
        Accessibility.Protected or Accessibility.ProtectedOrInternal => IsInheritable(symbol.ContainingType),
        _ => IsExtensionBlock(symbol),
    };

    private static bool IsInheritable(INamedTypeSymbol? type) =>
        type is { IsSealed: false, TypeKind: TypeKind.Class or TypeKind.Interface };

    // An extension block has no accessibility of its own; its members have.
    private static bool IsExtensionBlock(ISymbol symbol) => symbol is INamedTypeSymbol { IsExtension: true };

    private static bool ImplementsPublicInterface(ISymbol symbol) =>
        symbol.ContainingType is { } type
        && type.AllInterfaces
            .Where(IsPublicFace)
            .SelectMany(implemented => implemented.GetMembers())
            .Any(member => SymbolEqualityComparer.Default.Equals(type.FindImplementationForInterfaceMember(member), symbol));
}
