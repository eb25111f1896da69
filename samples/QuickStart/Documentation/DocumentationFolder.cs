using System.Runtime.InteropServices;

namespace QuickStart.Documentation;

/// <summary>
/// The folder of XML files in which the .NET SDK keeps its reference documentation. It lies in the targeting pack,
/// <c>packs/Microsoft.NETCore.App.Ref/VERSION/ref/FRAMEWORK</c> under the folder that .NET is installed in.
/// </summary>
internal sealed class DocumentationFolder
{
    private const string Pack = "Microsoft.NETCore.App.Ref";

    private DocumentationFolder(string path, string edition)
    {
        Path = path;
        Edition = edition;
        Files = [.. Directory.EnumerateFiles(path, "*.xml").Order(StringComparer.Ordinal)];
        Bytes = Files.Sum(static file => new FileInfo(file).Length);
    }

    internal string Path { get; }

    /// <summary>Which edition of the documentation this is, such as ".NET 10.0.1".</summary>
    internal string Edition { get; }

    internal IReadOnlyList<string> Files { get; }

    internal long Bytes { get; }

    /// <summary>Finds the newest documentation of the SDK, or opens the folder that the user gave.</summary>
    /// <param name="given">The user's folder, or null.</param>
    /// <param name="lookedIn">The folders that were looked in.</param>
    internal static DocumentationFolder? Find(string? given, out IReadOnlyList<string> lookedIn)
    {
        if (given is not null)
        {
            lookedIn = [System.IO.Path.GetFullPath(given)];
            return HasDocumentation(given) ? new DocumentationFolder(lookedIn[0], "the given folder") : null;
        }

        var packs = PackFolders().Distinct(StringComparer.Ordinal).ToList();
        lookedIn = packs;
        return packs
            .Where(Directory.Exists)
            .SelectMany(Directory.EnumerateDirectories)
            .OrderByDescending(static version => VersionOf(version))
            .SelectMany(FrameworksOf)
            .FirstOrDefault();
    }

    /// <summary>What to tell a user who has no documentation.</summary>
    internal static string Missing(IReadOnlyList<string> lookedIn)
    {
        var places = string.Join('\n', lookedIn.Select(static folder => "    " + folder));
        return $"""
            The .NET reference documentation was not found, and without it there is nothing to cache.

            Looked for XML files, as the SDK keeps them in VERSION/ref/FRAMEWORK/*.xml, in:

            {places}

            They come with the .NET SDK from https://dotnet.microsoft.com/download. The runtime alone has none.
            Some Linux distributions leave them out of their SDK.
            If you have them elsewhere, name the folder: --docs FOLDER.
            """;
    }

    private static IEnumerable<DocumentationFolder> FrameworksOf(string version)
    {
        var references = System.IO.Path.Combine(version, "ref");
        return !Directory.Exists(references)
            ? []
            : Directory.EnumerateDirectories(references)
                .Where(HasDocumentation)
                .OrderDescending(StringComparer.Ordinal)
                .Select(framework => new DocumentationFolder(framework, ".NET " + System.IO.Path.GetFileName(version)));
    }

    private static IEnumerable<string> PackFolders()
    {
        foreach (var root in InstallFolders())
        {
            yield return System.IO.Path.Combine(root, "packs", Pack);
        }

        // A build without an installed targeting pack restores it as a package, documentation included.
        var packages = Environment.GetEnvironmentVariable("NUGET_PACKAGES")
            ?? System.IO.Path.Combine(Home(), ".nuget", "packages");
        yield return System.IO.Path.Combine(packages, Pack.ToLowerInvariant());
    }

    private static string Home() =>
        Environment.GetFolderPath(Environment.SpecialFolder.UserProfile, Environment.SpecialFolderOption.DoNotVerify);

    /// <summary>Where .NET may be installed: what the environment says, what runs this program, and what the shell would run.</summary>
    private static IEnumerable<string> InstallFolders()
    {
        if (Environment.GetEnvironmentVariable("DOTNET_ROOT") is { Length: > 0 } root)
        {
            yield return System.IO.Path.GetFullPath(root);
        }

        if (FolderOf(Environment.GetEnvironmentVariable("DOTNET_HOST_PATH")) is { } host)
        {
            yield return host;
        }

        // The runtime is in shared/Microsoft.NETCore.App/VERSION of the same installation.
        var folder = new DirectoryInfo(RuntimeEnvironment.GetRuntimeDirectory());
        while (folder is not null && folder.Name != "shared")
        {
            folder = folder.Parent;
        }

        if (folder?.Parent is { } installation)
        {
            yield return installation.FullName;
        }

        var program = OperatingSystem.IsWindows() ? "dotnet.exe" : "dotnet";
        var shell = (Environment.GetEnvironmentVariable("PATH") ?? "")
            .Split(System.IO.Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
            .Select(path => FolderOf(System.IO.Path.Combine(path, program)))
            .FirstOrDefault(static found => found is not null);
        if (shell is not null)
        {
            yield return shell;
        }
    }

    /// <summary>The folder of a program, links followed; null when it is not there.</summary>
    private static string? FolderOf(string? program)
    {
        if (!File.Exists(program))
        {
            return null;
        }

        var target = File.ResolveLinkTarget(program, returnFinalTarget: true)?.FullName ?? System.IO.Path.GetFullPath(program);
        return System.IO.Path.GetDirectoryName(target);
    }

    private static bool HasDocumentation(string folder) =>
        Directory.Exists(folder) && Directory.EnumerateFiles(folder, "*.xml").Any();

    /// <summary>The version in the folder's name, to be sorted by: a preview comes before its release.</summary>
    private static (Version Number, bool IsRelease, string Name) VersionOf(string folder)
    {
        var name = System.IO.Path.GetFileName(folder);
        var dash = name.IndexOf('-', StringComparison.Ordinal);
        return Version.TryParse(dash < 0 ? name : name[..dash], out var number)
            ? (number, dash < 0, name)
            : (new Version(), dash < 0, name);
    }
}
