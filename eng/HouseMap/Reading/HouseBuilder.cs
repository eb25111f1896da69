using HouseMap.Model;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace HouseMap.Reading;

/// <summary>
/// Compiles the sources of every project, the referenced ones first, and makes the house from them. Errors of the compilation
/// are tolerated, because generated code is missing and because the map must also work on unfinished code; a compilation in
/// which nothing means anything is refused, because it would look like a house without any edges.
/// </summary>
internal static class HouseBuilder
{
    private static readonly CSharpParseOptions ParseOptions = new(
        LanguageVersion.Latest,
        DocumentationMode.Parse,
        preprocessorSymbols:
        [
            "NET", "NETCOREAPP", "RELEASE", "TRACE", "NET10_0",
            "NET5_0_OR_GREATER", "NET6_0_OR_GREATER", "NET7_0_OR_GREATER",
            "NET8_0_OR_GREATER", "NET9_0_OR_GREATER", "NET10_0_OR_GREATER",
        ]);

    private static readonly CSharpCompilationOptions CompilationOptions = new(
        OutputKind.DynamicallyLinkedLibrary,
        allowUnsafe: true,
        nullableContextOptions: NullableContextOptions.Enable);

    public static House Build(IReadOnlyList<ProjectSource> sources)
    {
        var byName = sources.ToDictionary(source => source.Name, StringComparer.Ordinal);
        var built = new Dictionary<string, Project>(StringComparer.Ordinal);
        foreach (var source in sources)
        {
            BuildWithReferences(source, byName, built, []);
        }

        var house = new House([.. sources.Select(source => built[source.Name])]);
        foreach (var project in house.Projects)
        {
            DemandMeaning(project);
        }

        return house;
    }

    private static void BuildWithReferences(
        ProjectSource source,
        Dictionary<string, ProjectSource> byName,
        Dictionary<string, Project> built,
        HashSet<string> begun)
    {
        if (built.ContainsKey(source.Name) || !begun.Add(source.Name))
        {
            // Either done, or the way came back here: the circle is cut so that it can be reported instead of followed for ever.
            return;
        }

        foreach (var reference in source.References)
        {
            BuildWithReferences(byName[reference], byName, built, begun);
        }

        built[source.Name] = Compile(source, byName, built);
    }

    private static Project Compile(
        ProjectSource source, Dictionary<string, ProjectSource> byName, Dictionary<string, Project> built)
    {
        var trees = source.Documents
            .Select(document => (document.Path, Tree: CSharpSyntaxTree.ParseText(document.Text, ParseOptions, document.Path)))
            .ToList();
        var usings = CSharpSyntaxTree.ParseText(source.GlobalUsings, ParseOptions, "GlobalUsings.g.cs");
        var friends = CSharpSyntaxTree.ParseText(
            string.Concat(source.Friends.Select(friend => $"[assembly: System.Runtime.CompilerServices.InternalsVisibleTo(\"{friend}\")]\n")),
            ParseOptions,
            "Friends.g.cs");
        var references = ReferencesBelow(source, byName)
            .Where(built.ContainsKey)
            .Select(name => built[name].Compilation.ToMetadataReference());
        var compilation = CSharpCompilation.Create(
            source.Name,
            [.. trees.Select(tree => tree.Tree), usings, friends],
            [.. source.Assemblies, .. references],
            CompilationOptions);
        var files = trees
            .Select(tree => new SourceFile(
                tree.Path,
                Room.Of(tree.Path[(source.Folder.Length + 1)..]),
                tree.Tree,
                compilation.GetSemanticModel(tree.Tree)))
            .ToList();
        return new Project(source.Name, source.Folder, source.References, compilation, files);
    }

    // The SDK hands on the references of references, so the compilation needs them too.
    private static IReadOnlySet<string> ReferencesBelow(ProjectSource source, Dictionary<string, ProjectSource> byName)
    {
        var graph = byName.Values.ToDictionary(
            project => project.Name,
            IReadOnlySet<string> (project) => project.References.ToHashSet(StringComparer.Ordinal),
            StringComparer.Ordinal);
        return Circles.ReachedFrom(graph, source.Name);
    }

    private static void DemandMeaning(Project project)
    {
        if (project.Files.Count == 0)
        {
            return;
        }

        if (project.Compilation.GetSpecialType(SpecialType.System_Object).TypeKind == TypeKind.Error)
        {
            throw new HouseException($"{project.Name} was read without the assemblies of .NET, so none of its names means anything.");
        }

        var unresolved = project.Files.Sum(file => file.Names.Unresolved.Count);
        if (unresolved > 0 && project.Files.All(file => file.Names.Uses.Count == 0))
        {
            throw new HouseException(
                $"None of the {unresolved} names in {project.Name} could be resolved; run dotnet restore and try again.");
        }
    }
}
