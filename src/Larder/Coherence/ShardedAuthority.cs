using Larder.Ports;

namespace Larder.Coherence;

/// <summary>
/// The same as <see cref="LinkedAuthority"/> for a store whose keys are spread over several nodes and may move between them, such as a cluster: each range of keys has a registry of its own at its home, and
/// memory is served while the leases of all of them are valid. docs/coherence.md says which rules this adds.
/// </summary>
/// <remarks>
/// Thread-safe. Before <see cref="Attach"/> every call throws an <see cref="InvalidOperationException"/>; after <see cref="DisposeAsync"/> it answers as if the store was away.
/// </remarks>
public sealed class ShardedAuthority : ITier, ICoherence, ITierHealth
{
    private readonly IAuthorityShards _shards;
    private readonly LinkedAuthorityOptions _options;
    private readonly JointGate _joint;
    private readonly TaskCompletionSource[] _firstContacts;
    private Ranges? _ranges;
    private ManyRanges? _many;
    private ShardReport? _report;
    private int _isDisposed;

    /// <summary>Makes the tier. It connects when it is attached to a cache.</summary>
    /// <param name="shards">The ways to the store. Owned from now on: disposed with the tier.</param>
    /// <param name="options">The settings; null for the defaults. Read once, here.</param>
    /// <exception cref="ArgumentException">A setting is out of its range, or the links keep no order.</exception>
    public ShardedAuthority(IAuthorityShards shards, LinkedAuthorityOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(shards);
        options ??= new LinkedAuthorityOptions();
        LinkedAuthorityRules.Check(options, shards);
        _shards = shards;
        _options = LinkedAuthorityRules.Copy(options);
        Gate = new CoherenceGate(options.Level == CoherenceLevel.Eventual);
        _joint = new JointGate(Gate, shards.Count);
        _firstContacts = [.. Enumerable.Range(0, shards.Count).Select(static _ => new TaskCompletionSource())];
        FirstContact = Task.WhenAll(_firstContacts.Select(static contact => contact.Task));
    }

    /// <inheritdoc/>
    public string Name => _options.Name ?? _shards.Name;

    /// <inheritdoc/>
    public CacheTier Kind => _shards.Kind;

    /// <inheritdoc/>
    public CoherenceLevel Level => _options.Level;

    /// <inheritdoc/>
    public CoherenceGate Gate { get; }

    /// <summary>True while there is a connection for any range.</summary>
    public bool IsAvailable => _report is { HasConnection: true } && Volatile.Read(ref _isDisposed) == 0;

    /// <summary>Ends when each range was reached, or was not at the first attempt.</summary>
    public Task FirstContact { get; }

    /// <inheritdoc/>
    public bool CanHold => true;

    /// <inheritdoc/>
    public string Description => _report?.Describe() ?? $"{Name} is not attached to a cache yet.";

    private Ranges Present => _ranges ?? throw new InvalidOperationException("The tier is not attached to a cache yet.");

    /// <inheritdoc/>
    public void Attach(TierHost host)
    {
        ArgumentNullException.ThrowIfNull(host);
        var report = new ShardReport(host, Name, Level.ToString(), _shards.Count);
        var ranges = new Ranges(_shards, host, _options, _joint, report, _firstContacts);
        if (Interlocked.CompareExchange(ref _ranges, ranges, null) is not null)
        {
            throw new InvalidOperationException("The tier serves a cache already; make one for each cache.");
        }

        _many = new ManyRanges(ranges);
        _report = report;
        ranges.Start(host);
    }

    /// <inheritdoc/>
    public ValueTask<TierReading> GetAsync(string key, TierObservation? observation, CancellationToken cancellationToken) =>
        ReadAsync(observation is null ? AuthorityVerb.Read : AuthorityVerb.TrackedRead, key, observation, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<TierReading> PeekAsync(string key, TierObservation? observation, CancellationToken cancellationToken) =>
        ReadAsync(AuthorityVerb.TrackedPeek, key, observation, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<TierReading[]> GetManyAsync(
        ReadOnlyMemory<string> keys, ReadOnlyMemory<TierObservation?> observations, CancellationToken cancellationToken)
    {
        if (observations.Length != keys.Length)
        {
            throw new ArgumentException(
                $"There are {observations.Length} observations for {keys.Length} keys; give one, or null, for each key.", nameof(observations));
        }

        var ranges = Present;
        return keys.IsEmpty
            ? new ValueTask<TierReading[]>([])
            : new ValueTask<TierReading[]>(_many!.ReadAsync(ranges.Of(keys.Span), keys, observations, cancellationToken));
    }

    /// <inheritdoc/>
    public ValueTask<TierClaim> ClaimAsync(
        string key, FenceToken unusable, TierObservation observation, TimeSpan leaseTime, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(observation);
        return RangeOf(key).Claims.ClaimAsync(key, unusable, observation, leaseTime, cancellationToken);
    }

    /// <inheritdoc/>
    public ValueTask<StoreOutcome> SetAsync(
        string key, TierWrite write, FenceToken token, TierObservation? observation, CancellationToken cancellationToken) =>
        RangeOf(key).Commands.SetAsync(key, write, token, observation, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<StoreOutcome> ReplaceAsync(
        string key, FenceToken expected, TierWrite write, FenceToken token, TierObservation? observation, CancellationToken cancellationToken) =>
        RangeOf(key).Commands.ReplaceAsync(key, expected, write, (token, observation), cancellationToken);

    /// <inheritdoc/>
    public ValueTask<FenceToken> SnapshotAsync(string key, TimeSpan lifetime, CancellationToken cancellationToken) =>
        RangeOf(key).Commands.SnapshotAsync(key, lifetime, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<bool> RemoveAsync(ReadOnlyMemory<string> keys, CancellationToken cancellationToken)
    {
        if (keys.IsEmpty)
        {
            return new ValueTask<bool>(true);
        }

        var places = Present.Of(keys.Span);
        return RangeGroups.Common(places) is { } range
            ? Present[range].Commands.RemoveAsync(keys, cancellationToken)
            : new ValueTask<bool>(_many!.RemoveAsync(places, keys, cancellationToken));
    }

    /// <inheritdoc/>
    public ValueTask<bool> ExpireAsync(string key, long freshUntil, FenceToken token, CancellationToken cancellationToken) =>
        RangeOf(key).Commands.ExpireAsync(key, freshUntil, token, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<IncrementReading> IncrementAsync(string key, long delta, TimeSpan lifetime, CancellationToken cancellationToken) =>
        RangeOf(key).Counting.IncrementAsync(key, delta, lifetime, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<FenceToken[]?> ReadFencesAsync(ReadOnlyMemory<FenceName> names, CancellationToken cancellationToken)
    {
        var places = Present.Of(names.Span);
        return names.IsEmpty || RangeGroups.Common(places) is not null
            ? Present[names.IsEmpty ? 0 : places[0]].Commands.ReadFencesAsync(names, cancellationToken)
            : new ValueTask<FenceToken[]?>(_many!.ReadFencesAsync(names, cancellationToken));
    }

    /// <inheritdoc/>
    public ValueTask<bool> MoveFenceAsync(FenceName name, CancellationToken cancellationToken) =>
        Present[Present.Of(name)].Commands.MoveFenceAsync(name, cancellationToken);

    /// <summary>
    /// Lets the key be loaded by anybody but stored by nobody, for a time: for a writer that commits to a database and removes the key afterwards, which ends the hold.
    /// Whatever the key holds is gone, and loads that are running for it store nothing. Coherence is that of a removal: wait with
    /// <see cref="SynchronizeAsync(RemovalKind, ReadOnlyMemory{string}, CancellationToken)"/>.
    /// </summary>
    /// <param name="key">The key.</param>
    /// <param name="holdFor">How long, unless the key is removed before. More than zero; resolution a millisecond.</param>
    /// <param name="cancellationToken">Ends the waiting; the hold may still begin.</param>
    /// <returns>True when it is on hold; false when the store did not answer.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The time is not more than zero.</exception>
    public ValueTask<bool> HoldAsync(string key, TimeSpan holdFor, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(holdFor, TimeSpan.Zero);
        return RangeOf(key).Commands.HoldAsync(key, holdFor, cancellationToken);
    }

    /// <summary>Waits for all ranges; naming what was changed is cheaper.</summary>
    /// <param name="cancellationToken">Ends the waiting. The change itself stays.</param>
    /// <returns>True when it is certain.</returns>
    public ValueTask<bool> SynchronizeAsync(CancellationToken cancellationToken) =>
        SynchronizeAsync(RemovalKind.Gap, ReadOnlyMemory<string>.Empty, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<bool> SynchronizeAsync(RemovalKind kind, ReadOnlyMemory<string> names, CancellationToken cancellationToken)
    {
        var ranges = Present;
        var concerned = ranges.Of(kind, names);

        // At the first range a node of a lower level learns whether strict nodes have cut the keys as it has.
        return new ValueTask<bool>(_many!.SynchronizeAsync(Level == CoherenceLevel.Strict ? concerned : concerned.Append(0).Distinct(), cancellationToken));
    }

    /// <summary>
    /// Stops serving from memory, takes this node out of the registries if the store answers within a second, and disposes the links. Later calls do nothing.
    /// </summary>
    /// <returns>A task that ends when it is done.</returns>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _isDisposed, 1) != 0)
        {
            return;
        }

        Array.ForEach(_firstContacts, static contact => contact.TrySetResult());
        if (_ranges is { } ranges)
        {
            await ranges.CloseAsync().ConfigureAwait(false);
        }

        await _shards.DisposeAsync().ConfigureAwait(false);
    }

    private Workings RangeOf(string key)
    {
        var ranges = Present;
        return ranges[ranges.Of(key)];
    }

    private ValueTask<TierReading> ReadAsync(AuthorityVerb verb, string key, TierObservation? observation, CancellationToken cancellationToken)
    {
        var line = RangeOf(key).Line;
        var round = new ReadRound(line, line.Epoch, observation);
        round.Send(verb, key);
        return round.ResultAsync(cancellationToken);
    }
}
