namespace Larder.Integration.Tests.Histories;

/// <summary>What one run is like.</summary>
/// <param name="Level">The level of coherence.</param>
/// <param name="OverMessages">Whether messages take the place of tracking.</param>
/// <param name="Nodes">How many processes.</param>
/// <param name="Time">How long the random calls go on.</param>
internal sealed record HistoryPlan(CoherenceLevel Level, bool OverMessages, int Nodes, TimeSpan Time)
{
    /// <summary>The coherence lease: short, so that it ends within a run.</summary>
    internal TimeSpan Lease { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>What may happen to the processes and to the server.</summary>
    internal Disturbances Disturbances { get; init; } = Disturbances.All;

    /// <summary>Whether entries have times in which they are served stale and kept as a fallback.</summary>
    internal bool ServesStale { get; init; }

    /// <summary>Whether removals are queued while the server is away.</summary>
    internal bool QueueRemovals { get; init; }

    /// <summary>Whether the server throws keys out for lack of memory.</summary>
    internal bool Evicts { get; init; }

    /// <inheritdoc/>
    public override string ToString() =>
        $"{Level}{(OverMessages ? ", messages" : "")}{(ServesStale ? ", stale" : "")}{(QueueRemovals ? ", queued removals" : "")}{(Evicts ? ", eviction" : "")}, {Nodes} nodes";
}
