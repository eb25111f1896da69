namespace Larder.Tiers;

/// <summary>One kind of call to a tier: how it is made, and what its failure looks like. Made once for each kind.</summary>
/// <param name="Invoke">Makes the call.</param>
/// <param name="Unavailable">See <see cref="TierAnswers{TResult}"/>.</param>
/// <param name="HasFailed">See <see cref="TierAnswers{TResult}"/>.</param>
internal sealed record TierCall<TState, TResult>(
    Func<TState, CancellationToken, ValueTask<TResult>> Invoke,
    Func<Exception?, TResult> Unavailable,
    TierFailureTest<TResult> HasFailed)
    : TierAnswers<TResult>(Unavailable, HasFailed);
