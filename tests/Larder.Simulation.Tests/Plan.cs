namespace Larder.Simulation.Tests;

/// <summary>What kind of world a seed makes.</summary>
/// <param name="Level">The level of coherence.</param>
/// <param name="AnnouncesInOrder">False for announcements that are messages, which may come late, twice or never.</param>
/// <param name="QueuesRemovals">Whether removals are queued while the authority is away.</param>
/// <param name="ServesStale">Whether entries have a stale time.</param>
/// <param name="FallsBack">Whether entries have a fallback time.</param>
/// <param name="Faults">How likely a step of the plan is a fault.</param>
/// <param name="Actions">How many steps the plan has.</param>
internal sealed record Plan(CoherenceLevel Level, bool AnnouncesInOrder, bool QueuesRemovals, bool ServesStale, bool FallsBack, double Faults, int Actions)
{
    internal TimeSpan Lease { get; } = TimeSpan.FromSeconds(1);

    internal static Plan Of(Random chance)
    {
        var kind = chance.Next(7);
        return new Plan(
            kind switch { < 3 => CoherenceLevel.Strict, < 5 => CoherenceLevel.Bounded, _ => CoherenceLevel.Eventual },
            AnnouncesInOrder: kind != 6,
            QueuesRemovals: chance.Next(3) == 0,
            ServesStale: chance.Next(2) == 0,
            FallsBack: chance.Next(2) == 0,
            Faults: chance.Next(3) switch { 0 => 0, 1 => 0.08, _ => 0.25 },
            Actions: 12 + chance.Next(40));
    }
}
