namespace Larder.Testing.Tests.Faults;

/// <summary>A tier that says that it keeps nodes in step.</summary>
internal sealed class Coherent(ITier inner) : WrongTier(inner), ICoherence
{
    public CoherenceLevel Level => CoherenceLevel.Bounded;

    public CoherenceGate Gate { get; } = new(isOpen: true);

    public ValueTask<bool> SynchronizeAsync(CancellationToken cancellationToken) => new(true);
}
