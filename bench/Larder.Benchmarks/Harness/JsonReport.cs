using System.Text;
using System.Text.Json;

namespace Larder.Benchmarks.Harness;

/// <summary>One JSON object a line, for whoever collects measurements: one line for each row and peer.</summary>
internal static class JsonReport
{
    private const int Decimals = 3;

    internal static void Write(TextWriter output, Suite suite, SuiteResult result)
    {
        foreach (var row in result.Rows)
        {
            output.WriteLine(Line(suite, row));
        }
    }

    private static string Line(Suite suite, Row row)
    {
        using var bytes = new MemoryStream();
        using (var json = new Utf8JsonWriter(bytes))
        {
            json.WriteStartObject();
            json.WriteString("suite", suite.Name);
            json.WriteString("row", row.Id);
            json.WriteNumber("value", Math.Round(row.Value.Median, Decimals));
            json.WriteString("unit", Unit(row.Metric));
            WriteNumber(json, "bytes", row.Bytes);
            json.WriteString("to", row.To);
            WriteNumber(json, "ratio", row.Ratio);
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(bytes.ToArray());
    }

    private static string Unit(Metric metric) => metric switch
    {
        Metric.Time => "ns",
        Metric.Throughput => "ops/s",
        Metric.Size => "B",
        _ => "%",
    };

    private static void WriteNumber(Utf8JsonWriter json, string name, double? value)
    {
        if (value is { } given)
        {
            json.WriteNumber(name, Math.Round(given, Decimals));
        }
        else
        {
            json.WriteNull(name);
        }
    }
}
