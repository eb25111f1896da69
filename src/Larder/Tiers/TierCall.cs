namespace Larder.Tiers;

/// <summary>One kind of call to a tier: how it is made, and what its failure looks like. Made once for each kind.</summary>
/// <param name="Invoke">Makes the call.</param>
/// <param name="Unavailable">The result when the tier could not be asked or did not answer.</param>
/// <param name="HasFailed">Whether a result says so.</param>
internal sealed record TierCall<TState, TResult>(
    Func<TState, CancellationToken, ValueTask<TResult>> Invoke,
    Func<Exception?, TResult> Unavailable,
    TierFailureTest<TResult> HasFailed)
{
    /// <summary>Takes a result that came after its time; null when there is nothing to give back.</summary>
    internal Func<TResult, ValueTask>? Late { get; init; }

    /// <summary>Whether a result that is no failure says nothing of how the tier is; null when all of them say that it works.</summary>
    internal Func<TResult, bool>? SaysNothing { get; init; }
}
