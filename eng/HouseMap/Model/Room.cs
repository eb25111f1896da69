namespace HouseMap.Model;

/// <summary>A folder on the first level below its project; the project's own folder is the room <see cref="RootName"/>.</summary>
internal sealed class Room(string name, IReadOnlyList<SourceFile> files)
{
    public const string RootName = "(root)";

    public string Name { get; } = name;

    public IReadOnlyList<SourceFile> Files { get; } = files;

    public int Lines => Files.Sum(file => file.Lines.Total);

    /// <summary>The room of a file, from its path below the project's folder.</summary>
    public static string Of(string pathInProject)
    {
        var slash = pathInProject.IndexOf('/', StringComparison.Ordinal);
        return slash < 0 ? RootName : pathInProject[..slash];
    }
}
