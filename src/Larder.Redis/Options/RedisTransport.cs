namespace Larder.Redis;

/// <summary>How a node learns what others have changed.</summary>
public enum RedisTransport
{
    /// <summary>
    /// The server keeps account of what each node has read, and tells it when that changes, in step with its answers (CLIENT TRACKING). Every level of coherence can be kept. Needs Redis 7.0 or Valkey.
    /// </summary>
    Tracking = 0,

    /// <summary>
    /// Every change is published as a numbered message on a channel of the cache. For proxies and services that have no tracking. Messages come later than answers, so only
    /// <see cref="CoherenceLevel.Eventual"/> can be kept; a number that is missing, or a connection that was lost, empties the memory of the node.
    /// </summary>
    PubSub = 1,
}
