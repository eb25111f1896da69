using Larder;

namespace QuickStart.Showing;

/// <summary>What one or more caches counted, one numbered row for each.</summary>
internal static class StatisticsTable
{
    private const int NumberWidth = 3;

    private static readonly (string Title, Func<CacheStatistics, string> Value)[] Columns =
    [
        ("answers", static counted => $"{counted.Requests:N0}"),
        ("Hit", static counted => $"{counted.Hits:N0}"),
        ("Stale", static counted => $"{counted.StaleHits:N0}"),
        ("Miss", static counted => $"{counted.Misses:N0}"),
        ("Fallback", static counted => $"{counted.Fallbacks:N0}"),
        ("Absent", static counted => $"{counted.Absences:N0}"),
        ("loads", static counted => $"{counted.SourceCalls:N0}"),
        ("ratio", static counted => $"{counted.HitRatio:P0}"),
    ];

    internal static void Show(IReadOnlyList<(int Number, string Name, CacheStatistics Counted)> rows, Terminal terminal)
    {
        var widths = Columns
            .Select(column => 2 + Math.Max(column.Title.Length, rows.Max(row => column.Value(row.Counted).Length)))
            .ToList();
        var names = rows.Max(static row => row.Name.Length);
        if (NumberWidth + widths.Sum() > terminal.Width)
        {
            ShowSideways(rows, terminal);
            return;
        }

        // The number says which scene a row is about; the name stands beside it where there is room.
        names = NumberWidth + names + widths.Sum() <= terminal.Width ? names : 0;
        Row("", "", static column => column.Title, Tone.Quiet);
        foreach (var row in rows)
        {
            Row($"{row.Number}", row.Name, column => column.Value(row.Counted), Tone.Plain);
        }

        void Row(string number, string name, Func<(string Title, Func<CacheStatistics, string> Value), string> cell, Tone tone)
        {
            var cells = string.Concat(Columns.Select((column, i) => cell(column).PadLeft(widths[i])));
            terminal.Line(number.PadRight(NumberWidth) + (names > 0 ? name.PadRight(names) : "") + cells, tone);
        }
    }

    private static void ShowSideways(IReadOnlyList<(int Number, string Name, CacheStatistics Counted)> rows, Terminal terminal)
    {
        foreach (var (number, _, counted) in rows)
        {
            var cells = Columns
                .Select(column => (column.Title, Value: column.Value(counted)))
                .Where(static cell => cell.Value != "0")
                .Select(static cell => $"{cell.Title} {cell.Value}");
            terminal.Paragraph(string.Join(", ", cells), label: $"{number}".PadRight(NumberWidth));
        }
    }
}
