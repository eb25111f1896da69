namespace Larder.Resp;

/// <summary>What a subscription tells.</summary>
public enum RespMessageKind
{
    /// <summary>Somebody has published something.</summary>
    Message,

    /// <summary>The connection was lost: what is published from here on is missed.</summary>
    Lost,

    /// <summary>The subscription stands again: what was published since the loss was missed.</summary>
    Resumed,

    /// <summary>The reader of the subscription was too slow, and messages were dropped before this place.</summary>
    Dropped,
}
