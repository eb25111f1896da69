namespace Larder.Tiers;

/// <summary>What the answers to one kind of call mean, however it is made.</summary>
/// <param name="Unavailable">The result when the tier could not be asked or did not answer.</param>
/// <param name="HasFailed">Whether a result says so.</param>
internal abstract record TierAnswers<TResult>(Func<Exception?, TResult> Unavailable, TierFailureTest<TResult> HasFailed)
{
    /// <summary>True for what somebody wants to be certain of, such as a removal; false for what readers can do without.</summary>
    internal bool IsChange { get; init; }

    /// <summary>Takes a result that came after its time; null when there is nothing to give back.</summary>
    internal Func<TResult, ValueTask>? Late { get; init; }

    /// <summary>Whether a result that is no failure says nothing of how the tier is; null when all of them say that it works.</summary>
    internal Func<TResult, bool>? SaysNothing { get; init; }
}
