using HouseMap.Model;
using Larder.Architecture.Tests.Rules;
using Microsoft.CodeAnalysis;

namespace Larder.Architecture.Tests.Faces;

/// <summary>
/// Writes down what a project shows to other assemblies, one signature a line. A line begins with the full name of what it
/// describes, apart from modifiers, so that a sorted list keeps a type and its members together.
/// </summary>
internal static class PublicFace
{
    public static IReadOnlyList<string> Of(Project project) =>
        [.. Types(project.Compilation.Assembly.GlobalNamespace)
            .SelectMany(Lines)
            .OrderBy(line => line.Name, StringComparer.Ordinal)
            .ThenBy(line => line.Text, StringComparer.Ordinal)
            .Select(line => line.Text)];

    private static IEnumerable<INamedTypeSymbol> Types(INamespaceSymbol space) =>
        space.GetTypeMembers().Concat(space.GetNamespaceMembers().SelectMany(Types)).Where(Visibility.IsPublicFace);

    private static IEnumerable<FaceLine> Lines(INamedTypeSymbol type)
    {
        if (!type.IsExtension)
        {
            yield return TypeSignature.Of(type);
        }

        if (type.TypeKind == TypeKind.Delegate)
        {
            yield break;
        }

        foreach (var member in type.GetMembers().Where(Visibility.IsPublicFace))
        {
            if (member is INamedTypeSymbol nested)
            {
                foreach (var line in Lines(nested))
                {
                    yield return line;
                }
            }
            else if (IsWritten(member))
            {
                yield return MemberSignature.Of(member);
            }
        }
    }

    // What the compiler adds follows from the type's own line, with one exception: the constructor of a class without one.
    private static bool IsWritten(ISymbol member) => member switch
    {
        IMethodSymbol { MethodKind: MethodKind.Constructor, IsImplicitlyDeclared: true } constructor =>
            constructor.Parameters.IsEmpty && constructor.ContainingType.TypeKind == TypeKind.Class,
        { IsImplicitlyDeclared: true } => false,
        IMethodSymbol method => method.MethodKind is MethodKind.Ordinary
            or MethodKind.Constructor
            or MethodKind.UserDefinedOperator
            or MethodKind.Conversion,
        _ => true,
    };
}
