using System.Globalization;
using Larder.Memory;

namespace Larder.HitRatio;

/// <summary>What the command line asks for.</summary>
internal sealed record Arguments(string Trace, TraceFormat Format, IReadOnlyList<long> Capacities)
{
    internal const string Usage = """
        Larder.HitRatio --trace FILE --format arc|lirs|csv|oracle --capacity N[,N...] [--weighted] [--threads N] [--json]
          --trace FILE      the trace; gzip is unpacked
          --format          arc: 'start count ignored request' a line; lirs: one number a line, '*' separates;
                            csv: 'key[,size]' a line; oracle: records of 24 bytes (u32 time, u64 id, u32 size, i64 next)
          --capacity N      the sizes to try, in entries, with --weighted in the sizes' unit
          --weighted        bound by the sizes of the objects, and print byte hit ratios too
          --threads N       replay ours with so many threads; default 1, which is reproducible
          --json            print JSON instead of a table
        """;

    private const int MostThreads = 1024;

    internal bool IsWeighted { get; init; }

    internal int Threads { get; init; } = 1;

    internal bool IsJson { get; init; }

    internal static Arguments Parse(IReadOnlyList<string> words)
    {
        string? trace = null;
        TraceFormat? format = null;
        List<long>? capacities = null;
        var asked = new Arguments("", default, []);
        for (var i = 0; i < words.Count; i++)
        {
            switch (words[i])
            {
                case "--weighted":
                    asked = asked with { IsWeighted = true };
                    break;
                case "--json":
                    asked = asked with { IsJson = true };
                    break;
                case "--trace":
                    trace = Value(words, ref i);
                    break;
                case "--format":
                    format = FormatOf(Value(words, ref i));
                    break;
                case "--capacity":
                    capacities = [.. Value(words, ref i).Split(',').Select(word => Number("--capacity", word, BoundedMapOptions<ulong, long>.MaximumCapacity))];
                    break;
                case "--threads":
                    asked = asked with { Threads = (int)Number("--threads", Value(words, ref i), MostThreads) };
                    break;
                default:
                    throw new TraceException($"Unknown argument '{words[i]}'.");
            }
        }

        return asked with
        {
            Trace = trace ?? throw new TraceException("--trace is missing."),
            Format = format ?? throw new TraceException("--format is missing."),
            Capacities = capacities ?? throw new TraceException("--capacity is missing."),
        };
    }

    private static string Value(IReadOnlyList<string> words, ref int i) =>
        i + 1 < words.Count ? words[++i] : throw new TraceException($"{words[i]} needs a value.");

    private static TraceFormat FormatOf(string word) => word switch
    {
        "arc" => TraceFormat.Arc,
        "lirs" => TraceFormat.Lirs,
        "csv" => TraceFormat.Csv,
        "oracle" => TraceFormat.Oracle,
        _ => throw new TraceException($"--format is '{word}'; it takes arc, lirs, csv or oracle."),
    };

    private static long Number(string name, string word, long most) =>
        long.TryParse(word, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number > 0 && number <= most
            ? number
            : throw new TraceException($"{name} has '{word}'; it takes whole numbers from 1 to {most}.");
}
