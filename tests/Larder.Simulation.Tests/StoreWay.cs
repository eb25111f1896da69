namespace Larder.Simulation.Tests;

/// <summary>The connections of one process to the store, and what may happen to them.</summary>
internal sealed record StoreWay(Action Cut, Action Partition, Action BlockReplies, Action Heal);
