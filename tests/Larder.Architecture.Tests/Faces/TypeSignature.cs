using Larder.Architecture.Tests.Rules;
using Microsoft.CodeAnalysis;

namespace Larder.Architecture.Tests.Faces;

/// <summary>The line of a type: "sealed class Larder.CacheOptions : ICloneable".</summary>
internal static class TypeSignature
{
    public static FaceLine Of(INamedTypeSymbol type)
    {
        var name = type.ToDisplayString(FaceFormat.FullName);
        var constraints = FaceFormat.Constraints(type, FaceFormat.FullName);
        return type.TypeKind == TypeKind.Delegate && type.DelegateInvokeMethod is { } invoke
            ? new FaceLine("delegate ", $"{name}{ParameterSignature.Of(invoke)} -> {MemberSignature.Returned(invoke)}{constraints}")
            : new FaceLine($"{Access(type)}{Modifiers(type)}{Kind(type)} ", $"{name}{Parents(type)}{constraints}");
    }

    /// <summary>Says only what is unusual: members are public where nothing is said.</summary>
    public static string Access(ISymbol symbol) => symbol.DeclaredAccessibility switch
    {
        Accessibility.Protected or Accessibility.ProtectedOrInternal => "protected ",
        _ => "",
    };

    private static string Modifiers(INamedTypeSymbol type) => type switch
    {
        { IsStatic: true } => "static ",
        { TypeKind: TypeKind.Class, IsAbstract: true } => "abstract ",
        { TypeKind: TypeKind.Class, IsSealed: true } => "sealed ",
        { TypeKind: TypeKind.Struct } => (type.IsReadOnly ? "readonly " : "") + (type.IsRefLikeType ? "ref " : ""),
        _ => "",
    };

    private static string Kind(INamedTypeSymbol type) => type switch
    {
        { IsRecord: true, TypeKind: TypeKind.Struct } => "record struct",
        { IsRecord: true } => "record",
        { TypeKind: TypeKind.Struct } => "struct",
        { TypeKind: TypeKind.Interface } => "interface",
        { TypeKind: TypeKind.Enum } => "enum",
        _ => "class",
    };

    private static string Parents(INamedTypeSymbol type)
    {
        var parents = new List<string>();
        if (type is { TypeKind: TypeKind.Enum, EnumUnderlyingType: { } number } && number.SpecialType != SpecialType.System_Int32)
        {
            parents.Add(number.ToDisplayString(FaceFormat.Type));
        }

        if (type is { TypeKind: TypeKind.Class, BaseType: { SpecialType: not SpecialType.System_Object } parent })
        {
            parents.Add(parent.ToDisplayString(FaceFormat.Type));
        }

        // That a record can be compared with itself follows from its being a record.
        parents.AddRange(type.Interfaces
            .Where(one => Visibility.IsPublicFace(one) && !(type.IsRecord && one.Name == "IEquatable"))
            .Select(one => one.ToDisplayString(FaceFormat.Type))
            .Order(StringComparer.Ordinal));
        return parents.Count == 0 ? "" : $" : {string.Join(", ", parents)}";
    }
}
