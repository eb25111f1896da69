using System.Text;

namespace HouseMap.Reading;

/// <summary>
/// The global usings of a project: the file that the last build generated, or, before the first build, the set that the SDK
/// would generate.
/// </summary>
internal static class GlobalUsings
{
    private static readonly string[] Standard =
    [
        "System",
        "System.Collections.Generic",
        "System.IO",
        "System.Linq",
        "System.Net.Http",
        "System.Threading",
        "System.Threading.Tasks",
    ];

    public static string Read(string root, ProjectFile project) => Generated(project.Folder) ?? Synthesised(root, project);

    public static string Of(IEnumerable<string> namespaces)
    {
        var text = new StringBuilder();
        foreach (var name in namespaces.Distinct(StringComparer.Ordinal))
        {
            text.Append("global using ").Append(name).Append(";\n");
        }

        return text.ToString();
    }

    public static string OfStandard() => Of(Standard);

    private static string? Generated(string folder)
    {
        var output = Path.Combine(folder, "obj");
        if (!Directory.Exists(output))
        {
            return null;
        }

        // Debug and Release each leave a file; the newer one is nearer to the project as it is now.
        var newest = Directory.EnumerateFiles(output, "*.GlobalUsings.g.cs", SearchOption.AllDirectories)
            .OrderByDescending(File.GetLastWriteTimeUtc)
            .FirstOrDefault();
        return newest is null ? null : File.ReadAllText(newest);
    }

    private static string Synthesised(string root, ProjectFile project)
    {
        var setting = project.ImplicitUsings ?? Inherited(root, project.Folder);
        return setting is "enable" or "true" ? Of(Standard.Concat(project.Usings)) : Of(project.Usings);
    }

    private static string? Inherited(string root, string start)
    {
        var folder = start;
        while (folder is not null && folder.StartsWith(root, StringComparison.Ordinal))
        {
            var properties = Path.Combine(folder, "Directory.Build.props");
            if (File.Exists(properties) && ProjectFile.PropertyOf(properties, "ImplicitUsings") is { } setting)
            {
                return setting;
            }

            folder = Path.GetDirectoryName(folder);
        }

        return null;
    }
}
