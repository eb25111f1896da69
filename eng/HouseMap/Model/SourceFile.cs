using HouseMap.Reading;
using Microsoft.CodeAnalysis;

namespace HouseMap.Model;

/// <summary>One source file with its syntax, its semantics, and the symbols that it names.</summary>
internal sealed class SourceFile
{
    private readonly Lazy<FileNames> _names;

    public SourceFile(string path, string room, SyntaxTree tree, SemanticModel semantics)
    {
        Path = path;
        Room = room;
        Tree = tree;
        Semantics = semantics;
        Root = tree.GetRoot();
        Lines = new CodeLines(tree.GetText(), Root);
        _names = new Lazy<FileNames>(() => NameReader.Read(Root, Semantics));
    }

    /// <summary>The path below the repository's root, with forward slashes.</summary>
    public string Path { get; }

    public string Room { get; }

    public SyntaxTree Tree { get; }

    public SemanticModel Semantics { get; }

    public SyntaxNode Root { get; }

    public CodeLines Lines { get; }

    public FileNames Names => _names.Value;

    /// <summary>The line of a node as an editor counts it, from 1.</summary>
    public int LineOf(SyntaxNode node) => Lines.LineAt(node.SpanStart);
}
