using System.Globalization;

namespace Larder.Node.Histories;

/// <summary>The keys of a history: few, so that calls meet.</summary>
public static class HistoryKeys
{
    /// <summary>How many there are.</summary>
    public const int Count = 8;

    /// <summary>Their names.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. Enumerable.Range(0, Count).Select(NameOf)];

    internal static string NameOf(int key) => string.Create(CultureInfo.InvariantCulture, $"k{key}");
}
