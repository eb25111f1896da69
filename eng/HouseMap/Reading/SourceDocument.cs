namespace HouseMap.Reading;

/// <summary>The text of one file before it is parsed. The path is below the repository's root, with forward slashes.</summary>
internal sealed record SourceDocument(string Path, string Text);
