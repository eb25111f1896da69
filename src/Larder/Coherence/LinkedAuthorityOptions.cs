namespace Larder.Coherence;

/// <summary>How a cache is kept in step over a shared store. All nodes of one cache need the same lease time, and should have the same level: changes of a node with a lower one wait for those with <see cref="CoherenceLevel.Strict"/>.</summary>
public sealed class LinkedAuthorityOptions
{
    /// <summary>
    /// What the tier is called in metrics, logs and health. Null, the default, takes the name of the link. Not empty.
    /// </summary>
    public string? Name { get; set; }

    /// <summary>
    /// What other nodes may still serve after a change has completed; <see cref="CoherenceLevel.Bounded"/> by default. A link whose announcements keep no order allows only
    /// <see cref="CoherenceLevel.Eventual"/>.
    /// </summary>
    public CoherenceLevel Level { get; set; } = CoherenceLevel.Bounded;

    /// <summary>
    /// For how long a node may serve from its memory without having heard of the store: 5 seconds by default, from 200 milliseconds to an hour, in whole milliseconds. At
    /// <see cref="CoherenceLevel.Bounded"/> the time that an old value may last, at <see cref="CoherenceLevel.Strict"/> about the time that a change takes when a node is dead. Not used at
    /// <see cref="CoherenceLevel.Eventual"/>.
    /// </summary>
    public TimeSpan LeaseTime { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// For how long a Set keeps loads of other nodes away while its value is on the way: 10 seconds by default, from 1 millisecond to an hour. It ends with the value; the time only matters when the writer
    /// dies in between.
    /// </summary>
    public TimeSpan WriteLeaseTime { get; set; } = TimeSpan.FromSeconds(10);
}
