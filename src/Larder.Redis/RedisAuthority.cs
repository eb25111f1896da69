using Larder.Locks;
using Larder.Ports;
using Larder.Redis.Connecting;
using Larder.Redis.Feeding;
using Larder.Redis.Layout;
using Larder.Redis.Linking;
using Larder.Redis.Locks;
using Larder.Redis.Options;
using Larder.Redis.Scheduling;
using Larder.Resp;

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
public sealed class RedisAuthority : ITier, ICoherence, ITierHealth, ILockProvider, IRemovalChannel, IClientSource
{
    // Left for what is written around a value: its header, the envelope, tags.
    private const int RoomAround = 64 * 1024;

    private readonly RedisOptions _options;
    private readonly RedisHubs _hubs;
    private readonly ReplicaConfirmation? _replicas;
    private readonly object _switching = new();
    private readonly TaskCompletionSource _firstContact = new();
    private volatile RedisSide _side;
    private TierHost? _host;
    private bool _isDisposed;
    private LeasedLocks? _locks;
    private RedisRemovalChannel? _feed;

    /// <summary>Makes the tier, with a connection of its own.</summary>
    /// <param name="options">The settings. Read once, here: what is changed in them later changes nothing.</param>
    /// <exception cref="ArgumentException">Settings are not acceptable; the message names all of them.</exception>
    public RedisAuthority(RedisOptions options)
        : this(options, hubs: null)
    {
    }

    internal RedisAuthority(RedisOptions options, RedisHubs? hubs)
    {
        ArgumentNullException.ThrowIfNull(options);

        // The object stays the caller's, who may use it for the next cache.
        options = options.Copy();
        RedisOptionsRules.Check(options);
        _options = options;
        var most = RedisHubs.SettingsOf(options).Limits.MaximumBulk;
        MaximumBodyBytes = most - Math.Min(most / 2, RoomAround);
        _hubs = hubs ?? new RedisHubs(loggers: null);
        if (RedisHubs.SettingsOf(options).Topology == RespTopologyKind.Cluster)
        {
            _side = RedisSide.OfCluster(options, _hubs.ClusterOf(options));
            _ = FollowAsync(_side);
            return;
        }

        var hub = _hubs.Of(options);
        _replicas = options.WaitReplicas > 0 ? new ReplicaConfirmation(hub, options.WaitReplicas, options.ReplicaTimeout) : null;
        _side = RedisSide.Alone(options, hub, _replicas is null ? TurnToCluster : null);
        _ = FollowAsync(_side);
    }

    /// <inheritdoc/>
    public string Name => _side.Tier.Name;

    /// <inheritdoc/>
    public CacheTier Kind => _side.Tier.Kind;

    /// <summary>
    /// What the connection can read again: <c>Limits.MaximumBulk</c> of its settings, 64 MiB by default, less 64 KiB for what is written around a value (but at least the half of it).
    /// </summary>
    public long MaximumBodyBytes { get; }

    /// <inheritdoc/>
    public CoherenceLevel Level => _options.Level;

    /// <inheritdoc/>
    public CoherenceGate Gate => _side.Coherence.Gate;

    /// <summary>True while there is a connection that can be used.</summary>
    public bool IsAvailable => _side.Health.IsAvailable;

    /// <inheritdoc/>
    public Task FirstContact => _firstContact.Task;

    /// <inheritdoc/>
    public string Description => _side is var side && side.Obstacle is { } obstacle && !IsAvailable ? $"{side.Health.Description} {obstacle}" : side.Health.Description;

    /// <inheritdoc/>
    public void Attach(TierHost host)
    {
        ArgumentNullException.ThrowIfNull(host);
        lock (_switching)
        {
            _host ??= host;
        }

        _side.Tier.Attach(host);
        var store = new RedisLockStore(this, new KeyNames(_options.Prefix, host.CacheName), _replicas, new Pauses(host.TimeProvider), RedisHubs.SettingsOf(_options).CommandTimeout);
        Volatile.Write(ref _locks, new LeasedLocks(store, host.TimeProvider, host.Logger));
    }

    /// <inheritdoc/>
    public ValueTask<TierReading> GetAsync(string key, TierObservation? observation, CancellationToken cancellationToken) =>
        _side.Tier.GetAsync(key, observation, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<TierReading> PeekAsync(string key, TierObservation? observation, CancellationToken cancellationToken) =>
        _side.Tier.PeekAsync(key, observation, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<TierReading[]> GetManyAsync(
        ReadOnlyMemory<string> keys, ReadOnlyMemory<TierObservation?> observations, CancellationToken cancellationToken) =>
        _side.Tier.GetManyAsync(keys, observations, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<TierClaim> ClaimAsync(
        string key, FenceToken unusable, TierObservation observation, TimeSpan leaseTime, CancellationToken cancellationToken) =>
        _side.Tier.ClaimAsync(key, unusable, observation, leaseTime, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<StoreOutcome> SetAsync(
        string key, TierWrite write, FenceToken token, TierObservation? observation, CancellationToken cancellationToken) =>
        ConfirmedAsync(_side.Tier.SetAsync(key, write, token, observation, cancellationToken), cancellationToken);

    /// <inheritdoc/>
    public ValueTask<StoreOutcome> ReplaceAsync(
        string key, FenceToken expected, TierWrite write, FenceToken token, TierObservation? observation, CancellationToken cancellationToken) =>
        ConfirmedAsync(_side.Tier.ReplaceAsync(key, expected, write, token, observation, cancellationToken), cancellationToken);

    /// <inheritdoc/>
    public ValueTask<FenceToken> SnapshotAsync(string key, TimeSpan lifetime, CancellationToken cancellationToken) =>
        _side.Tier.SnapshotAsync(key, lifetime, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<bool> RemoveAsync(ReadOnlyMemory<string> keys, CancellationToken cancellationToken) =>
        ConfirmedAsync(_side.Tier.RemoveAsync(keys, cancellationToken), cancellationToken);

    /// <inheritdoc/>
    public ValueTask<bool> ExpireAsync(string key, long freshUntil, FenceToken token, CancellationToken cancellationToken) =>
        ConfirmedAsync(_side.Tier.ExpireAsync(key, freshUntil, token, cancellationToken), cancellationToken);

    /// <inheritdoc/>
    public ValueTask<IncrementReading> IncrementAsync(string key, long delta, TimeSpan lifetime, CancellationToken cancellationToken) =>
        ConfirmedAsync(
            _side.Tier.IncrementAsync(key, delta, lifetime, cancellationToken),
            static reading => reading.Outcome == IncrementOutcome.Done,
            cancellationToken);

    /// <inheritdoc/>
    public ValueTask<FenceToken[]?> ReadFencesAsync(ReadOnlyMemory<FenceName> names, CancellationToken cancellationToken) =>
        _side.Tier.ReadFencesAsync(names, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<bool> MoveFenceAsync(FenceName name, CancellationToken cancellationToken) =>
        ConfirmedAsync(_side.Tier.MoveFenceAsync(name, cancellationToken), cancellationToken);

    /// <inheritdoc/>
    public ValueTask<CacheLock?> TryLockAsync(string name, TimeSpan timeToLive, CancellationToken cancellationToken) =>
        (Volatile.Read(ref _locks) ?? throw new InvalidOperationException("The tier is not attached to a cache yet.")).TryLockAsync(name, timeToLive, cancellationToken);

    /// <inheritdoc/>
    public void Join(TierHost host, IRemovalListener listener)
    {
        ArgumentNullException.ThrowIfNull(host);
        ArgumentNullException.ThrowIfNull(listener);
        var feed = new RedisRemovalChannel(this, new KeyNames(_options.Prefix, host.CacheName), listener, host.CreateLogger(HubLog.Category), new Pauses(host.TimeProvider));
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
    public bool CanHold => _side.Tier.CanHold;

    /// <inheritdoc/>
    public ValueTask<bool> HoldAsync(string key, TimeSpan holdFor, CancellationToken cancellationToken) =>
        ConfirmedAsync(_side.Tier.HoldAsync(key, holdFor, cancellationToken), cancellationToken);

    /// <inheritdoc/>
    public ValueTask<bool> SynchronizeAsync(CancellationToken cancellationToken) => _side.Coherence.SynchronizeAsync(cancellationToken);

    /// <inheritdoc/>
    public ValueTask<bool> SynchronizeAsync(RemovalKind kind, ReadOnlyMemory<string> names, CancellationToken cancellationToken) =>
        _side.Coherence.SynchronizeAsync(kind, names, cancellationToken);

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

        RedisSide side;
        lock (_switching)
        {
            _isDisposed = true;
            side = _side;
        }

        await side.Tier.DisposeAsync().ConfigureAwait(false);
        if (_replicas is not null)
        {
            await _replicas.DisposeAsync().ConfigureAwait(false);
        }
    }

    string? IClientSource.Obstacle => _side.Clients.Obstacle;

    async ValueTask<(RespClient Client, long Epoch)> IClientSource.ClientAsync(CancellationToken cancellationToken)
    {
        var side = _side;
        try
        {
            return await side.Clients.ClientAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (RespConnectionException) when (!ReferenceEquals(side, _side))
        {
            // The server turned out to be a member of a cluster.
            return await _side.Clients.ClientAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    private RedisRemovalChannel Feed => Volatile.Read(ref _feed) ?? throw new InvalidOperationException("The tier does not carry the removals of a cache yet.");

    private async Task FollowAsync(RedisSide side)
    {
        await side.Health.FirstContact.ConfigureAwait(false);
        if (ReferenceEquals(_side, side))
        {
            _firstContact.TrySetResult();
        }
    }

    /// <summary>The server says that it is a member of a cluster, before anything was asked of it: from now on the cluster is used.</summary>
    private void TurnToCluster()
    {
        TierHost host;
        RedisSide before;
        RedisSide side;
        lock (_switching)
        {
            if (_isDisposed || _side.Link is null || _replicas is not null || _host is null)
            {
                return;
            }

            (host, before) = (_host, _side);
            _side = side = RedisSide.OfCluster(_options, _hubs.ClusterOf(_options));
        }

        _ = FollowAsync(side);
        side.Tier.Attach(host);
        _ = before.Tier.DisposeAsync().AsTask();
    }

    private ValueTask<bool> ConfirmedAsync(ValueTask<bool> changing, CancellationToken cancellationToken) =>
        ConfirmedAsync(changing, static isDone => isDone, cancellationToken);

    private ValueTask<StoreOutcome> ConfirmedAsync(ValueTask<StoreOutcome> storing, CancellationToken cancellationToken) =>
        ConfirmedAsync(storing, static outcome => outcome == StoreOutcome.Stored, cancellationToken);

    private ValueTask<T> ConfirmedAsync<T>(ValueTask<T> changing, Func<T, bool> isDone, CancellationToken cancellationToken) =>
        _replicas is null ? changing : ConfirmedAsync(_replicas, changing, isDone, cancellationToken);

    /// <summary>The connection is read after the change was sent. Had it been lost in between, the change would have failed. On a cluster there is none: the settings say so.</summary>
    private async ValueTask<T> ConfirmedAsync<T>(ReplicaConfirmation replicas, ValueTask<T> changing, Func<T, bool> isDone, CancellationToken cancellationToken)
    {
        var link = _side.Link;
        var epoch = link?.Epoch ?? 0;
        var outcome = await changing.ConfigureAwait(false);
        if (!isDone(outcome))
        {
            return outcome;
        }

        return link is not null && epoch == link.Epoch && await replicas.IsConfirmedAsync(epoch, link.Names.Marks, cancellationToken).ConfigureAwait(false)
            ? outcome
            : throw replicas.NotConfirmed("It is done on the primary");
    }
}
