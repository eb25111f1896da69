using System.Xml;
using System.Xml.Linq;

namespace HouseMap.Reading;

/// <summary>
/// What is read from a .csproj. It is read as text, not evaluated by MSBuild: the projects of this repository say what they
/// reference in plain items, and evaluating would cost seconds.
/// </summary>
internal sealed class ProjectFile
{
    private ProjectFile(string path, XDocument document)
    {
        Name = Path.GetFileNameWithoutExtension(path);
        Folder = Path.GetDirectoryName(path) ?? throw new HouseException($"{path} has no folder.");
        References = [.. Items(document, "ProjectReference")
            .Select(include => Path.GetFileNameWithoutExtension(include.Replace('\\', '/')))];
        Usings = [.. Items(document, "Using")];
        Friends = [.. Items(document, "InternalsVisibleTo")];
        ImplicitUsings = Property(document, "ImplicitUsings");
    }

    public string Name { get; }

    public string Folder { get; }

    /// <summary>The names of all referenced projects, also of those outside src/.</summary>
    public IReadOnlyList<string> References { get; }

    /// <summary>The namespaces of the project's Using items.</summary>
    public IReadOnlyList<string> Usings { get; }

    /// <summary>The assemblies that see the project's internals, as far as the project itself names them.</summary>
    public IReadOnlyList<string> Friends { get; }

    /// <summary>The project's own setting; null leaves it to Directory.Build.props.</summary>
    public string? ImplicitUsings { get; }

    public static ProjectFile Read(string path) => new(path, Load(path));

    public static string? PropertyOf(string path, string name) => Property(Load(path), name);

    private static XDocument Load(string path)
    {
        try
        {
            return XDocument.Load(path);
        }
        catch (XmlException exception)
        {
            throw new HouseException($"{path} is not well-formed: {exception.Message}");
        }
    }

    private static IEnumerable<string> Items(XDocument document, string name) =>
        document.Descendants()
            .Where(element => element.Name.LocalName == name)
            .Select(element => element.Attribute("Include")?.Value)
            .OfType<string>();

    private static string? Property(XDocument document, string name) =>
        document.Descendants()
            .Where(element => element.Name.LocalName == name && element.Parent?.Name.LocalName == "PropertyGroup")
            .Select(element => element.Value.Trim())
            .LastOrDefault();
}
