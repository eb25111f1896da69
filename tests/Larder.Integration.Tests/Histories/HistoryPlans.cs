namespace Larder.Integration.Tests.Histories;

/// <summary>All plans, by name.</summary>
internal static class HistoryPlans
{
    private static readonly HistoryPlan[] Plans =
    [
        new("strict-calm", CoherenceLevel.Strict, Nodes: 3) { Disturbances = Disturbances.None },
        new("strict", CoherenceLevel.Strict, Nodes: 4),
        new("strict-evicting", CoherenceLevel.Strict, Nodes: 5) { ServesStale = true, QueueRemovals = true, Evicts = true },
        new("bounded", CoherenceLevel.Bounded, Nodes: 5) { ServesStale = true },
        new("eventual", CoherenceLevel.Eventual, Nodes: 3),
        new("eventual-messages", CoherenceLevel.Eventual, Nodes: 3) { OverMessages = true },
        new("strict-sentinels", CoherenceLevel.Strict, Nodes: 5) { Place = HistoryPlace.Sentinels, WaitReplicas = 2 },
        new("bounded-sentinels", CoherenceLevel.Bounded, Nodes: 5) { Place = HistoryPlace.Sentinels, ServesStale = true, QueueRemovals = true },
        new("eventual-sentinels", CoherenceLevel.Eventual, Nodes: 3) { Place = HistoryPlace.Sentinels, WaitReplicas = 2, OverMessages = true },
        new("strict-cluster", CoherenceLevel.Strict, Nodes: 5) { Place = HistoryPlace.Cluster, ClusterRanges = 16 },
        new("bounded-cluster", CoherenceLevel.Bounded, Nodes: 5) { Place = HistoryPlace.Cluster, ServesStale = true, QueueRemovals = true },
        new("eventual-cluster", CoherenceLevel.Eventual, Nodes: 5) { Place = HistoryPlace.Cluster },
    ];

    /// <summary>The names of those that are asked for: one, or all where none is named.</summary>
    internal static IEnumerable<string> Chosen(string? name) => name is null ? Plans.Select(static plan => plan.Name) : [Named(name).Name];

    internal static HistoryPlan Named(string name) =>
        Plans.FirstOrDefault(plan => plan.Name == name)
        ?? throw new ArgumentException($"There is no plan {name}; there are {string.Join(", ", Plans.Select(static plan => plan.Name))}.", nameof(name));

    /// <summary>The place of a plan among all: the same seed means something else to each.</summary>
    internal static int Number(HistoryPlan plan) => Array.IndexOf(Plans, plan);
}
