using System.Globalization;
using Larder.Architecture.Tests.Rules;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace Larder.Architecture.Tests.Faces;

/// <summary>The line of a member: "abstract Larder.ICache.Remove(string key) -> ValueTask".</summary>
internal static class MemberSignature
{
    public static FaceLine Of(ISymbol member)
    {
        var name = $"{Owner(member.ContainingType)}.{member.ToDisplayString(FaceFormat.Member)}{ParameterSignature.Of(member)}";
        var text = member switch
        {
            IMethodSymbol { MethodKind: MethodKind.Constructor } => name,
            IMethodSymbol method => $"{name} -> {Returned(method)}{FaceFormat.Constraints(method, FaceFormat.Member)}",
            IPropertySymbol property => $"{name} {{ {Accessors(property)}}} -> {Type(property)}",
            IFieldSymbol { HasConstantValue: true, ContainingType.TypeKind: TypeKind.Enum } value =>
                $"{name} = {Constant(value.ConstantValue)}",
            IFieldSymbol { HasConstantValue: true } constant => $"{name} = {Constant(constant.ConstantValue)} -> {Name(constant.Type)}",
            IFieldSymbol field => $"{name} -> {ParameterSignature.Nullability(field.GetAttributes())}{Name(field.Type)}",
            IEventSymbol raised => $"{name} -> {Name(raised.Type)}",
            _ => name,
        };
        return new FaceLine(TypeSignature.Access(member) + Modifiers(member), text);
    }

    public static string Returned(IMethodSymbol method) =>
        ParameterSignature.Nullability(method.GetReturnTypeAttributes()) + ByReference(method.RefKind) + Name(method.ReturnType);

    private static string Type(IPropertySymbol property) =>
        ParameterSignature.Nullability(property.GetAttributes()) + ByReference(property.RefKind) + Name(property.Type);

    // The members of an extension block are found under the receiver that they extend.
    private static string Owner(INamedTypeSymbol type) =>
        type is { IsExtension: true, ExtensionParameter: { } receiver }
            ? $"{Owner(type.ContainingType)}.extension({Name(receiver.Type)} {receiver.Name})"
            : type.ToDisplayString(FaceFormat.FullName);

    private static string Name(ITypeSymbol type) => type.ToDisplayString(FaceFormat.Type);

    private static string ByReference(RefKind kind) => kind switch
    {
        RefKind.Ref => "ref ",
        RefKind.RefReadOnly => "ref readonly ",
        _ => "",
    };

    private static string Modifiers(ISymbol member) => member switch
    {
        { ContainingType.TypeKind: TypeKind.Enum } => "",
        IFieldSymbol { IsConst: true } => "const ",
        IFieldSymbol { IsReadOnly: true } => $"{Common(member)}readonly ",
        _ => Common(member) + Inheritance(member),
    };

    private static string Common(ISymbol member) =>
        (member.IsStatic ? "static " : "")
        + (member is IPropertySymbol { IsRequired: true } or IFieldSymbol { IsRequired: true } ? "required " : "");

    private static string Inheritance(ISymbol member) => member switch
    {
        { IsAbstract: true } => "abstract ",
        { IsSealed: true, IsOverride: true } => "sealed override ",
        { IsOverride: true } => "override ",
        { IsVirtual: true } => "virtual ",
        _ => "",
    };

    private static string Accessors(IPropertySymbol property) =>
        Accessor(property.GetMethod, "get") + Accessor(property.SetMethod, property.SetMethod is { IsInitOnly: true } ? "init" : "set");

    private static string Accessor(IMethodSymbol? accessor, string word)
    {
        if (accessor is null || !Visibility.IsPublicFace(accessor))
        {
            return "";
        }

        var isAsItsProperty = accessor.DeclaredAccessibility == accessor.AssociatedSymbol?.DeclaredAccessibility;
        return $"{(isAsItsProperty ? "" : TypeSignature.Access(accessor))}{word}; ";
    }

    private static string Constant(object? value) => value switch
    {
        null => "null",
        string text => SymbolDisplay.FormatLiteral(text, quote: true),
        char letter => SymbolDisplay.FormatLiteral(letter, quote: true),
        bool truth => truth ? "true" : "false",
        _ => Convert.ToString(value, CultureInfo.InvariantCulture) ?? "",
    };
}
