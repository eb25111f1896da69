using Larder.Tests.Coherence.Kit;

namespace Larder.Tests.Coherence;

/// <summary>Three nodes at Strict in any order of steps; a failure names its seed, which replays exactly.</summary>
public sealed class ThreeNodesTests
{
    private const int Seeds = 300;

    [Fact]
    public void AnyOrder_OfStepsLossesAndEvictions_NeverAnswersWhatWasRemoved()
    {
        var (hits, joins, changes, kept) = (0, 0, 0, 0);
        for (var seed = 1; seed <= Seeds; seed++)
        {
            var run = new RandomRun(seed);
            run.Run();
            hits += run.Seen.Hits;
            joins += run.Seen.Joins;
            changes += run.Seen.Changes;
            kept += run.Seen.Kept;
        }

        // Otherwise it would prove nothing.
        Assert.True(hits > Seeds && joins > Seeds && changes > Seeds && kept > Seeds, $"{hits} hits, {joins} joins, {changes} changes, {kept} kept.");
    }
}
