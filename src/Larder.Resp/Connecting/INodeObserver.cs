namespace Larder.Resp.Connecting;

/// <summary>Whoever has to know what happens on the connections of a node. Called from the reader, in the order of the stream.</summary>
internal interface INodeObserver
{
    /// <summary>A push; the reader stands on its kind. What it throws ends the connection.</summary>
    void OnPush(RespNode node, ref RespReader push);

    /// <summary>A connection was lost, or a new one is there and nothing was sent on it yet. What it throws is logged.</summary>
    void OnGap(RespNode node, RespGap gap);

    /// <summary>The new connection takes commands now.</summary>
    void OnReady(RespNode node);
}
