using Larder.Coherence;

namespace Larder.Simulation.Tests;

/// <summary>What kind of world a seed makes.</summary>
/// <param name="Level">The level of coherence.</param>
/// <param name="Faults">How likely a step of the plan is a fault.</param>
/// <param name="Actions">How many steps the plan has.</param>
internal sealed record Plan(CoherenceLevel Level, double Faults, int Actions)
{
    internal const int Nodes = 3;

    internal TimeSpan Lease { get; } = TimeSpan.FromSeconds(1);

    /// <summary>What each node's tier is told of that.</summary>
    internal LinkedAuthorityOptions Coherence => new() { Level = Level, LeaseTime = Lease };

    /// <summary>Whether the store is spread over several nodes.</summary>
    internal required bool IsCluster { get; init; }

    /// <summary>By node: false for announcements that are messages, which may come late, twice or never.</summary>
    internal required bool[] AnnouncesInOrder { get; init; }

    /// <summary>Whether removals are queued while the authority is away.</summary>
    internal required bool QueuesRemovals { get; init; }

    /// <summary>Whether what is queued outlives the process.</summary>
    internal required bool HasJournal { get; init; }

    /// <summary>Whether each node keeps copies between memory and the authority, which outlive the process.</summary>
    internal required bool HasCopies { get; init; }

    /// <summary>How long entries are fresh, in milliseconds.</summary>
    internal required int FreshFor { get; init; }

    /// <summary>Whether entries have a stale time.</summary>
    internal required bool ServesStale { get; init; }

    /// <summary>Whether entries have a fallback time.</summary>
    internal required bool FallsBack { get; init; }

    /// <summary>Of so many loads one fails.</summary>
    internal required int LoadsToAFailure { get; init; }

    /// <summary>So many steps a load may take.</summary>
    internal required int LongestLoad { get; init; }

    /// <summary>How long another node's load is waited for; null for the default.</summary>
    internal required TimeSpan? LoadWait { get; init; }

    internal static Plan Of(int seed, Random chance)
    {
        var kind = chance.Next(9);
        var isEventual = kind >= 5;
        return new Plan(
            kind switch { < 3 => CoherenceLevel.Strict, < 5 => CoherenceLevel.Bounded, _ => CoherenceLevel.Eventual },
            Faults: chance.Next(3) switch { 0 => 0, 1 => 0.08, _ => 0.25 },
            Actions: 12 + chance.Next(40))
        {
            // At Eventual nodes of both kinds may share a store.
            AnnouncesInOrder = [.. Enumerable.Range(0, Nodes).Select(_ => !isEventual || kind == 5 || (kind > 6 && chance.Next(2) == 0))],
            // Of a cluster every announcement keeps its order. A third of the worlds in which that is so, by the seed itself and not by what is drawn from it.
            IsCluster = (!isEventual || kind == 5) && (((uint)seed * 2_654_435_761u) >> 8) % 3 == 0,
            QueuesRemovals = chance.Next(3) == 0,
            HasJournal = chance.Next(2) == 0,
            HasCopies = chance.Next(3) == 0,
            FreshFor = chance.Next(3) == 0 ? 300 : 6_000,
            ServesStale = chance.Next(2) == 0,
            FallsBack = chance.Next(2) == 0,
            LoadsToAFailure = chance.Next(2) == 0 ? 8 : 2,
            LongestLoad = chance.Next(3) == 0 ? 24 : 4,
            LoadWait = chance.Next(2) == 0 ? null : TimeSpan.FromMilliseconds(100 + chance.Next(3_000)),
        };
    }

    public override string ToString() =>
        $"{Level}, cluster {IsCluster}, order {string.Join('/', AnnouncesInOrder)}, queue {QueuesRemovals}, journal {HasJournal}, copies {HasCopies}, fresh {FreshFor}, stale {ServesStale}, fallback {FallsBack}, "
        + $"failures 1/{LoadsToAFailure}, loads of {LongestLoad} steps, wait {LoadWait}, faults {Faults}, {Actions} actions";
}
