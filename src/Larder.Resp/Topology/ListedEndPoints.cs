using System.Runtime.CompilerServices;
using Larder.Resp.Connecting;

namespace Larder.Resp.Topology;

/// <summary>The servers that the options list: the one that answered last comes first, then the others in turn.</summary>
internal sealed class ListedEndPoints(RespOptions options) : IPrimarySource
{
    private int _last;

    public bool HasAlternatives => options.EndPoints.Count > 1;

    public Action<RespEndPoint>? Changed { get; set; }

    public ValueTask<IReadOnlyList<RespEndPoint>> FindReplicasAsync(RespEndPoint primary) =>
        new([.. options.EndPoints.Where(endPoint => !endPoint.Equals(primary))]);

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

#pragma warning disable CS1998 // There is nothing to wait for.
    public async IAsyncEnumerable<RespEndPoint> FindAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var first = Volatile.Read(ref _last);
        for (var i = 0; i < options.EndPoints.Count; i++)
        {
            var at = (first + i) % options.EndPoints.Count;
            Volatile.Write(ref _last, at);
            yield return options.EndPoints[at];
        }

        Volatile.Write(ref _last, first);
    }
#pragma warning restore CS1998

    public void Check(RespConnection connection)
    {
        if (connection.Mode == "sentinel")
        {
            throw new RespConnectionException($"{connection.EndPoint} is a Sentinel, and no service is named; set Sentinel with its ServiceName (serviceName=...), or name a server.");
        }

        if (connection.Mode == "cluster" && options.Topology == RespTopologyKind.Auto)
        {
            throw new ClusterFoundException($"{connection.EndPoint} is a member of a cluster, which was not known before; its nodes are being connected. Set topology=cluster to say so at once.");
        }

        // A server alone is what it is. Of several, one is the primary.
        if (options.EndPoints.Count > 1 && connection.IsReplica)
        {
            throw new RespConnectionException($"{connection.EndPoint} is a replica; its primary is looked for among the other end points.");
        }
    }
}
