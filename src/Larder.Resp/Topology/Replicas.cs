using Larder.Resp.Connecting;

namespace Larder.Resp.Topology;

/// <summary>The replicas of one primary, of which those that are connected are read from in turn.</summary>
internal sealed class Replicas(NodeContext context) : IAsyncDisposable
{
    private readonly object _gate = new();
    private volatile RespNode[] _nodes = [];
    private int _turn;
    private bool _isDisposed;

    /// <summary>A connection to one of them; null when there is none.</summary>
    internal RespConnection? Pick()
    {
        var nodes = _nodes;
        var first = (uint)Interlocked.Increment(ref _turn);
        for (var i = 0u; i < nodes.Length; i++)
        {
            if (nodes[(first + i) % nodes.Length].Current is { } connection)
            {
                return connection;
            }
        }

        return null;
    }

    /// <summary>These they are from now on.</summary>
    internal async ValueTask UpdateAsync(IEnumerable<RespEndPoint> endPoints)
    {
        List<RespNode> gone;
        lock (_gate)
        {
            var wanted = _isDisposed ? [] : endPoints.ToHashSet();
            gone = [.. _nodes.Where(node => !wanted.Contains(node.EndPoint))];
            var kept = _nodes.Except(gone).ToList();
            foreach (var endPoint in wanted.Except(kept.Select(static node => node.EndPoint)))
            {
                var node = new RespNode(endPoint, new ReplicaEndPoint(endPoint), context);
                node.Begin();
                kept.Add(node);
            }

            _nodes = [.. kept];
        }

        foreach (var node in gone)
        {
            await node.DisposeAsync().ConfigureAwait(false);
        }
    }

    public ValueTask DisposeAsync()
    {
        lock (_gate)
        {
            _isDisposed = true;
        }

        return UpdateAsync([]);
    }
}
