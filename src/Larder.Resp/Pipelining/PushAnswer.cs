namespace Larder.Resp.Pipelining;

/// <summary>
/// The push that answers a subscription in RESP3, where it takes the place of a reply. An error still comes as a reply.
/// </summary>
/// <param name="kind">Such as subscribe.</param>
/// <param name="channel">The channel or pattern.</param>
internal sealed class PushAnswer(byte[] kind, byte[] channel)
{
    /// <summary>True when the push, of which the reader stands on the kind, is the awaited one. The reader is a copy.</summary>
    internal bool IsIn(RespReader push) =>
        push.Span.SequenceEqual(kind) && push.Read() && push.Span.SequenceEqual(channel);
}
