using System.Globalization;
using System.Text.Json;

namespace Larder.HitRatio;

/// <summary>Prints the results, as a table or as JSON.</summary>
internal static class Report
{
    internal static void Print(Arguments asked, int requests, IReadOnlyList<Row> rows, TextWriter output)
    {
        if (asked.IsJson)
        {
            output.WriteLine(Json(asked, requests, rows));
            return;
        }

        output.WriteLine($"{Path.GetFileName(asked.Trace)}: {requests.ToString("N0", CultureInfo.InvariantCulture)} requests, hit ratio in percent");
        var heads = asked.IsWeighted ? new[] { "LRU", "ours", "optimum", "LRU B", "ours B", "optimum B" } : ["LRU", "ours", "optimum"];
        output.WriteLine($"{"capacity",14}" + string.Concat(heads.Select(head => $"{head,11}")));
        foreach (var row in rows)
        {
            Ratio[] all = [row.Lru, row.Ours, row.Optimum];
            var cells = all.Select(ratio => ratio.Percent).Concat(asked.IsWeighted ? all.Select(ratio => ratio.BytePercent) : []);
            output.WriteLine(
                row.Capacity.ToString(CultureInfo.InvariantCulture).PadLeft(14)
                + string.Concat(cells.Select(cell => cell.ToString("F2", CultureInfo.InvariantCulture).PadLeft(11))));
        }

        if (asked.IsWeighted)
        {
            output.WriteLine("With sizes the optimum is Belady's rule applied greedily: a yardstick, not a bound.");
        }
    }

    private static string Json(Arguments asked, int requests, IReadOnlyList<Row> rows)
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream, new JsonWriterOptions { Indented = true }))
        {
            json.WriteStartObject();
            json.WriteString("trace", asked.Trace);
            json.WriteNumber("requests", requests);
            json.WriteBoolean("weighted", asked.IsWeighted);
            json.WriteNumber("threads", asked.Threads);
            json.WriteStartArray("rows");
            foreach (var row in rows)
            {
                json.WriteStartObject();
                json.WriteNumber("capacity", row.Capacity);
                Write(json, "lru", row.Lru, asked.IsWeighted);
                Write(json, "ours", row.Ours, asked.IsWeighted);
                Write(json, "optimum", row.Optimum, asked.IsWeighted);
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        return System.Text.Encoding.UTF8.GetString(stream.ToArray());
    }

    private static void Write(Utf8JsonWriter json, string name, in Ratio ratio, bool weighted)
    {
        json.WriteNumber(name, Math.Round(ratio.Percent, 4));
        if (weighted)
        {
            json.WriteNumber(name + "Bytes", Math.Round(ratio.BytePercent, 4));
        }
    }
}
