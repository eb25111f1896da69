using System.Collections;
using System.Diagnostics.CodeAnalysis;
using Larder.Memory.Maintenance;
using Larder.Memory.Scheduling;
using Larder.Memory.Table;

namespace Larder.Memory;

/// <summary>
/// A concurrent map with a bound, of count or of weight, that keeps what is likely to be asked for again (W-TinyLFU).
/// Reads take no lock and allocate nothing. All members may be called by several threads at once.
/// </summary>
/// <remarks>
/// <para>Operations on one key take effect in one order that all threads agree on. The bound is never passed by more
/// than one percent and one entry. Nothing leaves the map unless it is removed, replaced, evicted or expired.</para>
/// <para>A map owns no thread and no timer, and needs no disposing.</para>
/// <example>
/// <code>
/// var map = new BoundedMap&lt;string, byte[]&gt;(new BoundedMapOptions&lt;string, byte[]&gt;
/// {
///     Capacity = 64 &lt;&lt; 20,
///     Weigher = (_, bytes) =&gt; bytes.Length,
/// });
/// map.Set("logo", bytes, EntryExpiry.After(TimeSpan.FromMinutes(10)));
/// if (map.TryGet("logo", out var logo)) { ... }
/// </code>
/// </example>
/// </remarks>
[SuppressMessage("Naming", "CA1710:Identifiers should have correct suffix", Justification = "A map is what it is.")]
public sealed class BoundedMap<TKey, TValue> : IEnumerable<KeyValuePair<TKey, TValue>>
    where TKey : notnull
{
    private const int NodeBytes = 48;

    private readonly NodeTable<TKey, TValue> _table;
    private readonly Keeper<TKey, TValue> _keeper;
    private readonly ReadDesk<TKey, TValue> _desk;
    private readonly NodeMaker<TKey, TValue> _maker;

    /// <summary>A map bounded by count.</summary>
    /// <param name="capacity">The most entries, 1 or more.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="capacity"/> is less than 1 or more than 2^46 - 1.</exception>
    public BoundedMap(long capacity)
        : this(new BoundedMapOptions<TKey, TValue> { Capacity = capacity })
    {
    }

    /// <summary>A map as the options say.</summary>
    /// <param name="options">Read once, here.</param>
    /// <exception cref="ArgumentOutOfRangeException">The capacity or the concurrency level is out of range.</exception>
    public BoundedMap(BoundedMapOptions<TKey, TValue> options)
        : this(options, probe: null)
    {
    }

    internal BoundedMap(BoundedMapOptions<TKey, TValue> options, ILockProbe? probe)
    {
        MapDoor.Check(options);
        var clock = new Clock(options.TimeProvider);
        Capacity = options.Capacity;
        _table = TableChoice.Create(options, clock);
        _maker = new NodeMaker<TKey, TValue>(options.Weigher, clock);
        _keeper = new Keeper<TKey, TValue>(
            _table,
            new KeeperSettings<TKey, TValue>(options.Capacity, options.Weigher is not null, clock, options.Scheduler, options.Random ?? Random.Shared)
            {
                Concurrency = options.ConcurrencyLevel,
                CountsReads = options.CountsReads,
                OnEvicted = options.OnEvicted,
                Probe = probe,
            });
        _desk = _keeper.Desk;
    }

    /// <summary>The bound, in entries or in the weigher's unit.</summary>
    public long Capacity { get; }

    /// <summary>The entries in the map, expired ones included until they are dropped.</summary>
    public long Count => _table.Count;

    /// <summary>The weight of the entries, and of what writers are about to add.</summary>
    public long Weight => _keeper.Budget.Weight;

    /// <summary>What the map has counted, and what it holds. Adds up the counts of all processors.</summary>
    public MapStatistics Statistics
    {
        get
        {
            var shelves = _keeper.Shelves;
            var weight = Weight;
            var count = Count;
            return new MapStatistics
            {
                Hits = _keeper.Reads.Hits,
                Misses = _keeper.Reads.Misses,
                EvictedForCapacity = shelves.Evictions(EvictionReason.Capacity),
                Expired = shelves.Evictions(EvictionReason.Expired),
                RefusedAsTooHeavy = shelves.Evictions(EvictionReason.TooHeavy),
                Trimmed = shelves.Evictions(EvictionReason.Trimmed),
                CallbackFailures = _keeper.CallbackFailures,
                Count = count,
                Weight = weight,
                EstimatedBytes = (count * NodeBytes) + _table.Bytes + shelves.Bytes + (_maker.IsWeighted ? weight : 0),
            };
        }
    }

    internal Keeper<TKey, TValue> Keeper => _keeper;

    internal NodeTable<TKey, TValue> Table => _table;

    /// <summary>Looks a key up. Counts as a use of the entry. Takes no lock and allocates nothing.</summary>
    /// <param name="key">The key.</param>
    /// <param name="value">The value; the type's default when there is none.</param>
    /// <returns>True when a live entry is there.</returns>
    public bool TryGet(TKey key, [MaybeNullWhen(false)] out TValue value)
    {
        ArgumentNullException.ThrowIfNull(key);
        var node = _table.Find(key);
        if (node is not null && _desk.Hit(node))
        {
            value = node.Value;
            return true;
        }

        _desk.Miss();
        value = default;
        return false;
    }

    /// <summary>True when a live entry is there. Neither counts as a use nor in the statistics.</summary>
    /// <param name="key">The key.</param>
    public bool ContainsKey(TKey key)
    {
        ArgumentNullException.ThrowIfNull(key);
        return _table.Find(key) is { } node && _desk.IsReadable(node);
    }

    /// <summary>The value of the key, made and stored first where there is none.</summary>
    /// <remarks>The factory runs outside of all locks; of several threads that make a value for one key, one stores it and all get that one.</remarks>
    /// <param name="key">The key.</param>
    /// <param name="factory">Makes the value. What it throws comes out of here, and nothing is stored.</param>
    /// <param name="expiry">When a value stored here expires; by default never.</param>
    public TValue GetOrAdd(TKey key, Func<TKey, TValue> factory, EntryExpiry expiry = default)
    {
        ArgumentNullException.ThrowIfNull(factory);
        return TryGet(key, out var value) ? value : GetOrAddNew(key, factory(key), expiry);
    }

    /// <summary>The value of the key, made and stored first where there is none, by a factory that needs no closure.</summary>
    /// <param name="key">The key.</param>
    /// <param name="factory">Makes the value.</param>
    /// <param name="argument">Handed to the factory.</param>
    /// <param name="expiry">When a value stored here expires; by default never.</param>
    public TValue GetOrAdd<TArgument>(TKey key, Func<TKey, TArgument, TValue> factory, TArgument argument, EntryExpiry expiry = default)
    {
        ArgumentNullException.ThrowIfNull(factory);
        return TryGet(key, out var value) ? value : GetOrAddNew(key, factory(key, argument), expiry);
    }

    /// <summary>Stores a value, in place of the one before it.</summary>
    /// <param name="key">The key.</param>
    /// <param name="value">The value.</param>
    /// <param name="expiry">When it expires; by default never, whatever the value before it did.</param>
    /// <returns>False when the value alone is heavier than the bound: it is refused, and the value before it is gone too.</returns>
    public bool Set(TKey key, TValue value, EntryExpiry expiry = default)
    {
        ArgumentNullException.ThrowIfNull(key);
        var node = _maker.Make(key, _table.Hash(key), value, expiry);
        if (node.Weight > Capacity)
        {
            _keeper.Write(new Write<TKey, TValue>(WriteMode.Remove, key, node.Hash));
            _keeper.Refuse(node);
            return false;
        }

        _keeper.Write(new Write<TKey, TValue>(WriteMode.Set, key, node.Hash) { Born = node });
        return true;
    }

    /// <summary>Stores a value if there is no live entry.</summary>
    /// <param name="key">The key.</param>
    /// <param name="value">The value.</param>
    /// <param name="expiry">When it expires; by default never.</param>
    /// <returns>True when it was stored; false when there was an entry, or the value alone is heavier than the bound.</returns>
    public bool TryAdd(TKey key, TValue value, EntryExpiry expiry = default)
    {
        ArgumentNullException.ThrowIfNull(key);
        return Add(_maker.Make(key, _table.Hash(key), value, expiry)).Done;
    }

    /// <summary>Replaces a value if it still is the one expected: the same reference, or an equal value of a value type.</summary>
    /// <param name="key">The key.</param>
    /// <param name="newValue">The value to store.</param>
    /// <param name="comparand">The value that must be there.</param>
    /// <param name="expiry">When the new value expires; by default never.</param>
    /// <returns>
    /// True when the expected value was there. A new value that alone is heavier than the bound is refused then, and nothing is kept of the key.
    /// </returns>
    public bool TryUpdate(TKey key, TValue newValue, TValue comparand, EntryExpiry expiry = default)
    {
        ArgumentNullException.ThrowIfNull(key);
        var node = _maker.Make(key, _table.Hash(key), newValue, expiry);
        if (node.Weight <= Capacity)
        {
            return _keeper.Write(new Write<TKey, TValue>(WriteMode.Update, key, node.Hash) { Born = node, Comparand = comparand }).Done;
        }

        if (!TryRemove(key, comparand))
        {
            return false;
        }

        _keeper.Refuse(node);
        return true;
    }

    /// <summary>Removes an entry.</summary>
    /// <param name="key">The key.</param>
    /// <param name="value">The value that was removed.</param>
    /// <returns>True when a live entry was there.</returns>
    public bool TryRemove(TKey key, [MaybeNullWhen(false)] out TValue value)
    {
        ArgumentNullException.ThrowIfNull(key);
        var outcome = _keeper.Write(new Write<TKey, TValue>(WriteMode.Remove, key, _table.Hash(key)));
        value = outcome.Done ? outcome.Found!.Value : default;
        return outcome.Done;
    }

    /// <summary>Removes an entry if its value still is the one expected: the same reference, or an equal value of a value type.</summary>
    /// <param name="key">The key.</param>
    /// <param name="comparand">The value that must be there.</param>
    /// <returns>True when it was there and is removed.</returns>
    public bool TryRemove(TKey key, TValue comparand)
    {
        ArgumentNullException.ThrowIfNull(key);
        var write = new Write<TKey, TValue>(WriteMode.RemoveExact, key, _table.Hash(key)) { Comparand = comparand };
        return _keeper.Write(write).Done;
    }

    /// <summary>Evicts entries until the map weighs no more than the target, the least promising first, and gives memory back.</summary>
    /// <param name="targetWeight">0 or more, in entries or in the weigher's unit.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="targetWeight"/> is negative.</exception>
    public void Trim(long targetWeight)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(targetWeight);
        _keeper.Trim(targetWeight);
    }

    /// <summary>Removes all entries that are there when this begins; of those written meanwhile some may stay.</summary>
    public void Clear() => _keeper.Clear();

    /// <summary>
    /// Does now what the map would do by and by: hears of all reads and writes, drops what has expired, evicts what
    /// is too much. Waits for others who are at it.
    /// </summary>
    public void Maintain() => _keeper.SettleAll();

    /// <summary>
    /// The live entries. Does not count as a use. Entries that come or go meanwhile may or may not be seen, and one that is removed
    /// and added again may be seen twice.
    /// </summary>
    public IEnumerator<KeyValuePair<TKey, TValue>> GetEnumerator()
    {
        for (var segment = 0; segment < _table.Segments; segment++)
        {
            var slots = _table.SlotsOf(segment);
            for (var place = 0; place < slots.Length; place++)
            {
                var node = Volatile.Read(ref slots[place].Node);
                if (_table.IsNode(node) && _desk.IsReadable(node!))
                {
                    yield return KeyValuePair.Create(node!.Key, node.Value);
                }
            }
        }
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    private TValue GetOrAddNew(TKey key, TValue value, EntryExpiry expiry)
    {
        var outcome = Add(_maker.Make(key, _table.Hash(key), value, expiry));
        return outcome.Found is { } found ? found.Value : value;
    }

    private WriteOutcome<TKey, TValue> Add(Node<TKey, TValue> node)
    {
        if (node.Weight <= Capacity)
        {
            return _keeper.Write(new Write<TKey, TValue>(WriteMode.Add, node.Key, node.Hash) { Born = node });
        }

        var found = _table.Find(node.Key);
        if (found is not null && _desk.IsReadable(found))
        {
            return new WriteOutcome<TKey, TValue>(Done: false, found, Died: null);
        }

        _keeper.Refuse(node);
        return default;
    }
}
