namespace Larder.Architecture.Tests.Faces;

/// <summary>The accepted face of a project, kept in a file so that a review sees each change to it.</summary>
internal sealed class FaceFile(string root, string project)
{
    public const string AcceptVariable = "LARDER_ACCEPT_PUBLIC_FACE";
    public const string Folder = "tests/Larder.Architecture.Tests/PublicFace";

    public string RelativePath { get; } = $"{Folder}/{project}.txt";

    private string FullPath => Path.Combine(root, RelativePath);

    public static bool IsAccepting => Environment.GetEnvironmentVariable(AcceptVariable) == "1";

    /// <summary>The projects that have a file.</summary>
    public static IEnumerable<string> Existing(string root)
    {
        var folder = Path.Combine(root, Folder);
        return Directory.Exists(folder)
            ? Directory.EnumerateFiles(folder, "*.txt").Select(path => Path.GetFileNameWithoutExtension(path)).Order(StringComparer.Ordinal)
            : [];
    }

    public void Accept(IReadOnlyList<string> face)
    {
        Directory.CreateDirectory(Path.Combine(root, Folder));
        File.WriteAllText(FullPath, string.Concat(face.Select(line => line + "\n")));
    }

    /// <summary>Empty when the face is the accepted one; otherwise what was added and removed.</summary>
    public string Differences(IReadOnlyList<string> face)
    {
        var accepted = File.Exists(FullPath) ? File.ReadAllLines(FullPath) : [];
        var removed = Without(accepted, face).Select(line => $"  - {line}\n");
        var added = Without(face, accepted).Select(line => $"  + {line}\n");
        var changes = string.Concat(removed.Concat(added));
        if (changes.Length > 0)
        {
            return $"{RelativePath}\n{changes}";
        }

        return face.SequenceEqual(accepted) ? "" : $"{RelativePath}\n  the lines are not in order\n";
    }

    // Two overloads can read alike where only the namespace of a type differs, so lines are counted, not just looked up.
    private static IEnumerable<string> Without(IEnumerable<string> lines, IEnumerable<string> others)
    {
        var left = others.CountBy(line => line).ToDictionary(StringComparer.Ordinal);
        foreach (var line in lines)
        {
            if (left.GetValueOrDefault(line) is var count and > 0)
            {
                left[line] = count - 1;
                continue;
            }

            yield return line;
        }
    }
}
