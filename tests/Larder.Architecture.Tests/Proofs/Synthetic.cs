using HouseMap.Model;
using HouseMap.Reading;
using Microsoft.CodeAnalysis;

namespace Larder.Architecture.Tests.Proofs;

/// <summary>
/// Makes a house from a few lines of source. The lines must compile, because a snippet with a slip of the pen would prove that
/// a rule finds nothing in it.
/// </summary>
internal static class Synthetic
{
    /// <summary>One file in the room Flows of the project Larder.</summary>
    public static House House(string source) => House(("src/Larder/Flows/Sample.cs", source));

    /// <summary>Files of any projects; the project is the second part of a path: "src/Larder/Flows/Read.cs".</summary>
    public static House House(params (string Path, string Source)[] files) => Compiled(Build(files, []));

    /// <summary>Projects that reference each other, each with one empty class.</summary>
    public static House Projects(params (string Project, string[] References)[] projects) =>
        Build(
            [.. projects.Select(project => ($"src/{project.Project}/Sample.cs", "internal sealed class Sample;"))],
            projects.ToDictionary(project => project.Project, project => project.References, StringComparer.Ordinal));

    private static House Build((string Path, string Source)[] files, Dictionary<string, string[]> references) =>
        HouseBuilder.Build([.. files
            .GroupBy(file => file.Path.Split('/')[1], StringComparer.Ordinal)
            .Select(project => new ProjectSource
            {
                Name = project.Key,
                Folder = $"src/{project.Key}",
                Documents = [.. project.Select(file => new SourceDocument(file.Path, file.Source))],
                References = references.GetValueOrDefault(project.Key, []),
                Assemblies = PlatformAssemblies.Load(),
                GlobalUsings = GlobalUsings.OfStandard(),
            })]);

    private static House Compiled(House house)
    {
        var errors = house.Projects
            .SelectMany(project => project.Compilation.GetDiagnostics())
            .Where(diagnostic => diagnostic.Severity == DiagnosticSeverity.Error);
        Assert.Empty(errors);
        return house;
    }
}
