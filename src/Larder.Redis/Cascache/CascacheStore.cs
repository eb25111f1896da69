using Larder.Redis.Cascache;
using Larder.Resp;
using Microsoft.Extensions.Caching.Hybrid;

namespace Larder.Redis;

/// <summary>
/// A cache that is shared with Go services that use cascache with its wire format v1 and its generations in Redis: the same keys, the same bytes. Each key has a
/// generation, which a removal raises. A value is stored only if the generation is still the one that was observed before the value was read from the source, and
/// answers only while it is. Safe for any number of threads.
/// </summary>
/// <typeparam name="T">The type of the values. A namespace holds values of one type.</typeparam>
/// <example><code>
/// var users = new CascacheStore&lt;User&gt;(client, "user");
/// if (!(await users.GetAsync("42")).TryGet(out var user))
/// {
///     var snapshot = await users.SnapshotAsync("42");         // before the source is read
///     user = await Users.FindAsync(42);
///     await users.SetIfUnchangedAsync("42", user, snapshot);
/// }
/// </code></example>
/// <remarks>
/// <para>
/// When Redis does not answer, look-ups find nothing, snapshots are none, stores say <see cref="CascacheOutcome.Unavailable"/>, and removals throw.
/// </para>
/// <para>
/// Each look-up asks Redis, values and generations in one go; nothing is kept in this process, and loads are not shared. Where that is wanted, and no Go service takes part, use a
/// cache with Redis below it instead. What is read comes from the primary even where the client reads from replicas.
/// </para>
/// <para>
/// The generation is a counter: if Redis loses it (evicted, expired, a failover without the last removals), it begins again at zero, and a value of that generation
/// that is still there is valid again. Keep generations for longer than values (<see cref="CascacheOptions.GenerationRetention"/>) and let Redis evict only what has a lifetime.
/// </para>
/// </remarks>
public sealed class CascacheStore<T>
{
    private readonly string _space;
    private readonly CascacheOptions _options;
    private readonly CascacheCounters _counters;
    private readonly CascacheCommands _commands;
    private readonly KeyNames _names;
    private readonly CascacheCodec<T> _codec;
    private readonly SingleReads<T> _singles;
    private readonly BulkReads<T> _bulks;
    private readonly Stores _stores;

    /// <summary>Makes a store over a client, which stays the caller's.</summary>
    /// <param name="client">The client; must live as long as the store is used.</param>
    /// <param name="space">
    /// The namespace, as the Go services name it; not empty. In Redis Cluster give it a hash tag, such as "{user}", if the Go services can do so too: then comparing and storing
    /// are one step there as well. Without colons in it no two namespaces can meet in one key.
    /// </param>
    /// <param name="codec">How values are encoded, as the Go services do it. Null, the default: JSON, its members named as the type's.</param>
    /// <param name="options">How values are kept; null for the defaults.</param>
    /// <exception cref="ArgumentException">The namespace or an option can not be used; the message names all of them.</exception>
    /// <exception cref="LarderException">There is no codec, and reflection is switched off.</exception>
    public CascacheStore(RespClient client, string space, IHybridCacheSerializer<T>? codec = null, CascacheOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(client);
        ArgumentNullException.ThrowIfNull(space);
        _options = options ?? new CascacheOptions();
        _options.Check(space);
        _space = space;
        _counters = new CascacheCounters(space);
        _commands = new CascacheCommands(client, _counters);
        _names = new KeyNames(space);
        _codec = new CascacheCodec<T>(codec ?? JsonCodec<T>.Default(), _options, _counters);
        _singles = new SingleReads<T>(_commands, _names, _codec, _counters);
        _bulks = new BulkReads<T>(_commands, _names, _codec, _counters, _options);
        _stores = new Stores(_commands, _names, _options);
    }

    /// <summary>False when the options switched the store off: nothing is found, nothing is stored, removals are made.</summary>
    public bool IsEnabled => _options.IsEnabled;

    /// <summary>What has been counted since the store was made.</summary>
    public CascacheStatistics Statistics => _counters.Read();

    /// <summary>Looks a key up. A frame that can not be used is deleted, and counted with the reason.</summary>
    /// <param name="key">The key: from 1 to 65,535 bytes of UTF-8.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <returns>The value, or why there is none.</returns>
    /// <exception cref="ArgumentException">The key is not acceptable.</exception>
    /// <exception cref="OperationCanceledException">The caller cancelled.</exception>
    public ValueTask<CascacheResult<T>> GetAsync(string key, CancellationToken cancellationToken = default)
    {
        KeyNames.Check(key);
        if (IsEnabled)
        {
            return _singles.ReadAsync(key, cancellationToken);
        }

        _counters.LookedUp(CascacheReason.Disabled);
        return new ValueTask<CascacheResult<T>>(new CascacheResult<T>(CascacheReason.Disabled));
    }

    /// <summary>
    /// Looks many keys up. The bulk that was stored for exactly these keys answers, if each of them in it is still current; then the single values are stored again where they are missing. A
    /// bulk that can not answer is deleted, and the keys are looked up one by one, in one go.
    /// </summary>
    /// <param name="keys">The keys. Read once; duplicates are left out. None gives an empty answer.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <returns>A result for every key, in the order of the keys.</returns>
    /// <exception cref="ArgumentException">A key is not acceptable.</exception>
    /// <exception cref="OperationCanceledException">The caller cancelled.</exception>
    public async ValueTask<IReadOnlyDictionary<string, CascacheResult<T>>> GetManyAsync(IEnumerable<string> keys, CancellationToken cancellationToken = default)
    {
        var all = Different(keys);
        var found = new Dictionary<string, CascacheResult<T>>(all.Length, StringComparer.Ordinal);

        // The answers are in the order of the keys, whatever they are found in.
        foreach (var key in all)
        {
            found[key] = new CascacheResult<T>(CascacheReason.Disabled);
        }

        if (!IsEnabled)
        {
            Array.ForEach(all, _ => _counters.LookedUp(CascacheReason.Disabled));
            return found;
        }

        if (!UsesBulk(all.Length) || !await _bulks.TryReadAsync(SortedKeys.Of(all), found, cancellationToken).ConfigureAwait(false))
        {
            await _singles.ReadManyAsync(all, found, cancellationToken).ConfigureAwait(false);
        }

        return found;
    }

    /// <summary>Observes the generation of a key, to store later what is read from the source in between.</summary>
    /// <param name="key">The key.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <returns>The generation; none when Redis did not answer, or holds something else than a whole number there.</returns>
    /// <exception cref="ArgumentException">The key is not acceptable.</exception>
    /// <exception cref="OperationCanceledException">The caller cancelled.</exception>
    public async ValueTask<CascacheSnapshot> SnapshotAsync(string key, CancellationToken cancellationToken = default)
    {
        KeyNames.Check(key);
        var reply = IsEnabled ? await _commands.GetGenerationAsync(_names.Generation(key), cancellationToken).ConfigureAwait(false) : default;
        return reply is { IsAnswered: true, Value.IsReadable: true } ? new CascacheSnapshot(key, _space, reply.Value.Value) : new CascacheSnapshot(key, _space, generation: null);
    }

    /// <summary>Observes the generations of many keys, in one go.</summary>
    /// <param name="keys">The keys. Read once; duplicates are left out.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <returns>The generations by key.</returns>
    /// <exception cref="ArgumentException">A key is not acceptable.</exception>
    /// <exception cref="OperationCanceledException">The caller cancelled.</exception>
    public async ValueTask<IReadOnlyDictionary<string, CascacheSnapshot>> SnapshotManyAsync(IEnumerable<string> keys, CancellationToken cancellationToken = default)
    {
        var all = Different(keys);
        var asked = new ValueTask<CascacheSnapshot>[all.Length];
        using (RespClient.Gather())
        {
            for (var i = 0; i < all.Length; i++)
            {
                asked[i] = SnapshotAsync(all[i], cancellationToken);
            }
        }

        var snapshots = new Dictionary<string, CascacheSnapshot>(all.Length, StringComparer.Ordinal);
        for (var i = 0; i < all.Length; i++)
        {
            snapshots[all[i]] = await asked[i].ConfigureAwait(false);
        }

        return snapshots;
    }

    /// <summary>
    /// Stores a value if its key was not removed since the snapshot. Comparing and storing are one step (which is more than cascache itself does), unless a cluster keeps the
    /// generation and the value in different slots; then a removal in between leaves a value behind that nobody is served.
    /// </summary>
    /// <param name="key">The key.</param>
    /// <param name="value">The value, read after the snapshot was taken.</param>
    /// <param name="snapshot">The generation that was observed, of this key and this namespace.</param>
    /// <param name="lifetime">How long the value lives, a millisecond or more; null for <see cref="CascacheOptions.ValueLifetime"/>.</param>
    /// <param name="cancellationToken">Ends the waiting, not the store.</param>
    /// <returns>What became of it.</returns>
    /// <exception cref="ArgumentException">The key or the lifetime is not acceptable, or the snapshot is of something else. What the codec throws is thrown too.</exception>
    /// <exception cref="OperationCanceledException">The caller cancelled.</exception>
    public async ValueTask<CascacheOutcome> SetIfUnchangedAsync(
        string key, T value, CascacheSnapshot snapshot, TimeSpan? lifetime = null, CancellationToken cancellationToken = default)
    {
        KeyNames.Check(key);
        CheckLifetime(lifetime);
        CheckSnapshot(key, snapshot);
        var outcome = IsEnabled
            ? await _stores.StoreAsync(DraftOf(key, value, snapshot), lifetime ?? _options.ValueLifetime, cancellationToken).ConfigureAwait(false)
            : CascacheOutcome.Disabled;
        _counters.Stored(outcome);
        return outcome;
    }

    /// <summary>
    /// Stores many values: a bulk of all of them, and each by itself, if no key was removed since its snapshot; otherwise those by themselves whose keys were not.
    /// </summary>
    /// <param name="items">The values by key.</param>
    /// <param name="snapshots">The generations that were observed. A key without one is not stored, and neither is the bulk.</param>
    /// <param name="bulkLifetime">How long the bulk lives, a millisecond or more; null for <see cref="CascacheOptions.BulkLifetime"/>. Single values live for <see cref="CascacheOptions.ValueLifetime"/>.</param>
    /// <param name="cancellationToken">Ends the waiting, not the stores.</param>
    /// <returns>What became of the single values, by key.</returns>
    /// <exception cref="ArgumentException">A key or the lifetime is not acceptable, or a snapshot is of something else; nothing was stored. What the codec throws is thrown too.</exception>
    /// <exception cref="OperationCanceledException">The caller cancelled.</exception>
    public async ValueTask<IReadOnlyDictionary<string, CascacheOutcome>> SetManyIfUnchangedAsync(
        IReadOnlyDictionary<string, T> items,
        IReadOnlyDictionary<string, CascacheSnapshot> snapshots,
        TimeSpan? bulkLifetime = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(items);
        ArgumentNullException.ThrowIfNull(snapshots);
        CheckLifetime(bulkLifetime);
        var keys = SortedKeys.Of(Different(items.Keys));
        foreach (var key in keys.Texts)
        {
            if (snapshots.TryGetValue(key, out var snapshot))
            {
                CheckSnapshot(key, snapshot);
            }
        }

        var outcomes = await StoreAsync(keys, items, snapshots, bulkLifetime ?? _options.BulkLifetime, cancellationToken).ConfigureAwait(false);
        var byKey = new Dictionary<string, CascacheOutcome>(outcomes.Length, StringComparer.Ordinal);
        for (var i = 0; i < outcomes.Length; i++)
        {
            _counters.Stored(outcomes[i]);
            byKey[keys.Texts[i]] = outcomes[i];
        }

        return byKey;
    }

    /// <summary>
    /// Removes a key: raises its generation, and deletes the single value. From then on no service is served a value, single or in a bulk, that was read
    /// before. Made also when the store is switched off.
    /// </summary>
    /// <param name="key">The key. It need not be there.</param>
    /// <param name="cancellationToken">Ends the waiting, not the removal.</param>
    /// <exception cref="ArgumentException">The key is not acceptable.</exception>
    /// <exception cref="TierUnavailableException">Redis did not confirm it: the key is removed or not. Repeat the removal; a second one does no harm.</exception>
    /// <exception cref="OperationCanceledException">The caller cancelled.</exception>
    public async ValueTask RemoveAsync(string key, CancellationToken cancellationToken = default)
    {
        KeyNames.Check(key);
        try
        {
            await _commands.RemoveAsync(_names.Generation(key), _names.Single(key), _options.GenerationRetention, cancellationToken).ConfigureAwait(false);
        }
        catch (RespException failure)
        {
            throw new TierUnavailableException(
                "Redis did not confirm that the generation of a key was raised, so its old value may still be served. Repeat the removal.", failure);
        }
    }

    private async ValueTask<CascacheOutcome[]> StoreAsync(
        SortedKeys keys,
        IReadOnlyDictionary<string, T> items,
        IReadOnlyDictionary<string, CascacheSnapshot> snapshots,
        TimeSpan bulkLifetime,
        CancellationToken cancellationToken)
    {
        var drafts = new Draft[keys.Count];
        if (!IsEnabled)
        {
            return Array.ConvertAll(drafts, static _ => CascacheOutcome.Disabled);
        }

        for (var i = 0; i < drafts.Length; i++)
        {
            var key = keys.Texts[i];
            drafts[i] = DraftOf(key, items[key], snapshots.GetValueOrDefault(key));
        }

        return UsesBulk(drafts.Length)
            ? await _stores.StoreBulkAsync(keys, drafts, bulkLifetime, cancellationToken).ConfigureAwait(false)
            : await _stores.StoreEachAsync(drafts, _options.ValueLifetime, cancellationToken).ConfigureAwait(false);
    }

    private Draft DraftOf(string key, T value, CascacheSnapshot snapshot) => snapshot.IsNone
        ? new Draft(key, null, default)
        : new Draft(key, snapshot.Generation, _codec.Seal(value, snapshot.Generation));

    private bool UsesBulk(int keys) => _options.UsesBulk && keys > 0 && keys <= _options.MaximumBulkKeys;

    private void CheckSnapshot(string key, CascacheSnapshot snapshot)
    {
        if (snapshot.Key is null)
        {
            throw new ArgumentException("The snapshot is the default, of no key; take one with SnapshotAsync before the value is read from the source.", nameof(snapshot));
        }

        if (snapshot.Key != key || snapshot.Space != _space)
        {
            throw new ArgumentException("The snapshot is of another key or another namespace; use the one that was taken of this key.", nameof(snapshot));
        }
    }

    private void CheckLifetime(TimeSpan? lifetime)
    {
        if (lifetime is { } time && (time < CascacheOptions.ShortestLifetime || time >= _options.GenerationRetention))
        {
            throw new ArgumentOutOfRangeException(
                nameof(lifetime), time, "The lifetime must be a millisecond or more, and less than GenerationRetention where that is set.");
        }
    }

    private static string[] Different(IEnumerable<string> keys)
    {
        ArgumentNullException.ThrowIfNull(keys);
        var all = keys.Distinct(StringComparer.Ordinal).ToArray();
        Array.ForEach(all, KeyNames.Check);
        return all;
    }
}
