using System.Runtime;
using System.Runtime.InteropServices;

namespace Larder.Benchmarks.Harness;

/// <summary>A table for people: what was measured, how far it scatters, and whether the targets are met.</summary>
internal static class TextReport
{
    private const string Nothing = "-";
    private const double LongestInNanoseconds = 10e3;
    private const double LongestInMicroseconds = 10e6;
    private static readonly string[] Head = ["row", "median", "p10..p90", "bytes", "beside", "ratio", "target", "met"];

    internal static void Write(TextWriter output, Suite suite, SuiteResult result)
    {
        output.WriteLine($"{suite.Name}: {suite.Description} ({RuntimeInformation.FrameworkDescription}, {Environment.ProcessorCount} cores, {Collector()} GC)");
        List<string[]> lines = [Head];
        lines.AddRange(result.Rows.Select(Cells));
        lines.AddRange(result.Peers.Select(Cells));
        WriteTable(output, lines);
        output.WriteLine();
    }

    private static string[] Cells(Row row)
    {
        var target = Targets.Of(row);
        var (divisor, unit) = Scale(row.Value.Median, row.Metric);
        return
        [
            row.Id,
            $"{row.Value.Median / divisor:0.0} {unit}",
            $"{row.Value.Low / divisor:0.0}..{row.Value.High / divisor:0.0}",
            row.Bytes is { } bytes ? $"{bytes:0.#} B" : Nothing,
            row.To ?? Nothing,
            row.Ratio is { } ratio ? $"{ratio:0.00}×" : Nothing,
            target?.ToString() ?? Nothing,
            target is null ? Nothing : target.IsMet(row) ? "yes" : "NO",
        ];
    }

    private static void WriteTable(TextWriter output, List<string[]> lines)
    {
        var widths = new int[Head.Length];
        foreach (var line in lines)
        {
            for (var i = 0; i < widths.Length; i++)
            {
                widths[i] = Math.Max(widths[i], line[i].Length);
            }
        }

        foreach (var line in lines)
        {
            var cells = line.Select((cell, i) => IsText(i) ? cell.PadRight(widths[i]) : cell.PadLeft(widths[i]));
            output.WriteLine("  " + string.Join("  ", cells).TrimEnd());
        }
    }

    private static bool IsText(int column) => Head[column] is "row" or "beside" or "target" or "met";

    /// <summary>By what a value is divided so that its digits can be read, and the unit of what is left.</summary>
    private static (double Divisor, string Unit) Scale(double value, Metric metric) => metric switch
    {
        Metric.Time when value >= LongestInMicroseconds => (1e6, "ms"),
        Metric.Time when value >= LongestInNanoseconds => (1e3, "µs"),
        Metric.Time => (1, "ns"),
        Metric.Throughput => (1e6, "M/s"),
        Metric.Size => (1, "B"),
        _ => (1, "%"),
    };

    private static string Collector() => GCSettings.IsServerGC ? "server" : "workstation";
}
