using System.Diagnostics;
using System.Runtime;

namespace Larder.Benchmarks.Harness;

/// <summary>Contestants who take turns.</summary>
internal static class Race
{
    private const int FewestRounds = 15;
    private const int FewestBursts = 4;
    private const int QuietBursts = 2;
    private const int MostBursts = 25;

    // On a machine that is busy with other things the rest of the rounds is dropped.
    private static readonly TimeSpan LongEnough = TimeSpan.FromSeconds(35);

    // The JIT compiler improves methods in the background once no new ones have been seen for 100 ms.
    private static readonly TimeSpan TieringPause = TimeSpan.FromMilliseconds(150);

    /// <summary>Warms everybody up, and then lets them run in turn, that many rounds at most.</summary>
    internal static RaceResult Run(int rounds, params IReadOnlyList<Contestant> contestants)
    {
        try
        {
            WarmUp(contestants);
            foreach (var contestant in contestants)
            {
                contestant.Calibrate();
            }

            // Everything that was set up moves together into the oldest generation, so that no collection in a
            // round has to carry it there.
            GC.Collect(GC.MaxGeneration, GCCollectionMode.Forced, blocking: true, compacting: true);
            var results = new RaceResult();
            var start = Stopwatch.GetTimestamp();
            for (var i = 0; i < rounds && (i < FewestRounds || Stopwatch.GetElapsedTime(start) < LongEnough); i++)
            {
                foreach (var contestant in contestants)
                {
                    results.Add(contestant.Name, contestant.Measure());
                }
            }

            return results;
        }
        finally
        {
            foreach (var contestant in contestants)
            {
                contestant.Dispose();
            }
        }
    }

    /// <summary>
    /// Short bursts with pauses in between, until some of them go by without any method being compiled: then all that
    /// is called often has reached the last tier, its profile taken into account.
    /// </summary>
    private static void WarmUp(IReadOnlyList<Contestant> contestants)
    {
        var quiet = 0;
        for (var burst = 1; burst <= MostBursts && (burst <= FewestBursts || quiet < QuietBursts); burst++)
        {
            var before = JitInfo.GetCompiledMethodCount(currentThread: false);
            foreach (var contestant in contestants)
            {
                contestant.WarmUp();
            }

            Thread.Sleep(TieringPause);
            quiet = JitInfo.GetCompiledMethodCount(currentThread: false) == before ? quiet + 1 : 0;
        }
    }
}
