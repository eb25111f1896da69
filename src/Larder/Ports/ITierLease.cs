namespace Larder.Ports;

/// <summary>
/// The right to load one key, held by this node while other nodes wait or serve what is stale. It renews itself until it is
/// filled or released, or until the tier finds it lost. Used by one flight; its members are called one after the other. Disposing it releases it, without dropping an older value; after a fill or a release
/// that does nothing.
/// </summary>
public interface ITierLease : IAsyncDisposable
{
    /// <summary>
    /// Stores the loaded value, if the key still is as this lease left it: not removed, set, expired or put on hold since. Ends the
    /// lease. Before the answer is given, the observation of the claim is armed for the new value
    /// (see <see cref="TierObservation"/>), so that memory may take it when the outcome is <see cref="StoreOutcome.Stored"/>.
    /// </summary>
    /// <param name="write">The value.</param>
    /// <param name="token">The fresh token of the value.</param>
    /// <param name="cancellationToken">Ends the waiting; the store may still happen.</param>
    /// <returns>What became of it.</returns>
    ValueTask<StoreOutcome> FillAsync(TierWrite write, FenceToken token, CancellationToken cancellationToken);

    /// <summary>Gives the right back without storing, so that the next one may load at once. Safe to call after a fill, then it does nothing.</summary>
    /// <param name="dropsOlder">
    /// True when the source said that there is nothing to keep: an older value that this lease was to replace is removed with it.
    /// </param>
    /// <param name="cancellationToken">Ends the waiting; the release may still happen.</param>
    /// <returns>A task that ends when the tier has answered, or can not be asked. Never throws for a tier's failure.</returns>
    ValueTask ReleaseAsync(bool dropsOlder, CancellationToken cancellationToken);
}
