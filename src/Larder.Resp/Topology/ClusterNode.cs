using Larder.Resp.Connecting;

namespace Larder.Resp.Topology;

/// <summary>A primary of a cluster, and its replicas where reads may go to them.</summary>
internal sealed class ClusterNode(RespEndPoint endPoint, NodeContext context, NodeContext? replicas) : IAsyncDisposable
{
    private readonly Replicas? _replicas = replicas is null ? null : new Replicas(replicas);

    internal RespNode Node { get; } = new(endPoint, context);

    /// <summary>A connection to one of its replicas; null where there is none, or none may be used.</summary>
    internal RespConnection? PickReplica() => _replicas?.Pick();

    internal ValueTask UpdateAsync(IEnumerable<RespEndPoint> endPoints) =>
        _replicas is null ? ValueTask.CompletedTask : _replicas.UpdateAsync(endPoints);

    public async ValueTask DisposeAsync()
    {
        await Node.DisposeAsync().ConfigureAwait(false);
        if (_replicas is not null)
        {
            await _replicas.DisposeAsync().ConfigureAwait(false);
        }
    }
}
