namespace Larder.Coherence;

/// <summary>
/// The times that the registry's promises rest on. A node counts its lease from the sending of a renewal and ends it early; a writer counts from an answer and waits longer: so clocks that run
/// apart by less than 1 % in a second do no harm.
/// </summary>
internal sealed class RegistryTerms(string id, long leaseMilliseconds, bool acknowledges, int ranges = 0)
{
    // The clock of memory hits may lag by a tick of the operating system, here and on the other side.
    private const long TwoTicks = 20;

    private const int RangesShift = 32;

    private readonly long _drift = DriftOf(leaseMilliseconds);

    /// <summary>This node: random for each start, because a process that comes back must not acknowledge for the one that was paused.</summary>
    internal string Id { get; } = id;

    /// <summary>L.</summary>
    internal long Lease { get; } = leaseMilliseconds;

    /// <summary>What all nodes must have in common, as one number that the registry was made with: the lease time and, above it, the number of ranges.</summary>
    internal long Agreement { get; } = leaseMilliseconds | ((long)ranges << RangesShift);

    /// <summary>True at Strict: others wait for this node's acknowledgement.</summary>
    internal bool Acknowledges { get; } = acknowledges;

    /// <summary>How long after its sending a renewal lets memory be served.</summary>
    internal long ServesFor => Lease - _drift - TwoTicks;

    /// <summary>After how long nobody serves any more who has not renewed.</summary>
    internal long OutwaitsAfter => OutwaitsAfterOf(Lease);

    /// <summary>Every third of the lease.</summary>
    internal long RenewsEvery => Lease / 3;

    /// <summary>By how much the wall clock and the monotonic clock may come apart between two renewals.</summary>
    internal long ToleratedJump => Math.Max(_drift, 100);

    /// <summary>The lease time in an agreement.</summary>
    internal static long LeaseOf(long agreement) => agreement & ((1L << RangesShift) - 1);

    /// <summary>The number of ranges in an agreement.</summary>
    internal static long RangesOf(long agreement) => agreement >> RangesShift;

    /// <summary>How long a writer waits for nodes with that lease time.</summary>
    internal static long OutwaitsAfterOf(long lease) => lease + DriftOf(lease);

    // ρ = 1/100 of the lease, rounded up.
    private static long DriftOf(long lease) => (lease + 99) / 100;
}
