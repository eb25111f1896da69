using System.Globalization;
using Larder.Tests.Coherence.Kit;

namespace Larder.Tests.Coherence;

/// <summary>Three nodes at Strict over a cluster whose slots move, in any order of steps; a failure names its seed, which replays exactly. Set LARDER_COHERENCE_SEEDS for more.</summary>
public sealed class ThreeNodesOnAClusterTests
{
    private const int UsualSeeds = 300;

    [Fact]
    public void AnyOrder_OfStepsMovesAndLosses_NeverAnswersWhatWasRemoved()
    {
        var seeds = int.TryParse(Environment.GetEnvironmentVariable("LARDER_COHERENCE_SEEDS"), CultureInfo.InvariantCulture, out var given) ? given : UsualSeeds;
        var (hits, joins, changes, kept, strays) = (0, 0, 0, 0, 0L);
        for (var seed = 1; seed <= seeds; seed++)
        {
            var run = new ClusterRun(seed);
            run.Run();
            hits += run.Seen.Hits;
            joins += run.Seen.Joins;
            changes += run.Seen.Changes;
            kept += run.Seen.Kept;
            strays += run.Seen.Strays;
        }

        // Otherwise it would prove nothing.
        Assert.True(
            hits > seeds && joins > seeds && changes > seeds && kept > seeds && strays > seeds,
            $"{hits} hits, {joins} joins, {changes} changes, {kept} kept, {strays} strays.");
    }
}
