namespace Larder.Resp;

/// <summary>
/// Is told what the server sends unasked and what becomes of the connections, in the order of the stream: after every
/// reply that came before, and before any that comes later is looked at. A cache that relies on invalidations stands
/// on that order.
/// </summary>
/// <remarks>
/// All calls for one connection come one at a time, from its reader; those of several connections (a cluster) may come at once. They must be short
/// and must not wait. What <see cref="OnPush"/> throws ends the connection, because a push that nobody has heeded is
/// as good as lost.
/// </remarks>
public interface IRespStreamHandler
{
    /// <summary>A push that belongs to no subscription, such as an invalidation; the reader stands on its kind.</summary>
    /// <param name="push">The push. <see cref="RespReader.Epoch"/> names the connection.</param>
    void OnPush(ref RespReader push);

    /// <summary>
    /// A connection was lost, a new one is there, or slots of a cluster have another owner (<see cref="RespGap.IsMove"/>). A loss is told after the last reply of the connection and before another
    /// one is dialled; a new connection before anything but its handshake is sent on it. What it throws is logged.
    /// </summary>
    /// <param name="gap">What happened.</param>
    void OnGap(RespGap gap);
}
