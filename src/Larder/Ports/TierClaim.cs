namespace Larder.Ports;

/// <summary>The answer to <see cref="ITier.ClaimAsync"/>: a value, the right to load, or somebody to wait for.</summary>
/// <param name="reading">What was found; its status is the claim's. Disposed with the claim.</param>
/// <param name="lease">With <see cref="TierStatus.Leased"/>: the right to load.</param>
/// <param name="changed">With <see cref="TierStatus.Busy"/>: ends when the key may have changed.</param>
public readonly struct TierClaim(TierReading reading, ITierLease? lease = null, Task? changed = null) : IDisposable
{
    private readonly TierReading _reading = reading;

    /// <summary>
    /// <see cref="TierStatus.Done"/>: a value is there that the caller has not seen, see <see cref="Reading"/>.
    /// <see cref="TierStatus.Leased"/>: the caller loads. <see cref="TierStatus.Busy"/>: somebody else does.
    /// <see cref="TierStatus.OnHold"/>: load, but do not store. <see cref="TierStatus.Unavailable"/>: load without the tier.
    /// </summary>
    public TierStatus Status => _reading.Status;

    /// <summary>The value, with <see cref="TierStatus.Done"/>.</summary>
    public TierReading Reading => _reading;

    /// <summary>The right to load, with <see cref="TierStatus.Leased"/>; null otherwise.</summary>
    public ITierLease? Lease { get; } = lease;

    /// <summary>
    /// With <see cref="TierStatus.Busy"/>: a task that ends, never fails, and may end for no reason, when it is worth claiming
    /// again: at the latest when the other node's lease would run out. Null otherwise.
    /// </summary>
    public Task? Changed { get; } = changed;

    /// <summary>The caller may load and fill.</summary>
    /// <param name="lease">The right.</param>
    /// <returns>The claim.</returns>
    public static TierClaim Leased(ITierLease lease) => new(new TierReading(TierStatus.Leased), lease);

    /// <summary>Somebody else is loading.</summary>
    /// <param name="changed">See <see cref="Changed"/>.</param>
    /// <returns>The claim.</returns>
    public static TierClaim Busy(Task changed) => new(new TierReading(TierStatus.Busy), changed: changed);

    /// <summary>The tier can not be asked.</summary>
    /// <param name="failure">Why; null when there is nothing to say.</param>
    /// <returns>The claim.</returns>
    public static TierClaim Unavailable(Exception? failure = null) => new(TierReading.Unavailable(failure));

    /// <summary>Gives the memory of the reading back.</summary>
    public void Dispose() => _reading.Dispose();
}
