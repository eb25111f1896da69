using Microsoft.CodeAnalysis;

namespace HouseMap.Reading;

/// <summary>
/// The assemblies of the .NET runtime that this process runs on. The list of trusted assemblies also holds this process's own
/// packages, which no project under src/ may see by accident; therefore only the runtime's folder counts.
/// </summary>
internal static class PlatformAssemblies
{
    private static readonly Lazy<IReadOnlyList<MetadataReference>> Loaded = new(Read);

    public static IReadOnlyList<MetadataReference> Load() => Loaded.Value;

    /// <summary>The assemblies of another framework installed beside the runtime, such as Microsoft.AspNetCore.App.</summary>
    public static IEnumerable<string> OfFramework(string name)
    {
        var runtime = new DirectoryInfo(RuntimeFolder());
        var shared = runtime.Parent?.Parent;
        var versions = shared is null ? null : new DirectoryInfo(Path.Combine(shared.FullName, name));
        if (versions is not { Exists: true })
        {
            return [];
        }

        var version = versions.EnumerateDirectories().FirstOrDefault(folder => folder.Name == runtime.Name)
            ?? versions.EnumerateDirectories().MaxBy(folder => Version.TryParse(folder.Name, out var number) ? number : new Version());
        return version is null ? [] : Directory.EnumerateFiles(version.FullName, "*.dll");
    }

    private static List<MetadataReference> Read()
    {
        var folder = RuntimeFolder();
        var trusted = AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES") as string ?? "";
        return [.. trusted
            .Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
            .Where(path => Path.GetDirectoryName(path) == folder)
            .Select(path => MetadataReference.CreateFromFile(path))];
    }

    private static string RuntimeFolder() => Path.GetDirectoryName(typeof(object).Assembly.Location) ?? "";
}
