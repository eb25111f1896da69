using Microsoft.CodeAnalysis;

namespace Larder.Architecture.Tests.Faces;

/// <summary>
/// How names are written in the face. What a line describes carries its namespace; the types in its signature do not, because
/// the list is read by people in reviews.
/// </summary>
internal static class FaceFormat
{
    private const SymbolDisplayMiscellaneousOptions Nullability =
        SymbolDisplayMiscellaneousOptions.UseSpecialTypes
        | SymbolDisplayMiscellaneousOptions.EscapeKeywordIdentifiers
        | SymbolDisplayMiscellaneousOptions.IncludeNullableReferenceTypeModifier;

    /// <summary>A type inside a signature: "ValueTask&lt;CacheResult&lt;T&gt;&gt;".</summary>
    public static SymbolDisplayFormat Type { get; } = new(
        typeQualificationStyle: SymbolDisplayTypeQualificationStyle.NameAndContainingTypes,
        genericsOptions: SymbolDisplayGenericsOptions.IncludeTypeParameters,
        miscellaneousOptions: Nullability);

    /// <summary>The described type: "Larder.ICache&lt;in T&gt;".</summary>
    public static SymbolDisplayFormat FullName { get; } = new(
        typeQualificationStyle: SymbolDisplayTypeQualificationStyle.NameAndContainingTypesAndNamespaces,
        genericsOptions: SymbolDisplayGenericsOptions.IncludeTypeParameters | SymbolDisplayGenericsOptions.IncludeVariance,
        miscellaneousOptions: Nullability);

    /// <summary>The described member behind its type, without its parameters: "GetAsync&lt;T&gt;".</summary>
    public static SymbolDisplayFormat Member { get; } = new(
        typeQualificationStyle: SymbolDisplayTypeQualificationStyle.NameAndContainingTypes,
        genericsOptions: SymbolDisplayGenericsOptions.IncludeTypeParameters,
        miscellaneousOptions: Nullability);

    /// <summary>A parameter: "EntryOptions? options = null".</summary>
    public static SymbolDisplayFormat Parameter { get; } = new(
        typeQualificationStyle: SymbolDisplayTypeQualificationStyle.NameAndContainingTypes,
        genericsOptions: SymbolDisplayGenericsOptions.IncludeTypeParameters,
        memberOptions: SymbolDisplayMemberOptions.IncludeContainingType,
        parameterOptions: SymbolDisplayParameterOptions.IncludeType
            | SymbolDisplayParameterOptions.IncludeName
            | SymbolDisplayParameterOptions.IncludeDefaultValue
            | SymbolDisplayParameterOptions.IncludeParamsRefOut,
        miscellaneousOptions: Nullability);

    /// <summary>" where T : notnull", or nothing: what the display adds when it is asked for constraints.</summary>
    public static string Constraints(ISymbol symbol, SymbolDisplayFormat format)
    {
        var without = symbol.ToDisplayString(format);
        var with = symbol.ToDisplayString(format.AddGenericsOptions(SymbolDisplayGenericsOptions.IncludeTypeConstraints));
        return with[without.Length..];
    }
}
