using Larder.Ports;

namespace Larder.Coherence;

/// <summary>
/// A tier on a store that nodes share: leases that let one node load, fences that keep old values out, and memories that agree at the chosen level. Everything that is particular to a
/// store is in its <see cref="IAuthorityLink"/>; the rules are here, the same for every store. docs/coherence.md says where each of them lives.
/// </summary>
/// <remarks>
/// Thread-safe. Before <see cref="Attach"/> every call throws an <see cref="InvalidOperationException"/>; after <see cref="DisposeAsync"/> it answers as if the store was away.
/// </remarks>
public sealed class LinkedAuthority : ITier, ICoherence, ITierHealth
{
    private readonly IAuthorityLink _link;
    private readonly LinkedAuthorityOptions _options;
    private readonly TaskCompletionSource _firstContact = new();
    private readonly JointGate _joint;
    private Workings? _workings;
    private LineReport? _report;
    private int _isDisposed;

    /// <summary>Makes the tier. It connects when it is attached to a cache.</summary>
    /// <param name="link">The connection to the store. Owned from now on: disposed with the tier.</param>
    /// <param name="options">The settings; null for the defaults. Read once, here.</param>
    /// <exception cref="ArgumentException">A setting is out of its range, or the link can not keep the level.</exception>
    public LinkedAuthority(IAuthorityLink link, LinkedAuthorityOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(link);
        options ??= new LinkedAuthorityOptions();
        LinkedAuthorityRules.Check(options, link);
        _link = link;
        _options = LinkedAuthorityRules.Copy(options);
        Gate = new CoherenceGate(options.Level == CoherenceLevel.Eventual);
        _joint = new JointGate(Gate, parts: 1);
    }

    /// <inheritdoc/>
    public string Name => _options.Name ?? _link.Name;

    /// <inheritdoc/>
    public CacheTier Kind => _link.Kind;

    /// <inheritdoc/>
    public CoherenceLevel Level => _options.Level;

    /// <inheritdoc/>
    public CoherenceGate Gate { get; }

    /// <summary>True while there is a connection.</summary>
    public bool IsAvailable => _workings is { } workings && workings.Line.Epoch != 0 && Volatile.Read(ref _isDisposed) == 0;

    /// <inheritdoc/>
    public Task FirstContact => _firstContact.Task;

    /// <inheritdoc/>
    public string Description => _report?.Describe() ?? $"{Name} is not attached to a cache yet.";

    private Workings Present => _workings ?? throw new InvalidOperationException("The tier is not attached to a cache yet.");

    /// <inheritdoc/>
    public void Attach(TierHost host)
    {
        ArgumentNullException.ThrowIfNull(host);
        var report = new LineReport(host, Name, Level.ToString());
        var workings = new Workings(_link, host, _options, new RegistryPart(_joint.Part(0), report), _firstContact);
        if (Interlocked.CompareExchange(ref _workings, workings, null) is not null)
        {
            throw new InvalidOperationException("The tier serves a cache already; make one for each cache.");
        }

        _report = report;
        _link.Start(host, workings.Pushes);
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

        if (keys.IsEmpty)
        {
            return new ValueTask<TierReading[]>([]);
        }

        var line = Present.Line;
        var round = new ReadManyRound(line, line.Epoch, observations);
        round.Send(keys);
        return round.ResultAsync(cancellationToken);
    }

    /// <inheritdoc/>
    public ValueTask<TierClaim> ClaimAsync(
        string key, FenceToken unusable, TierObservation observation, TimeSpan leaseTime, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(observation);
        return Present.Claims.ClaimAsync(key, unusable, observation, leaseTime, cancellationToken);
    }

    /// <inheritdoc/>
    public ValueTask<StoreOutcome> SetAsync(
        string key, TierWrite write, FenceToken token, TierObservation? observation, CancellationToken cancellationToken) =>
        Present.Commands.SetAsync(key, write, token, observation, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<StoreOutcome> ReplaceAsync(
        string key, FenceToken expected, TierWrite write, FenceToken token, TierObservation? observation, CancellationToken cancellationToken) =>
        Present.Commands.ReplaceAsync(key, expected, write, (token, observation), cancellationToken);

    /// <inheritdoc/>
    public ValueTask<FenceToken> SnapshotAsync(string key, TimeSpan lifetime, CancellationToken cancellationToken) =>
        Present.Commands.SnapshotAsync(key, lifetime, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<bool> RemoveAsync(ReadOnlyMemory<string> keys, CancellationToken cancellationToken) =>
        Present.Commands.RemoveAsync(keys, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<bool> ExpireAsync(string key, long freshUntil, FenceToken token, CancellationToken cancellationToken) =>
        Present.Commands.ExpireAsync(key, freshUntil, token, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<IncrementReading> IncrementAsync(string key, long delta, TimeSpan lifetime, CancellationToken cancellationToken) =>
        Present.Counting.IncrementAsync(key, delta, lifetime, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<FenceToken[]?> ReadFencesAsync(ReadOnlyMemory<FenceName> names, CancellationToken cancellationToken) =>
        Present.Commands.ReadFencesAsync(names, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<bool> MoveFenceAsync(FenceName name, CancellationToken cancellationToken) =>
        Present.Commands.MoveFenceAsync(name, cancellationToken);

    /// <inheritdoc/>
    public bool CanHold => true;

    /// <summary>
    /// Lets the key be loaded by anybody but stored by nobody, for a time: for a writer that commits to a database and removes the key afterwards, which ends the hold.
    /// Whatever the key holds is gone, and loads that are running for it store nothing. Coherence is that of a removal: wait with <see cref="SynchronizeAsync"/>.
    /// </summary>
    /// <param name="key">The key.</param>
    /// <param name="holdFor">How long, unless the key is removed before. More than zero; resolution a millisecond.</param>
    /// <param name="cancellationToken">Ends the waiting; the hold may still begin.</param>
    /// <returns>True when it is on hold; false when the store did not answer.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The time is not more than zero.</exception>
    public ValueTask<bool> HoldAsync(string key, TimeSpan holdFor, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(holdFor, TimeSpan.Zero);
        return Present.Commands.HoldAsync(key, holdFor, cancellationToken);
    }

    /// <inheritdoc/>
    public ValueTask<bool> SynchronizeAsync(CancellationToken cancellationToken) =>
        Present.SynchronizeAsync(cancellationToken);

    /// <summary>
    /// Stops serving from memory, takes this node out of the registry if the store answers within a second, and disposes the link. Later calls do nothing.
    /// </summary>
    /// <returns>A task that ends when it is done.</returns>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _isDisposed, 1) != 0)
        {
            return;
        }

        _firstContact.TrySetResult();
        if (_workings is { } workings)
        {
            await workings.CloseAsync().ConfigureAwait(false);
            workings.Line.End(workings.Line.Epoch, failure: null);
        }

        await _link.DisposeAsync().ConfigureAwait(false);
    }

    private ValueTask<TierReading> ReadAsync(AuthorityVerb verb, string key, TierObservation? observation, CancellationToken cancellationToken)
    {
        var line = Present.Line;
        var round = new ReadRound(line, line.Epoch, observation);
        round.Send(verb, key);
        return round.ResultAsync(cancellationToken);
    }
}
