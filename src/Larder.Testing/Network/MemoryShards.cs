using Larder.Ports;

namespace Larder.Testing;

/// <summary>The ways of one cache to a cluster in memory. Made by <c>MemoryCluster.Connect</c>; thread-safe.</summary>
public sealed class MemoryShards : IAuthorityShards
{
    private readonly ClusterStore _cluster;
    private readonly RangeLink[] _ranges;
    private readonly StrayLink _strays;
    private int[] _known;

    internal MemoryShards(ClusterStore cluster, bool isOnPool)
    {
        _cluster = cluster;
        _ranges = new RangeLink[cluster.Ranges];
        for (var i = 0; i < _ranges.Length; i++)
        {
            _ranges[i] = new RangeLink(cluster, i, isOnPool);
        }

        _strays = new StrayLink(cluster);
        _known = Owners();
    }

    /// <inheritdoc/>
    public string Name => "cluster";

    /// <inheritdoc/>
    public CacheTier Kind => CacheTier.Remote;

    /// <inheritdoc/>
    public int Count => _ranges.Length;

    /// <inheritdoc/>
    public IAuthorityLink Strays => _strays;

    /// <summary>How many commands went over <see cref="Strays"/> until now.</summary>
    public long StrayCommands => _strays.Commands;

    /// <inheritdoc/>
    public int RangeOf(string key) => _cluster.RangeOf(key);

    /// <inheritdoc/>
    public IAuthorityLink Range(int range) => _ranges[range];

    /// <summary>The node that the link of a range leads to, which may not be the home's any more.</summary>
    /// <param name="range">The range.</param>
    /// <returns>The node; −1 before the start.</returns>
    public int NodeOf(int range) => _ranges[range].Node;

    /// <summary>Breaks the connection of a range, as a network does. It connects anew at once if the node is up.</summary>
    /// <param name="range">The range.</param>
    public void Cut(int range) => _ranges[range].Cut();

    /// <summary>Looks where all slots are by now, and tells what has left the nodes that its links lead to.</summary>
    public void Refresh()
    {
        var present = Owners();
        var before = Interlocked.Exchange(ref _known, present);
        for (var range = 0; range < _ranges.Length; range++)
        {
            var link = _ranges[range];
            var left = Enumerable.Range(0, present.Length).Where(slot => before[slot] != present[slot] && before[slot] == link.Node).ToHashSet();
            if (left.Count > 0)
            {
                link.Listener.KeysLeft(key => left.Contains(_cluster.SlotOf(key)));
            }
        }
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

    private int[] Owners()
    {
        var owners = new int[_cluster.Slots];
        for (var slot = 0; slot < owners.Length; slot++)
        {
            owners[slot] = _cluster.OwnerOf(slot);
        }

        return owners;
    }
}
