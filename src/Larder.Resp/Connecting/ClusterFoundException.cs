namespace Larder.Resp.Connecting;

/// <summary>What answered is a member of a cluster, so the client that asked has to route by slots.</summary>
internal sealed class ClusterFoundException : RespConnectionException
{
    public ClusterFoundException()
    {
    }

    public ClusterFoundException(string message)
        : base(message)
    {
    }

    public ClusterFoundException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }
}
