namespace Larder;

/// <summary>What became of a removal.</summary>
public enum RemovalOutcome
{
    /// <summary>
    /// The removal is complete: no call that begins from now on is served what was removed. A cache without lower
    /// tiers always answers this.
    /// </summary>
    Done = 0,

    /// <summary>
    /// A lower tier could not be told yet. The removal is complete in this process and queued for the tier; until
    /// the queue is replayed, other nodes may still serve the old value.
    /// </summary>
    Queued = 1,
}
