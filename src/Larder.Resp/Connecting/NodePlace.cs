namespace Larder.Resp.Connecting;

/// <summary>Where a node is now, and where to look for it at the next dial.</summary>
internal sealed class NodePlace(RespEndPoint first, IEndPointSource source)
{
    private volatile Known _known = new(first, first.ToString());

    internal IEndPointSource Source => source;

    internal RespEndPoint EndPoint => _known.EndPoint;

    /// <summary>The end point as text, which metrics and logs ask for often.</summary>
    internal string Name => _known.Name;

    /// <summary>It was found there.</summary>
    internal void Found(RespEndPoint endPoint)
    {
        if (!endPoint.Equals(EndPoint))
        {
            _known = new Known(endPoint, endPoint.ToString());
        }
    }

    private sealed record Known(RespEndPoint EndPoint, string Name);
}
