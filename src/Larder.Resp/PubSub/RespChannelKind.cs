namespace Larder.Resp;

/// <summary>What a subscription names.</summary>
public enum RespChannelKind
{
    /// <summary>A channel (SUBSCRIBE).</summary>
    Channel,

    /// <summary>A pattern of channels such as news.* (PSUBSCRIBE).</summary>
    Pattern,

    /// <summary>A sharded channel, which lives on the node of its slot (SSUBSCRIBE).</summary>
    Sharded,
}
