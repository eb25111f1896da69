using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace Larder.Architecture.Tests.Faces;

/// <summary>The parameters of a member, with the attributes that speak of null: "([MaybeNullWhen(false)] out T value)".</summary>
internal static class ParameterSignature
{
    private const string Suffix = "Attribute";

    private static readonly string[] NullAttributes =
    [
        "AllowNull", "DisallowNull", "MaybeNull", "NotNull", "MaybeNullWhen", "NotNullWhen", "NotNullIfNotNull",
    ];

    public static string Of(ISymbol member) => member switch
    {
        IMethodSymbol { IsExtensionMethod: true } method => $"(this {List(method.Parameters)})",
        IMethodSymbol method => $"({List(method.Parameters)})",
        IPropertySymbol { IsIndexer: true } indexer => $"[{List(indexer.Parameters)}]",
        _ => "",
    };

    /// <summary>"[MaybeNull] ", or nothing.</summary>
    public static string Nullability(ImmutableArray<AttributeData> attributes) =>
        string.Concat(attributes.Where(SpeaksOfNull).Select(attribute => $"[{Name(attribute)}{Arguments(attribute)}] "));

    private static string List(ImmutableArray<IParameterSymbol> parameters) =>
        string.Join(", ", parameters.Select(parameter => Nullability(parameter.GetAttributes()) + Text(parameter)));

    // The type of a default value is the type of its parameter, which has just been said.
    private static string Text(IParameterSymbol parameter)
    {
        var text = parameter.ToDisplayString(FaceFormat.Parameter);
        var value = text.IndexOf(" = default(", StringComparison.Ordinal);
        return value < 0 ? text : $"{text[..value]} = default";
    }

    private static bool SpeaksOfNull(AttributeData attribute) =>
        attribute.AttributeClass?.ContainingNamespace.ToDisplayString() == "System.Diagnostics.CodeAnalysis"
        && NullAttributes.Contains(Name(attribute), StringComparer.Ordinal);

    private static string Name(AttributeData attribute)
    {
        var name = attribute.AttributeClass?.Name ?? "";
        return name.EndsWith(Suffix, StringComparison.Ordinal) ? name[..^Suffix.Length] : name;
    }

    private static string Arguments(AttributeData attribute) =>
        attribute.ConstructorArguments.IsEmpty
            ? ""
            : $"({string.Join(", ", attribute.ConstructorArguments.Select(argument => argument.ToCSharpString()))})";
}
