using Larder.Ports;

namespace Larder.Testing;

/// <summary>A <see cref="FaultyTier"/> around one that keeps nodes in step.</summary>
internal class FaultyCoherentTier(ITier inner, ICoherence coherence) : FaultyTier(inner), ICoherence
{
    public CoherenceLevel Level => coherence.Level;

    public CoherenceGate Gate => coherence.Gate;

    public ValueTask<bool> SynchronizeAsync(CancellationToken cancellationToken) =>
        Calls.MakeAsync(TierOperations.Synchronize, _ => coherence.SynchronizeAsync(cancellationToken), false, null, cancellationToken);

    public ValueTask<bool> SynchronizeAsync(RemovalKind kind, ReadOnlyMemory<string> names, CancellationToken cancellationToken) =>
        Calls.MakeAsync(TierOperations.Synchronize, _ => coherence.SynchronizeAsync(kind, names, cancellationToken), false, null, cancellationToken);
}
