using Larder.Coherence;
using Larder.Locks;
using Larder.Ports;
using Larder.Redis.Connecting;
using Larder.Redis.Feeding;
using Larder.Redis.Layout;
using Larder.Redis.Linking;
using Larder.Redis.Locks;
using Larder.Redis.Options;
using Larder.Redis.Scheduling;

namespace Larder.Redis;

/// <summary>
/// Redis as the tier that decides, for one cache: what is written or removed is written or removed there first, one node loads a key for all, and the memories of the nodes agree at the chosen level.
/// </summary>
/// <remarks>
/// <para>
/// <c>UseRedis</c> makes one; make it yourself only for <see cref="CacheOptions.Authority"/> of a cache without dependency injection that has more than its settings to say. It connects when the cache is made, in the background, and
/// goes on trying; while Redis is away the cache works without it. Thread-safe.
/// </para>
/// <para>Before <see cref="Attach"/> every call throws an <see cref="InvalidOperationException"/>; after <see cref="DisposeAsync"/> it answers as if Redis was away.</para>
/// </remarks>
public sealed class RedisAuthority : ITier, ICoherence, ITierHealth, ILockProvider, IRemovalChannel
{
    private readonly RedisHub _hub;
    private readonly RedisLink _link;
    private readonly LinkedAuthority _linked;
    private readonly ReplicaConfirmation? _replicas;
    private readonly string _prefix;
    private LeasedLocks? _locks;
    private RedisRemovalChannel? _feed;

    /// <summary>Makes the tier, with a connection of its own.</summary>
    /// <param name="options">The settings. Read once, here.</param>
    /// <exception cref="ArgumentException">Settings are not acceptable; the message names all of them.</exception>
    public RedisAuthority(RedisOptions options)
        : this(options, hub: null)
    {
    }

    internal RedisAuthority(RedisOptions options, RedisHub? hub)
    {
        ArgumentNullException.ThrowIfNull(options);
        RedisOptionsRules.Check(options);
        _hub = hub ?? new RedisHubs(loggers: null).Of(options);
        _prefix = options.Prefix;
        _replicas = options.WaitReplicas > 0 ? new ReplicaConfirmation(_hub, options.WaitReplicas, options.ReplicaTimeout) : null;
        _link = new RedisLink(_hub, options.Prefix);
        _linked = new LinkedAuthority(_link, new LinkedAuthorityOptions
        {
            Level = options.Level,
            LeaseTime = options.CoherenceLease,
            WriteLeaseTime = options.WriteLease,
        });
    }

    /// <inheritdoc/>
    public string Name => _linked.Name;

    /// <inheritdoc/>
    public CacheTier Kind => _linked.Kind;

    /// <inheritdoc/>
    public CoherenceLevel Level => _linked.Level;

    /// <inheritdoc/>
    public CoherenceGate Gate => _linked.Gate;

    /// <summary>True while there is a connection that can be used.</summary>
    public bool IsAvailable => _linked.IsAvailable;

    /// <inheritdoc/>
    public Task FirstContact => _linked.FirstContact;

    /// <inheritdoc/>
    public string Description => _hub.Obstacle is { } obstacle && !IsAvailable ? $"{_linked.Description} {obstacle}" : _linked.Description;

    /// <inheritdoc/>
    public void Attach(TierHost host)
    {
        ArgumentNullException.ThrowIfNull(host);
        _linked.Attach(host);
        Volatile.Write(ref _locks, new LeasedLocks(new RedisLockStore(_hub, new KeyNames(_prefix, host.CacheName)), host.TimeProvider, host.Logger));
    }

    /// <inheritdoc/>
    public ValueTask<TierReading> GetAsync(string key, TierObservation? observation, CancellationToken cancellationToken) =>
        _linked.GetAsync(key, observation, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<TierReading> PeekAsync(string key, TierObservation? observation, CancellationToken cancellationToken) =>
        _linked.PeekAsync(key, observation, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<TierReading[]> GetManyAsync(
        ReadOnlyMemory<string> keys, ReadOnlyMemory<TierObservation?> observations, CancellationToken cancellationToken) =>
        _linked.GetManyAsync(keys, observations, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<TierClaim> ClaimAsync(
        string key, FenceToken unusable, TierObservation observation, TimeSpan leaseTime, CancellationToken cancellationToken) =>
        _linked.ClaimAsync(key, unusable, observation, leaseTime, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<StoreOutcome> SetAsync(
        string key, TierWrite write, FenceToken token, TierObservation? observation, CancellationToken cancellationToken) =>
        _linked.SetAsync(key, write, token, observation, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<StoreOutcome> ReplaceAsync(
        string key, FenceToken expected, TierWrite write, FenceToken token, TierObservation? observation, CancellationToken cancellationToken) =>
        _linked.ReplaceAsync(key, expected, write, token, observation, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<FenceToken> SnapshotAsync(string key, TimeSpan lifetime, CancellationToken cancellationToken) =>
        _linked.SnapshotAsync(key, lifetime, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<bool> RemoveAsync(ReadOnlyMemory<string> keys, CancellationToken cancellationToken) =>
        ConfirmedAsync(_linked.RemoveAsync(keys, cancellationToken), cancellationToken);

    /// <inheritdoc/>
    public ValueTask<bool> ExpireAsync(string key, long freshUntil, FenceToken token, CancellationToken cancellationToken) =>
        ConfirmedAsync(_linked.ExpireAsync(key, freshUntil, token, cancellationToken), cancellationToken);

    /// <inheritdoc/>
    public ValueTask<IncrementReading> IncrementAsync(string key, long delta, TimeSpan lifetime, CancellationToken cancellationToken) =>
        _linked.IncrementAsync(key, delta, lifetime, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<FenceToken[]?> ReadFencesAsync(ReadOnlyMemory<FenceName> names, CancellationToken cancellationToken) =>
        _linked.ReadFencesAsync(names, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<bool> MoveFenceAsync(FenceName name, CancellationToken cancellationToken) =>
        ConfirmedAsync(_linked.MoveFenceAsync(name, cancellationToken), cancellationToken);

    /// <inheritdoc/>
    public ValueTask<CacheLock?> TryLockAsync(string name, TimeSpan timeToLive, CancellationToken cancellationToken) =>
        (Volatile.Read(ref _locks) ?? throw new InvalidOperationException("The tier is not attached to a cache yet.")).TryLockAsync(name, timeToLive, cancellationToken);

    /// <inheritdoc/>
    public void Join(TierHost host, IRemovalListener listener)
    {
        ArgumentNullException.ThrowIfNull(host);
        ArgumentNullException.ThrowIfNull(listener);
        var feed = new RedisRemovalChannel(_hub, new KeyNames(_prefix, host.CacheName), listener, host.Logger, new Pauses(host.TimeProvider));
        if (Interlocked.CompareExchange(ref _feed, feed, null) is not null)
        {
            throw new InvalidOperationException("The tier carries the removals of a cache already; make one for each cache.");
        }
    }

    /// <inheritdoc/>
    public void Listen() => Feed.Listen();

    /// <inheritdoc/>
    public ValueTask<bool> PublishAsync(ReadOnlyMemory<Removal> removals, CancellationToken cancellationToken) => Feed.PublishAsync(removals, cancellationToken);

    /// <inheritdoc/>
    public bool CanHold => _linked.CanHold;

    /// <inheritdoc cref="LinkedAuthority.HoldAsync"/>
    public ValueTask<bool> HoldAsync(string key, TimeSpan holdFor, CancellationToken cancellationToken) =>
        ConfirmedAsync(_linked.HoldAsync(key, holdFor, cancellationToken), cancellationToken);

    /// <inheritdoc/>
    public ValueTask<bool> SynchronizeAsync(CancellationToken cancellationToken) => _linked.SynchronizeAsync(cancellationToken);

    /// <summary>Gives locks back, stops serving from memory, takes this node out of the registry if Redis answers within a second, and closes the connection if no other cache uses it.</summary>
    /// <returns>A task that ends when it is done.</returns>
    public async ValueTask DisposeAsync()
    {
        if (Volatile.Read(ref _locks) is { } locks)
        {
            await locks.DisposeAsync().ConfigureAwait(false);
        }

        if (Volatile.Read(ref _feed) is { } feed)
        {
            await feed.DisposeAsync().ConfigureAwait(false);
        }

        await _linked.DisposeAsync().ConfigureAwait(false);
        if (_replicas is not null)
        {
            await _replicas.DisposeAsync().ConfigureAwait(false);
        }
    }

    private RedisRemovalChannel Feed => Volatile.Read(ref _feed) ?? throw new InvalidOperationException("The tier does not carry the removals of a cache yet.");

    private ValueTask<bool> ConfirmedAsync(ValueTask<bool> changing, CancellationToken cancellationToken) =>
        _replicas is null ? changing : ConfirmedAsync(_replicas, changing, cancellationToken);

    /// <summary>The connection is read after the change was sent. Had it been lost in between, the change would have failed.</summary>
    private async ValueTask<bool> ConfirmedAsync(ReplicaConfirmation replicas, ValueTask<bool> changing, CancellationToken cancellationToken)
    {
        var epoch = _link.Epoch;
        return await changing.ConfigureAwait(false)
            && epoch == _link.Epoch
            && await replicas.IsConfirmedAsync(epoch, _link.Names.Marks, cancellationToken).ConfigureAwait(false);
    }
}
