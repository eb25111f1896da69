using Larder.Ports;

namespace Larder.Testing;

/// <summary>The registry of the nodes of one cache.</summary>
internal sealed class Registry(FenceToken nonce, long leaseTime)
{
    private readonly Dictionary<string, RegistryNode> _nodes = new(StringComparer.Ordinal);

    private long _heartbeats;

    internal FenceToken Nonce => nonce;

    internal long LeaseTime => leaseTime;

    internal long Sequence { get; private set; }

    internal void Bump() => Sequence++;

    internal void Renew(string id, FenceToken acknowledgedNonce, long acknowledged) =>
        _nodes[id] = new RegistryNode(id, acknowledgedNonce == nonce ? acknowledged : 0, ++_heartbeats);

    internal void Forget(string id, long heartbeats)
    {
        if (_nodes.TryGetValue(id, out var node) && node.Heartbeats == heartbeats)
        {
            _nodes.Remove(id);
        }
    }

    internal RegistryNode[] Nodes() => [.. _nodes.Values];
}
