using System.Collections.Concurrent;
using System.Globalization;

namespace Larder.Simulation.Tests;

/// <summary>
/// The promise, over worlds made from seeds. <c>eng/simulate</c> runs any number of them, or one with its trace.
/// </summary>
public sealed class SimulationTests(ITestOutputHelper output)
{
    private const int SeedsByDefault = 20_000;

    [Fact]
    public void NoNode_IsServedWhatWasRemoved_WhateverHappens()
    {
        var first = Setting("LARDER_SIMULATION_SEED", 1);
        var seeds = Setting("LARDER_SIMULATION_SEEDS", SeedsByDefault);
        var traces = Environment.GetEnvironmentVariable("LARDER_SIMULATION_TRACE") == "1";
        long reads = 0;
        long changes = 0;
        var broken = new ConcurrentDictionary<int, string>();

        // Worlds share nothing, so each processor runs its own.
        Parallel.For(first, first + seeds, (seed, loop) =>
        {
            var run = new SimulatedRun(seed, traces);
            try
            {
                run.Run();
            }
            catch (Exception failed)
            {
                broken[seed] = $"Seed {seed}: {(failed is BrokenPromiseException ? failed.Message : failed)}. Replay it with: eng/simulate --seed {seed} --trace";
                loop.Stop();
            }

            Interlocked.Add(ref reads, run.History.Reads);
            Interlocked.Add(ref changes, run.History.Changes);
            if (traces)
            {
                output.WriteLine(run.Trace);
            }
        });
        Assert.True(broken.IsEmpty, string.Join(Environment.NewLine, broken.OrderBy(one => one.Key).Select(one => one.Value)));

        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{seeds} seeds from {first}: {reads} answers checked against {changes} completed changes."));

        // A simulation in which nothing is answered proves nothing.
        Assert.True(reads > 5L * seeds && changes > seeds, $"Only {reads} answers and {changes} changes in {seeds} seeds.");
    }

    private static int Setting(string name, int otherwise) =>
        int.TryParse(Environment.GetEnvironmentVariable(name), CultureInfo.InvariantCulture, out var given) ? given : otherwise;
}
