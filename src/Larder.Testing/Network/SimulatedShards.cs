using Larder.Ports;

namespace Larder.Testing;

/// <summary>
/// The ways of one node of a simulation to a <see cref="MemoryCluster"/>: a <see cref="SimulatedLink"/> to the home of each range, and one more to keys that live elsewhere. Each command that reaches the cluster, and each answer
/// and announcement that reaches the node, is a step.
/// </summary>
/// <remarks>
/// A link that is given up, or whose connection is lost, connects to wherever the home is by then. Ends with the node's process; make new ones after <see cref="SimulationNode.Start"/>. Made by
/// <see cref="MemoryCluster.Connect(SimulatedNetwork, SimulationNode)"/>. Not thread-safe.
/// </remarks>
public sealed class SimulatedShards : IAuthorityShards
{
    private readonly ClusterStore _cluster;
    private readonly SimulatedLink[] _ranges;
    private readonly SimulatedStrays _strays;

    internal SimulatedShards(SimulatedNetwork network, ClusterStore cluster, IReadOnlyList<SimulationNode> servers, SimulationNode node)
    {
        _cluster = cluster;
        _ranges = new SimulatedLink[cluster.Ranges];
        for (var i = 0; i < _ranges.Length; i++)
        {
            var range = i;
            _ranges[i] = new SimulatedLink(network, () => PlaceOf(cluster.OwnerOf(cluster.HomeSlotOf(range))), node, announcesInOrder: true) { Range = range };
            network.Add(_ranges[i]);
        }

        _strays = new SimulatedStrays(network, cluster, PlaceOf, node);

        SimulatedPlace PlaceOf(int owner) => new(cluster[owner], servers[owner]);
    }

    /// <inheritdoc/>
    public string Name => "cluster";

    /// <inheritdoc/>
    public CacheTier Kind => CacheTier.Remote;

    /// <inheritdoc/>
    public int Count => _ranges.Length;

    /// <inheritdoc/>
    public IAuthorityLink Strays => _strays;

    /// <summary>The links to the homes of the ranges, in their order: what may be cut and held up one by one.</summary>
    public IReadOnlyList<SimulatedLink> Links => _ranges;

    /// <summary>How many commands went over <see cref="Strays"/> until now.</summary>
    public long StrayCommands => _strays.Commands;

    /// <inheritdoc/>
    public int RangeOf(string key) => _cluster.RangeOf(key);

    /// <inheritdoc/>
    public IAuthorityLink Range(int range) => _ranges[range];

    /// <summary>Breaks all connections; see <see cref="SimulatedLink.Cut"/>. Of what was under way to stray keys some is still carried out, and all of it fails.</summary>
    public void Cut()
    {
        Array.ForEach(_ranges, static link => link.Cut());
        _strays.Cut();
    }

    /// <summary>Lets nothing through in either direction. Neither side is told.</summary>
    public void Partition()
    {
        Array.ForEach(_ranges, static link => link.Partition());
        _strays.BlocksRequests = true;
        _strays.BlocksReplies = true;
    }

    /// <summary>Lets nothing reach the node. What is sent to it waits.</summary>
    public void BlockReplies()
    {
        Array.ForEach(_ranges, static link => link.BlocksReplies = true);
        _strays.BlocksReplies = true;
    }

    /// <summary>Lets everything through again, what was held up first.</summary>
    public void Heal()
    {
        Array.ForEach(_ranges, static link => link.Heal());
        _strays.BlocksRequests = false;
        _strays.BlocksReplies = false;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        foreach (var range in _ranges)
        {
            await range.DisposeAsync().ConfigureAwait(false);
        }

        await _strays.DisposeAsync().ConfigureAwait(false);
    }
}
