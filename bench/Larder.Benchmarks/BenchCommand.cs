using System.Diagnostics;
using Larder.Benchmarks.Harness;

namespace Larder.Benchmarks;

/// <summary>
/// <c>eng/bench SUITE… [--json]</c>: measures the named suites, each in a process of its own, and prints their rows.
/// </summary>
/// <remarks>
/// <para>
/// How it measures. A suite is one race: its contestants (the peers and Larder) take turns in one process, A B C A B
/// C …, in rounds of some tens of milliseconds, after a warm-up that ends only when the JIT compiler has nothing left
/// to improve. A row shows the median of its rounds and their tenth and ninetieth percentile. A ratio is the median of
/// the ratios of single rounds: what disturbs the machine for a second disturbs neighbours in one round alike, so it
/// moves the ratio far less than it moves the times. What never waits is timed by the processor time of its threads;
/// what waits, or is over at once, by the clock, and those figures need a machine that has little else to do.
/// </para>
/// <para>
/// What it does not do: no operation is called through a delegate (every loop is written out), no key that is asked
/// for is the instance that was stored, and a loop that finds less than it should ends the run with an error rather
/// than with a fast number. Bytes are counted by the runtime, not sampled.
/// </para>
/// <para>A missed target is a measurement, not an error: the exit code is 0. Bad arguments: 2.</para>
/// </remarks>
internal static class BenchCommand
{
    private const int Success = 0;
    private const int BadArguments = 2;

    internal static int Run(string[] args, TextWriter output, TextWriter errors)
    {
        if (!BenchArguments.TryRead(args, out var arguments, out var problem))
        {
            errors.WriteLine(problem);
            return BadArguments;
        }

        if (arguments.Suites.Count == 0)
        {
            List(output);
            return Success;
        }

        if (arguments.Suites.Count == 1)
        {
            Measure(arguments.Suites[0], arguments.IsJson, output);
            return Success;
        }

        foreach (var suite in arguments.Suites)
        {
            var exitCode = MeasureApart(suite, arguments.IsJson);
            if (exitCode != Success)
            {
                return exitCode;
            }
        }

        return Success;
    }

    private static void Measure(Suite suite, bool isJson, TextWriter output)
    {
        var result = suite.Run();
        if (isJson)
        {
            JsonReport.Write(output, suite, result);
        }
        else
        {
            TextReport.Write(output, suite, result);
        }
    }

    /// <summary>
    /// Measures in a process of its own: the JIT compiler shapes a method by its first calls, so after a suite of
    /// misses the hits would run other code than alone.
    /// </summary>
    private static int MeasureApart(Suite suite, bool isJson)
    {
        var host = Environment.ProcessPath ?? throw new InvalidOperationException("The path of this program is unknown.");
        var start = new ProcessStartInfo(host);
        if (Path.GetFileNameWithoutExtension(host) == "dotnet")
        {
            start.ArgumentList.Add(Environment.GetCommandLineArgs()[0]);
        }

        start.ArgumentList.Add(suite.Name);
        if (isJson)
        {
            start.ArgumentList.Add(BenchArguments.JsonOption);
        }

        using var process = Process.Start(start) ?? throw new InvalidOperationException($"{host} did not start.");
        process.WaitForExit();
        return process.ExitCode;
    }

    private static void List(TextWriter output)
    {
        output.WriteLine("eng/bench SUITE… [--json]");
        output.WriteLine();
        foreach (var suite in SuiteCatalog.All)
        {
            output.WriteLine($"  {suite.Name,-10} {suite.Description}");
        }

        output.WriteLine($"  {SuiteCatalog.Everything,-10} All of them.");
    }
}
