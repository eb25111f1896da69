namespace Larder.Integration.Tests.Histories;

/// <summary>What one run is like.</summary>
/// <param name="Name">What it is called on the command line.</param>
/// <param name="Level">The level of coherence.</param>
/// <param name="Nodes">How many processes.</param>
internal sealed record HistoryPlan(string Name, CoherenceLevel Level, int Nodes)
{
    /// <summary>Where the servers are.</summary>
    internal HistoryPlace Place { get; init; }

    /// <summary>How long the random calls go on when nothing else is said.</summary>
    internal TimeSpan Time => TimeSpan.FromSeconds(Place == HistoryPlace.Alone ? 4 : 6);

    /// <summary>The coherence lease: short, so that it ends within a run.</summary>
    internal TimeSpan Lease { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>What may happen to the processes and to the servers.</summary>
    internal Disturbances Disturbances { get; init; } = Disturbances.All;

    /// <summary>Whether messages take the place of tracking.</summary>
    internal bool OverMessages { get; init; }

    /// <summary>Whether entries have times in which they are served stale and kept as a fallback.</summary>
    internal bool ServesStale { get; init; }

    /// <summary>Whether removals are queued while the server is away.</summary>
    internal bool QueueRemovals { get; init; }

    /// <summary>Whether the server throws keys out for lack of memory.</summary>
    internal bool Evicts { get; init; }

    /// <summary>How many replicas confirm a removal.</summary>
    internal int WaitReplicas { get; init; }

    /// <summary>Into how many ranges the slots of a cluster are cut.</summary>
    internal int ClusterRanges { get; init; } = 64;

    /// <inheritdoc/>
    public override string ToString() =>
        $"{Name}: {Level} over {Place}{(OverMessages ? ", messages" : "")}{(ServesStale ? ", stale" : "")}{(QueueRemovals ? ", queued removals" : "")}{(Evicts ? ", eviction" : "")}"
        + $"{(WaitReplicas > 0 ? $", {WaitReplicas} replicas confirm" : "")}{(Place == HistoryPlace.Cluster ? $", {ClusterRanges} ranges" : "")}, {Nodes} nodes";
}
