namespace Larder.HitRatio;

/// <summary>The command. Exit codes: 0 done, 1 the trace could not be read, 2 the arguments were not understood.</summary>
internal static class HitRatioCommand
{
    internal static int Run(IReadOnlyList<string> words, TextWriter output, TextWriter errors)
    {
        if (words.Count == 0 || words.Contains("--help"))
        {
            output.WriteLine(Arguments.Usage);
            return words.Count == 0 ? 2 : 0;
        }

        Arguments asked;
        try
        {
            asked = Arguments.Parse(words);
        }
        catch (TraceException exception)
        {
            errors.WriteLine(exception.Message);
            errors.WriteLine(Arguments.Usage);
            return 2;
        }

        try
        {
            var trace = new TraceReader(asked.Trace, asked.Format).Read().ToList();
            var rows = asked.Capacities.Select(capacity => Measure(trace, capacity, asked)).ToList();
            Report.Print(asked, trace.Count, rows, output);
            return 0;
        }
        catch (Exception exception) when (exception is TraceException or IOException or UnauthorizedAccessException)
        {
            errors.WriteLine(exception.Message);
            return 1;
        }
    }

    internal static Row Measure(IReadOnlyList<Access> trace, long capacity, Arguments asked)
    {
        var sized = asked.IsWeighted ? trace : [.. trace.Select(access => access with { Size = 1 })];
        return new Row(
            capacity,
            LruSimulation.Run(sized, capacity),
            MapSimulation.Run(sized, capacity, asked.IsWeighted, asked.Threads),
            OptimumSimulation.Run(sized, capacity));
    }
}
