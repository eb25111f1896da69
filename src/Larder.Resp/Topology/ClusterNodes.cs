using Larder.Resp.Connecting;

namespace Larder.Resp.Topology;

/// <summary>The primaries of a cluster that are known, and which slot is whose.</summary>
/// <param name="make">Makes a node, which does not dial yet.</param>
internal sealed class ClusterNodes(Func<RespEndPoint, ClusterNode> make) : IAsyncDisposable
{
    private readonly object _gate = new();
    private readonly Dictionary<RespEndPoint, ClusterNode> _nodes = [];
    private volatile ClusterNode[] _all = [];
    private bool _isDisposed;
    private readonly ClusterNode?[] _owners = new ClusterNode?[RespSlots.Count];

    internal IReadOnlyList<ClusterNode> All => _all;

    /// <summary>The owner of a slot; null for one that is not known.</summary>
    internal ClusterNode? OwnerOf(int slot) => Volatile.Read(ref _owners[slot]);

    /// <summary>The nodes that own something.</summary>
    internal IReadOnlyList<ClusterNode> Owners() => [.. _owners.OfType<ClusterNode>().Distinct()];

    /// <summary>The node of an end point, which is made if it is not there.</summary>
    /// <exception cref="ObjectDisposedException">The client has been disposed of.</exception>
    internal ClusterNode Get(RespEndPoint endPoint, bool begin)
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            if (!_nodes.TryGetValue(endPoint, out var node))
            {
                node = make(endPoint);
                _nodes.Add(endPoint, node);
                _all = [.. _nodes.Values];
                if (begin)
                {
                    node.Node.Begin();
                }
            }

            return node;
        }
    }

    /// <summary>The node whose present connection has that number.</summary>
    internal RespNode? WithEpoch(long epoch)
    {
        foreach (var one in _all)
        {
            if (one.Node.Epoch == epoch)
            {
                return one.Node;
            }
        }

        return null;
    }

    /// <summary>The slots that a node owns, in order.</summary>
    internal IReadOnlyList<RespSlotRange> SlotsOf(RespNode node) => Ranges(slot => ReferenceEquals(OwnerOf(slot)?.Node, node));

    /// <summary>One slot has another owner; gives the one before, null if that is the same or none.</summary>
    internal ClusterNode? Move(int slot, ClusterNode owner)
    {
        var before = Interlocked.Exchange(ref _owners[slot], owner);
        return ReferenceEquals(before, owner) ? null : before;
    }

    /// <summary>This is how it is now; gives what has moved from each of the owners before to each of those now.</summary>
    internal IReadOnlyList<SlotMove> Take(SlotTable table, bool begin)
    {
        var moved = new (ClusterNode From, ClusterNode To)?[RespSlots.Count];
        foreach (var part in table.Parts)
        {
            var owner = Get(part.Primary, begin);
            for (var slot = part.Slots.First; slot <= part.Slots.Last; slot++)
            {
                moved[slot] = Move(slot, owner) is { } before ? (before, owner) : null;
            }
        }

        return [.. moved.OfType<(ClusterNode From, ClusterNode To)>().Distinct()
            .Select(way => new SlotMove(way.From, way.To, Ranges(slot => moved[slot] == way)))];
    }

    /// <summary>Takes out the nodes that own nothing and have nothing under way.</summary>
    internal IReadOnlyList<ClusterNode> TakeUnused(ClusterNode home)
    {
        lock (_gate)
        {
            var owners = Owners();
            var unused = _nodes.Where(one => !owners.Contains(one.Value) && !ReferenceEquals(one.Value, home) && one.Value.Node.Depth == 0).ToArray();
            foreach (var (endPoint, _) in unused)
            {
                _nodes.Remove(endPoint);
            }

            _all = [.. _nodes.Values];

            return [.. unused.Select(static one => one.Value)];
        }
    }

    public async ValueTask DisposeAsync()
    {
        lock (_gate)
        {
            _isDisposed = true;
        }

        foreach (var node in _all)
        {
            await node.DisposeAsync().ConfigureAwait(false);
        }
    }

    private static List<RespSlotRange> Ranges(Func<int, bool> isIn)
    {
        var ranges = new List<RespSlotRange>();
        for (var slot = 0; slot < RespSlots.Count; slot++)
        {
            if (!isIn(slot))
            {
                continue;
            }

            if (ranges.Count > 0 && ranges[^1].Last == slot - 1)
            {
                ranges[^1] = ranges[^1] with { Last = slot };
            }
            else
            {
                ranges.Add(new RespSlotRange(slot, slot));
            }
        }

        return ranges;
    }
}
