namespace HouseMap.Drawing;

/// <summary>The place in docs/architecture.md that holds the diagrams: between two markers, which stay.</summary>
internal static class ArchitectureDocument
{
    public const string RelativePath = "docs/architecture.md";
    public const string BeginMarker = "<!-- map:begin -->";
    public const string EndMarker = "<!-- map:end -->";

    /// <summary>The text between the markers, without the line breaks around it.</summary>
    public static string Read(string root)
    {
        var text = Load(root);
        var (begin, end) = Block(text);
        return text[begin..end].Trim('\n');
    }

    public static void Replace(string root, string diagrams)
    {
        var text = Load(root);
        var (begin, end) = Block(text);
        File.WriteAllText(Path.Combine(root, RelativePath), $"{text[..begin]}\n{diagrams.Trim('\n')}\n{text[end..]}");
    }

    private static string Load(string root)
    {
        var path = Path.Combine(root, RelativePath);
        return File.Exists(path)
            ? File.ReadAllText(path).ReplaceLineEndings("\n")
            : throw new HouseException(
                $"{RelativePath} does not exist; create it with the lines {BeginMarker} and {EndMarker},"
                + " then run eng/map --mermaid --write.");
    }

    private static (int Begin, int End) Block(string text)
    {
        var begin = text.IndexOf(BeginMarker, StringComparison.Ordinal);
        var end = text.IndexOf(EndMarker, StringComparison.Ordinal);
        return begin >= 0 && end > begin
            ? (begin + BeginMarker.Length, end)
            : throw new HouseException(
                $"{RelativePath} needs the line {BeginMarker} and below it the line {EndMarker}; the diagrams go between them.");
    }
}
