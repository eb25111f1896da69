namespace Larder;

/// <summary>
/// What other nodes' memory may still serve after a Remove, Set, Expire, RemoveByTag, Clear or Increment has completed
/// here. A cache without a tier that nodes share is always strict.
/// </summary>
public enum CoherenceLevel
{
    /// <summary>
    /// Other nodes drop the old value when the message reaches them; what they hold is dropped when the connection is lost, and
    /// again when it is back. Costs nothing.
    /// </summary>
    Eventual = 0,

    /// <summary>
    /// At most one lease later (5 seconds by default) nobody serves it any more, even in a partition: memory is served only while
    /// the node holds a live lease. Costs three small writes for each lease and node.
    /// </summary>
    Bounded = 1,

    /// <summary>
    /// Nobody serves it once the call has completed: it waits until every live node has acknowledged, or its lease has run out.
    /// Costs a few round trips, and about a lease when a node is dead.
    /// </summary>
    Strict = 2,
}
