using Larder.Ports;

namespace Larder.Coherence;

/// <summary>What one round of a claim came to.</summary>
internal readonly struct Attempt
{
    private Attempt(AttemptKind kind, TierClaim claim)
    {
        Kind = kind;
        Claim = claim;
    }

    /// <summary>The key carries the lease that was asked for.</summary>
    internal static Attempt Granted => new(AttemptKind.Granted, default);

    /// <summary>Nobody has it, but it can not be had like this: to be tried otherwise.</summary>
    internal static Attempt Again => new(AttemptKind.Again, default);

    /// <summary>The key lives elsewhere: to be tried there.</summary>
    internal static Attempt Moved => new(AttemptKind.Moved, default);

    internal AttemptKind Kind { get; }

    /// <summary>The answer to the caller, with <see cref="AttemptKind.Answered"/>.</summary>
    internal TierClaim Claim { get; }

    internal static Attempt Answered(TierClaim claim) => new(AttemptKind.Answered, claim);
}
