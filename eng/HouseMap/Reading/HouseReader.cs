using HouseMap.Model;

namespace HouseMap.Reading;

/// <summary>Reads every project under src/ of a repository.</summary>
internal static class HouseReader
{
    private static readonly string[] OutputFolders = ["bin", "obj"];

    public static House Read(string root)
    {
        var source = Path.Combine(root, "src");
        if (!Directory.Exists(source))
        {
            throw new HouseException($"There is no folder {source}; the house is read from there.");
        }

        var projectFiles = Below(source, "*.csproj").Select(ProjectFile.Read).ToList();
        if (projectFiles.Count == 0)
        {
            throw new HouseException($"There is no project under {source}.");
        }

        var names = projectFiles.Select(file => file.Name).ToHashSet(StringComparer.OrdinalIgnoreCase);
        return HouseBuilder.Build([.. projectFiles.Select(file => Source(root, file, names))]);
    }

    private static ProjectSource Source(string root, ProjectFile file, HashSet<string> names) => new()
    {
        Name = file.Name,
        Folder = Relative(root, file.Folder),
        Documents = [.. Below(file.Folder, "*.cs").Select(path => new SourceDocument(Relative(root, path), File.ReadAllText(path)))],
        References = [.. file.References.Where(names.Contains)],
        Assemblies = [.. PlatformAssemblies.Load(), .. PackageAssemblies.Load(file.Folder, names)],
        Friends = file.Friends,
        GlobalUsings = GlobalUsings.Read(root, file),
    };

    private static IEnumerable<string> Below(string folder, string pattern) =>
        Directory.EnumerateFiles(folder, pattern, SearchOption.AllDirectories)
            .Where(path => !Relative(folder, path).Split('/').Any(part => OutputFolders.Contains(part, StringComparer.Ordinal)))
            .Order(StringComparer.Ordinal);

    private static string Relative(string root, string path) => Path.GetRelativePath(root, path).Replace('\\', '/');
}
