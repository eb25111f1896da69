using Larder.Memory.Table;

namespace Larder.Memory;

/// <summary>How a <see cref="BoundedMap{TKey, TValue}"/> is made. Read once, when the map is made.</summary>
public sealed class BoundedMapOptions<TKey, TValue>
    where TKey : notnull
{
    /// <summary>The default of <see cref="Capacity"/>, 100,000 entries.</summary>
    public const long DefaultCapacity = 100_000;

    /// <summary>The largest <see cref="Capacity"/> and the largest weight of an entry, 2^46 - 1; what weighs more counts as this.</summary>
    public const long MaximumCapacity = Node<TKey, TValue>.MaxWeight;

    /// <summary>
    /// The bound: a count of entries, or the sum of their weights where a <see cref="Weigher"/> is set. From 1 to 2^46 - 1.
    /// </summary>
    public long Capacity { get; init; } = DefaultCapacity;

    /// <summary>
    /// What an entry weighs, in any unit; bytes where <see cref="MapStatistics.EstimatedBytes"/> shall mean something.
    /// Called once for each write, outside of all locks. Zero counts as 1. When it answers less than zero, or throws, the write
    /// throws and changes nothing. Null: each entry weighs 1.
    /// </summary>
    public Func<TKey, TValue, long>? Weigher { get; init; }

    /// <summary>
    /// How keys are compared; null for their own equality, for strings the ordinal one. A comparer must not use the
    /// map. String keys can be looked up by span with the ordinal comparers and with every comparer that implements
    /// <see cref="IAlternateEqualityComparer{TAlternate, T}"/> for spans.
    /// </summary>
    public IEqualityComparer<TKey>? Comparer { get; init; }

    /// <summary>
    /// Told of every value that was evicted, had expired or was refused; not of removed, replaced and cleared ones.
    /// Called outside of all locks, mostly by a thread that writes, and may use the map. What it throws is swallowed
    /// and counted in <see cref="MapStatistics.CallbackFailures"/>.
    /// </summary>
    public Action<TKey, TValue, EvictionReason>? OnEvicted { get; init; }

    /// <summary>The clock of expiry. The default is the system's.</summary>
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;

    /// <summary>Where long maintenance goes on. The default is the thread pool.</summary>
    public MapScheduler Scheduler { get; init; } = MapScheduler.Pool;

    /// <summary>
    /// Whether reads are counted in <see cref="MapStatistics.Hits"/> and <see cref="MapStatistics.Misses"/>, the
    /// default. False, for who counts himself, spares each read its only write to shared memory.
    /// </summary>
    public bool CountsReads { get; init; } = true;

    /// <summary>
    /// The source of the hash's seed and of the admission's luck, used under a lock; for reproducible runs. Null, the
    /// default: unpredictable seeds, as is right wherever others choose the keys.
    /// </summary>
    public Random? Random { get; init; }

    /// <summary>
    /// The threads that are expected to read at once, which decides how far their notes are spread. The default is
    /// the number of processors; with 1 a single thread's notes keep their order wherever it runs.
    /// </summary>
    public int ConcurrencyLevel { get; init; } = Environment.ProcessorCount;
}
