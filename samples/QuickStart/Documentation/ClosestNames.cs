namespace QuickStart.Documentation;

/// <summary>Finds the names that a misspelt one may have meant.</summary>
internal static class ClosestNames
{
    /// <summary>The closest first: by the last part of the name, which people remember best, and then by the whole.</summary>
    internal static IReadOnlyList<string> To(string name, IEnumerable<string> candidates, int count)
    {
        var last = LastPart(name);
        return
        [
            .. candidates
                .Distinct(StringComparer.Ordinal)
                .Select(candidate => (Name: candidate, OfLast: Distance(last, LastPart(candidate)), OfAll: Distance(name, candidate)))
                .OrderBy(static candidate => Math.Min((2 * candidate.OfLast) + 1, candidate.OfAll))
                .ThenBy(static candidate => candidate.OfAll)
                .ThenBy(static candidate => candidate.Name, StringComparer.Ordinal)
                .Take(count)
                .Select(static candidate => candidate.Name),
        ];
    }

    private static string LastPart(string name)
    {
        var plain = name.IndexOf('<', StringComparison.Ordinal) is > 0 and var bracket ? name[..bracket] : name;
        return plain[(plain.LastIndexOf('.') + 1)..];
    }

    /// <summary>Levenshtein's edit distance, without regard to case.</summary>
    private static int Distance(string one, string other)
    {
        var row = Enumerable.Range(0, other.Length + 1).ToArray();
        for (var i = 1; i <= one.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= other.Length; j++)
            {
                var replaced = diagonal + (char.ToLowerInvariant(one[i - 1]) == char.ToLowerInvariant(other[j - 1]) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.Min(replaced, Math.Min(row[j], row[j - 1]) + 1);
            }
        }

        return row[^1];
    }
}
