namespace Larder.Ports;

/// <summary>One node in the registry of a cache.</summary>
/// <param name="Id">Its identity: random for each start of a process.</param>
/// <param name="Acknowledged">The last sequence number up to which it has dropped what others changed.</param>
/// <param name="Heartbeats">How often it has renewed.</param>
public readonly record struct RegistryNode(string Id, long Acknowledged, long Heartbeats);
