namespace Larder.Testing;

/// <summary>What a simulated link leads to: a store, and the node that it runs on. Without a node it is never paused and never down.</summary>
internal readonly record struct SimulatedPlace(AuthorityStore Store, SimulationNode? Server)
{
    /// <summary>True while somebody is there to connect to.</summary>
    internal bool IsThere => Store.IsUp && Server is not { IsRunning: false };
}
