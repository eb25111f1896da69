using System.Text.Json;
using Larder.Ports;
using Microsoft.Extensions.Caching.Hybrid;
using Microsoft.Extensions.Logging;

namespace Larder;

/// <summary>The settings of one cache. They are checked, all at once, when the cache is made, and fixed from then on.</summary>
public sealed class CacheOptions
{
    /// <summary>What the entries of this cache are like unless a call says otherwise. Null fields mean the library's defaults.</summary>
    public EntryOptions Defaults { get; set; } = new();

    /// <summary>
    /// The bound of memory. Default: 100,000 entries. A limit in bytes needs a <see cref="Sizer"/>.
    /// </summary>
    public MemoryLimit MemoryLimit { get; set; }

    /// <summary>
    /// Measures a value in bytes, for a <see cref="MemoryLimit"/> in bytes; not asked otherwise, nor for entries with a
    /// <see cref="EntryOptions.Size"/>. The key and some 290 bytes for the entry itself are added to its answer. Called
    /// by many threads at once; if it throws, the value is served but not stored. Default null.
    /// </summary>
    public Func<object?, long>? Sizer { get; set; }

    /// <summary>The longest key (and tag) in characters. Default 1,024. From 1 to 65,535.</summary>
    public int MaximumKeyLength { get; set; } = 1_024;

    /// <summary>The largest encoded value in bytes; a larger one is served, not stored, and counted. Default 1 MiB. 1 or more. An authority may take less (<see cref="Ports.ITier.MaximumBodyBytes"/>).</summary>
    public int MaximumValueBytes { get; set; } = 1 << 20;

    /// <summary>How many refreshes may run in the background at once; more are not started, and counted. Default 100. Zero: none.</summary>
    public int MaxConcurrentRefreshes { get; set; } = 100;

    /// <summary>How long disposal waits for running loads before it cancels them. Default 5 seconds. Zero: not at all. Closing the tiers comes behind it: at most <see cref="TierTimeout"/> for removals that the feeds of other
    /// nodes were not told of yet, and 5 seconds for each tier; what is lost then is told by <see cref="ICacheEvents.RemovalsLost"/>.</summary>
    public TimeSpan DrainTimeout { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>False switches the cache off: loads are still shared, but nothing is kept in any tier or read from one; removals reach them all the same. Default true.</summary>
    public bool IsEnabled { get; set; } = true;

    /// <summary>Whether keys are shown as they are in logs, activities and exceptions. Default false: a hash is shown.</summary>
    public bool ShowKeys { get; set; }

    /// <summary>The clock. Default null: the one of the service provider if there is one, else the system's.</summary>
    public TimeProvider? TimeProvider { get; set; }

    /// <summary>Where log messages go. Default null: the one of the service provider if there is one, else nowhere.</summary>
    public ILoggerFactory? LoggerFactory { get; set; }

    /// <summary>Chooses options by key and value when something is stored. Default null.</summary>
    public ITimelinePolicy? TimelinePolicy { get; set; }

    /// <summary>Is told what happens. Default null. Hearing of every hit makes hits slower.</summary>
    public ICacheEvents? Events { get; set; }

    /// <summary>
    /// The tier that decides, below memory: what is written or removed is written or removed there first, and nodes that share it share the cache. It belongs to this cache alone and is
    /// disposed with it. Default null: memory is all there is.
    /// </summary>
    public ITier? Authority { get; set; }

    /// <summary>
    /// A tier between memory and the <see cref="Authority"/> that keeps copies for this node, such as a disk. It belongs to this cache alone and is disposed with it. Default null.
    /// </summary>
    public ICopyTier? Copies { get; set; }

    /// <summary>
    /// Who makes the locks of <see cref="ICache.TryLockAsync"/>. Stays the caller's. Default null: the <see cref="Authority"/>, if it is an <see cref="ILockProvider"/> as the one on Redis is; without an authority
    /// locks are those of this process. With an authority that makes none TryLockAsync throws.
    /// </summary>
    public ILockProvider? Locks { get; set; }

    /// <summary>
    /// Tells the nodes of the cache what each of them removes, for <see cref="ICache.SubscribeRemovals"/>. Stays the caller's. Default null: the <see cref="Authority"/>, if it is an <see cref="IRemovalChannel"/> as the one on Redis is;
    /// otherwise the feed is told of this process's removals alone.
    /// </summary>
    public IRemovalChannel? RemovalChannel { get; set; }

    /// <summary>
    /// How long a tier may take to answer one call before the cache goes on without it. Default 2 seconds. More than zero. A tier that keeps failing is left alone for a while, so that an
    /// outage does not cost every read this time.
    /// </summary>
    public TimeSpan TierTimeout { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>How long the right to load a key outlives a node that dies while it loads. Default 10 seconds. While the node lives it is renewed. 100 milliseconds or more.</summary>
    public TimeSpan LoadLease { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// How long a call waits for a value that another node is loading, before it asks the source itself. The answer is shared with those who wait for it in this process, and stored nowhere. Default null: as long as the source may take
    /// (<see cref="EntryOptions.SourceTimeout"/>). Zero: not at all.
    /// </summary>
    public TimeSpan? LoadWait { get; set; }

    /// <summary>
    /// What becomes of a removal that the <see cref="Authority"/> can not be told of. False (the default): the call throws <see cref="TierUnavailableException"/>. True: it is queued, the call answers
    /// <see cref="RemovalOutcome.Queued"/>, and the authority is not read again until it has been told.
    /// </summary>
    public bool QueueRemovals { get; set; }

    /// <summary>Keeps queued removals when the process ends. Default null: they are kept in memory. Needs <see cref="QueueRemovals"/>. Belongs to this cache and is disposed with it.</summary>
    public IJournal? Journal { get; set; }

    /// <summary>
    /// How System.Text.Json encodes values that are isolated. Default null: its own defaults, by reflection. Where
    /// reflection is switched off (AOT), set options with a source-generated context.
    /// </summary>
    public JsonSerializerOptions? JsonOptions { get; set; }

    internal Dictionary<Type, object> Serializers { get; } = [];

    internal List<IHybridCacheSerializerFactory> SerializerFactories { get; } = [];

    internal Dictionary<Type, object> Transformers { get; } = [];

    /// <summary>Encodes values of one type with this serializer instead of System.Text.Json.</summary>
    /// <typeparam name="T">The type.</typeparam>
    /// <param name="serializer">The serializer; used by many threads at once.</param>
    /// <returns>These options.</returns>
    public CacheOptions AddSerializer<T>(IHybridCacheSerializer<T> serializer)
    {
        ArgumentNullException.ThrowIfNull(serializer);
        Serializers[typeof(T)] = serializer;
        return this;
    }

    /// <summary>Asks this factory for serializers of types that have none of their own, in the order of registration.</summary>
    /// <param name="factory">The factory.</param>
    /// <returns>These options.</returns>
    public CacheOptions AddSerializerFactory(IHybridCacheSerializerFactory factory)
    {
        ArgumentNullException.ThrowIfNull(factory);
        SerializerFactories.Add(factory);
        return this;
    }

    /// <summary>Changes values of one type on their way into the cache and back.</summary>
    /// <typeparam name="T">The type that is asked for.</typeparam>
    /// <param name="transformer">The transformer; used by many threads at once.</param>
    /// <returns>These options.</returns>
    public CacheOptions AddTransformer<T>(IValueTransformer<T> transformer)
    {
        ArgumentNullException.ThrowIfNull(transformer);
        Transformers[typeof(T)] = transformer;
        return this;
    }
}
