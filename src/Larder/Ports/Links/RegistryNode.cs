namespace Larder.Ports;

/// <summary>One node in the registry of a cache.</summary>
/// <param name="Id">Its identity: random for each start of a process, with a first letter that says what it promises its callers.</param>
/// <param name="Acknowledged">The last sequence number up to which it has dropped what others changed.</param>
/// <param name="Heartbeats">A number that each renewal gives it anew: one that no node of the registry had before, so that it also tells a node that was removed and came back.</param>
public readonly record struct RegistryNode(string Id, long Acknowledged, long Heartbeats)
{
    /// <summary>What the identities of strict nodes begin with, so that a store can count them.</summary>
    public const char StrictMark = 's';

    /// <summary>True when the node promises its callers <see cref="CoherenceLevel.Strict"/>, so that whoever changes something, at whatever level, waits for it.</summary>
    public bool IsStrict => Id is [StrictMark, ..];
}
