using Microsoft.CodeAnalysis;

namespace HouseMap.Reading;

/// <summary>Everything that a project is made from: from disk in the command, from memory in the tests of the rules.</summary>
internal sealed record ProjectSource
{
    public required string Name { get; init; }

    /// <summary>The project's folder below the repository's root: "src/Larder".</summary>
    public required string Folder { get; init; }

    public required IReadOnlyList<SourceDocument> Documents { get; init; }

    /// <summary>The names of the referenced projects of the same house.</summary>
    public IReadOnlyList<string> References { get; init; } = [];

    public IReadOnlyList<MetadataReference> Assemblies { get; init; } = [];

    /// <summary>The assemblies that see the project's internals.</summary>
    public IReadOnlyList<string> Friends { get; init; } = [];

    /// <summary>The source text of the global usings that the SDK would generate.</summary>
    public string GlobalUsings { get; init; } = "";
}
