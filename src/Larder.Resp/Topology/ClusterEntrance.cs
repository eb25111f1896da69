using Larder.Resp.Connecting;

namespace Larder.Resp.Topology;

/// <summary>The end points that the options list: where a client gets to know its cluster.</summary>
internal sealed class ClusterEntrance(ClusterNodes nodes, RespOptions options)
{
    /// <summary>Connects to the first one that answers.</summary>
    internal async Task<ClusterNode> ConnectToOneAsync(CancellationToken cancellationToken)
    {
        List<RespConnectionException> failures = [];
        foreach (var endPoint in options.EndPoints)
        {
            try
            {
                var node = nodes.Get(endPoint, begin: false);
                if (!node.Node.IsConnected)
                {
                    await node.Node.ConnectAsync(cancellationToken).ConfigureAwait(false);
                }

                return node;
            }
            catch (RespConnectionException failure) when (failure is not RespAuthenticationException)
            {
                failures.Add(failure);
            }
        }

        throw new RespConnectionException(string.Join(' ', failures.Select(static one => one.Message)), failures[^1]);
    }

    /// <summary>Connects; what can not be reached now is dialled on, because the rest of the cluster can be used.</summary>
    internal static async Task ConnectOrBeginAsync(RespNode node, CancellationToken cancellationToken)
    {
        if (node.IsConnected)
        {
            return;
        }

        try
        {
            await node.ConnectAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (RespConnectionException failure) when (failure is not RespAuthenticationException)
        {
            node.Begin();
        }
    }

    /// <summary>Dials all that are not connected, without waiting for it.</summary>
    internal void BeginAll()
    {
        foreach (var node in options.EndPoints.Select(endPoint => nodes.Get(endPoint, begin: false).Node).Where(static node => !node.IsConnected))
        {
            node.Begin();
        }
    }
}
