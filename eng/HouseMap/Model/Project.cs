using HouseMap.Reading;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace HouseMap.Model;

/// <summary>One project: its compilation, its files, its rooms, and which room uses which.</summary>
internal sealed class Project
{
    private readonly Dictionary<SyntaxTree, SourceFile> _filesByTree;
    private readonly Lazy<IReadOnlyList<RoomUse>> _roomUses;

    public Project(
        string name, string folder, IReadOnlyList<string> references, CSharpCompilation compilation, IReadOnlyList<SourceFile> files)
    {
        Name = name;
        Folder = folder;
        References = references;
        Compilation = compilation;
        Files = files;
        _filesByTree = files.ToDictionary(file => file.Tree);
        Rooms = [.. files
            .GroupBy(file => file.Room, StringComparer.Ordinal)
            .Select(group => new Room(group.Key, [.. group]))
            .OrderBy(room => room.Name, StringComparer.Ordinal)];
        _roomUses = new Lazy<IReadOnlyList<RoomUse>>(() => RoomUseReader.Read(this));
    }

    public string Name { get; }

    /// <summary>The project's folder below the repository's root, with forward slashes: "src/Larder".</summary>
    public string Folder { get; }

    /// <summary>The names of the projects under src/ that this one references.</summary>
    public IReadOnlyList<string> References { get; }

    public CSharpCompilation Compilation { get; }

    public IReadOnlyList<SourceFile> Files { get; }

    public IReadOnlyList<Room> Rooms { get; }

    /// <summary>Every place where a room uses a type or a member that another room of this project declares.</summary>
    public IReadOnlyList<RoomUse> RoomUses => _roomUses.Value;

    public int Lines => Files.Sum(file => file.Lines.Total);

    public SourceFile? FileOf(SyntaxTree tree) => _filesByTree.GetValueOrDefault(tree);

    public IReadOnlySet<string> RoomsUsedBy(string room) =>
        RoomUses.Where(use => use.From == room).Select(use => use.To).ToHashSet(StringComparer.Ordinal);

    public IReadOnlyDictionary<string, IReadOnlySet<string>> RoomGraph() =>
        Rooms.ToDictionary(room => room.Name, room => RoomsUsedBy(room.Name), StringComparer.Ordinal);
}
