namespace Larder.Ports;

/// <summary>
/// Keeps the memories of several nodes in step over a store that they share. A tier that implements this as well is asked for it; a tier
/// that does not belongs to this process alone, whose memory then always agrees with it.
/// </summary>
public interface ICoherence
{
    /// <summary>What other nodes may still serve after a change has completed. Fixed when the tier is made.</summary>
    CoherenceLevel Level { get; }

    /// <summary>Until when memory may be served. At <see cref="CoherenceLevel.Eventual"/> it is open for ever.</summary>
    CoherenceGate Gate { get; }

    /// <summary>
    /// Waits until no other node serves what was changed through this node before the call: at <see cref="CoherenceLevel.Strict"/> until all
    /// have acknowledged or lost their lease, otherwise for nodes alone whose level is <see cref="CoherenceLevel.Strict"/>.
    /// </summary>
    /// <param name="cancellationToken">Ends the waiting. The change itself stays.</param>
    /// <returns>
    /// Within a time that the tier bounds itself, because the cache waits for it without a time-out: true when it is certain. False when the store failed meanwhile: the change is made or not, and who serves what is not known, so the caller
    /// repeats it. What it throws counts as false.
    /// </returns>
    ValueTask<bool> SynchronizeAsync(CancellationToken cancellationToken);

    /// <summary>
    /// The same for one change: waits until no other node serves what it changed. A store that is spread over several nodes asks only those that it concerns. The default is
    /// <see cref="SynchronizeAsync(CancellationToken)"/>.
    /// </summary>
    /// <param name="kind">
    /// What was changed: keys with <see cref="RemovalKind.Key"/>, in whatever way, tags, or everything with <see cref="RemovalKind.Clear"/>. With <see cref="RemovalKind.Gap"/> everything that was changed before.
    /// </param>
    /// <param name="names">The keys or tags; otherwise empty.</param>
    /// <param name="cancellationToken">Ends the waiting. The change itself stays.</param>
    /// <returns>As for <see cref="SynchronizeAsync(CancellationToken)"/>.</returns>
    ValueTask<bool> SynchronizeAsync(RemovalKind kind, ReadOnlyMemory<string> names, CancellationToken cancellationToken) => SynchronizeAsync(cancellationToken);
}
