using System.Runtime.CompilerServices;
using Larder.Resp.Connecting;

namespace Larder.Resp.Topology;

/// <summary>An end point at which a replica is expected: what a primary of something else says must not be read.</summary>
internal sealed class ReplicaEndPoint(RespEndPoint endPoint) : IEndPointSource
{
#pragma warning disable CS1998 // There is nothing to wait for.
    public async IAsyncEnumerable<RespEndPoint> FindAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        yield return endPoint;
    }
#pragma warning restore CS1998

    public void Check(RespConnection connection)
    {
        if (!connection.IsReplica)
        {
            throw new RespConnectionException($"{connection.EndPoint} is not a replica, so nothing is read there.");
        }
    }
}
