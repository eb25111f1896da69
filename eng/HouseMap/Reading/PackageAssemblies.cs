using System.Text.Json;
using Microsoft.CodeAnalysis;

namespace HouseMap.Reading;

/// <summary>
/// The assemblies that a project gets from packages: those that the restore wrote down in obj/project.assets.json, or, without
/// that file, those beside the built assembly. Without either the list is empty: names from packages then stay unresolved, which
/// the map reports.
/// </summary>
internal static class PackageAssemblies
{
    public static IEnumerable<MetadataReference> Load(string projectFolder, IReadOnlySet<string> projectNames)
    {
        var assets = Path.Combine(projectFolder, "obj", "project.assets.json");
        var paths = File.Exists(assets) ? FromAssets(assets) : FromOutput(projectFolder);
        return paths
            .Where(path => !projectNames.Contains(Path.GetFileNameWithoutExtension(path)))
            .DistinctBy(Path.GetFileName, StringComparer.OrdinalIgnoreCase)
            .Where(File.Exists)
            .Select(path => MetadataReference.CreateFromFile(path));
    }

    private static List<string> FromAssets(string assets)
    {
        using var document = Parse(assets);
        var root = document.RootElement;
        var folders = root.GetProperty("packageFolders").EnumerateObject().Select(folder => folder.Name).ToList();
        var libraries = root.GetProperty("libraries");
        var paths = new List<string>();

        // The first target is the framework itself; later ones repeat it for a runtime identifier.
        var target = root.GetProperty("targets").EnumerateObject().First().Value;
        foreach (var package in target.EnumerateObject())
        {
            if (!package.Value.TryGetProperty("compile", out var compile)
                || !libraries.GetProperty(package.Name).TryGetProperty("path", out var path))
            {
                continue;
            }

            foreach (var file in compile.EnumerateObject().Where(file => file.Name.EndsWith(".dll", StringComparison.OrdinalIgnoreCase)))
            {
                paths.Add(InFolders(folders, Path.Combine(path.GetString() ?? "", file.Name)));
            }
        }

        paths.AddRange(SharedFrameworks(root).SelectMany(PlatformAssemblies.OfFramework));
        return paths;
    }

    private static JsonDocument Parse(string assets)
    {
        try
        {
            return JsonDocument.Parse(File.ReadAllText(assets));
        }
        catch (JsonException exception)
        {
            throw new HouseException($"{assets} cannot be read ({exception.Message}); run dotnet restore.");
        }
    }

    private static string InFolders(List<string> folders, string relative) =>
        folders.Select(folder => Path.Combine(folder, relative)).FirstOrDefault(File.Exists) ?? relative;

    private static List<string> SharedFrameworks(JsonElement root) =>
        [.. root.GetProperty("project").GetProperty("frameworks").EnumerateObject()
            .Where(framework => framework.Value.TryGetProperty("frameworkReferences", out _))
            .SelectMany(framework => framework.Value.GetProperty("frameworkReferences").EnumerateObject())
            .Select(reference => reference.Name)
            .Where(name => name != "Microsoft.NETCore.App")];

    private static IEnumerable<string> FromOutput(string projectFolder)
    {
        var output = Path.Combine(projectFolder, "bin");
        return Directory.Exists(output)
            ? Directory.EnumerateFiles(output, "*.dll", SearchOption.AllDirectories).OrderByDescending(File.GetLastWriteTimeUtc)
            : [];
    }
}
