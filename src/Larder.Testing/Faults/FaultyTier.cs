using Larder.Ports;

namespace Larder.Testing;

/// <summary>
/// A tier that works like the one inside it until it is told to fail, hang, be slow, throw or damage bytes; see <see cref="Faults"/>. Thread-safe, as far as the inner tier is.
/// </summary>
public class FaultyTier : ITier, ITierHealth
{
    private readonly ITier _inner;
    private readonly FaultyCalls _calls;

    private protected FaultyTier(ITier inner)
    {
        _inner = inner;
        _calls = new FaultyCalls(Faults);
    }

    /// <summary>What goes wrong, and how often the tier was called.</summary>
    public TierFaults Faults { get; } = new();

    /// <inheritdoc/>
    public string Name => _inner.Name;

    /// <inheritdoc/>
    public CacheTier Kind => _inner.Kind;

    /// <summary>As the inner tier says; true for one that says nothing.</summary>
    public bool IsAvailable => _inner is not ITierHealth { IsAvailable: false };

    /// <inheritdoc/>
    public Task FirstContact => _inner is ITierHealth health ? health.FirstContact : Task.CompletedTask;

    /// <inheritdoc/>
    public string Description => (_inner as ITierHealth)?.Description ?? "faulty on command";

    private protected FaultyCalls Calls => _calls;

    /// <summary>Puts a tier inside.</summary>
    /// <param name="tier">The tier; disposed with this one. When it is an <see cref="ICoherence"/>, so is what is answered; when it also makes locks and carries removals (<see cref="ILockProvider"/> and <see cref="IRemovalChannel"/>), as the one
    /// on Redis does, so does what is answered. A tier that does only one of the two is given to <see cref="CacheOptions.Locks"/> or <see cref="CacheOptions.RemovalChannel"/> itself.</param>
    /// <returns>The tier around it.</returns>
    public static FaultyTier Around(ITier tier)
    {
        ArgumentNullException.ThrowIfNull(tier);
        return tier is not ICoherence coherence ? new FaultyTier(tier)
            : tier is ILockProvider locks && tier is IRemovalChannel channel ? new FaultySharedTier(tier, coherence, locks, channel)
            : new FaultyCoherentTier(tier, coherence);
    }

    /// <inheritdoc/>
    public void Attach(TierHost host)
    {
        _calls.Attach(host);
        _inner.Attach(host);
    }

    /// <inheritdoc/>
    public ValueTask<TierReading> GetAsync(string key, TierObservation? observation, CancellationToken cancellationToken) =>
        _calls.MakeAsync(
            TierOperations.Get,
            async fault => _calls.Read(key, await _inner.GetAsync(key, observation, cancellationToken).ConfigureAwait(false), fault),
            TierReading.Unavailable(),
            Dispose,
            cancellationToken);

    /// <inheritdoc/>
    public ValueTask<TierReading> PeekAsync(string key, TierObservation? observation, CancellationToken cancellationToken) =>
        _calls.MakeAsync(
            TierOperations.Get, _ => _inner.PeekAsync(key, observation, cancellationToken), TierReading.Unavailable(), Dispose, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<TierReading[]> GetManyAsync(
        ReadOnlyMemory<string> keys, ReadOnlyMemory<TierObservation?> observations, CancellationToken cancellationToken) =>
        _calls.MakeAsync(
            TierOperations.GetMany,
            async fault =>
            {
                var readings = await _inner.GetManyAsync(keys, observations, cancellationToken).ConfigureAwait(false);
                for (var i = 0; i < readings.Length; i++)
                {
                    readings[i] = _calls.Read(keys.Span[i], readings[i], fault);
                }

                return readings;
            },
            [.. Enumerable.Repeat(TierReading.Unavailable(), keys.Length)],
            static readings =>
            {
                foreach (var reading in readings)
                {
                    reading.Dispose();
                }

                return ValueTask.CompletedTask;
            },
            cancellationToken);

    /// <inheritdoc/>
    public ValueTask<TierClaim> ClaimAsync(
        string key, FenceToken unusable, TierObservation observation, TimeSpan leaseTime, CancellationToken cancellationToken) =>
        _calls.MakeAsync(
            TierOperations.Claim,
            async fault => Wrap(key, await _inner.ClaimAsync(key, unusable, observation, leaseTime, cancellationToken).ConfigureAwait(false), fault),
            TierClaim.Unavailable(),
            static async claim =>
            {
                if (claim.Lease is { } lease)
                {
                    await lease.DisposeAsync().ConfigureAwait(false);
                }

                claim.Dispose();
            },
            cancellationToken);

    /// <inheritdoc/>
    public ValueTask<StoreOutcome> SetAsync(
        string key, TierWrite write, FenceToken token, TierObservation? observation, CancellationToken cancellationToken) =>
        _calls.MakeAsync(
            TierOperations.Set,
            fault => _inner.SetAsync(key, _calls.Write(key, write, fault), token, observation, cancellationToken),
            StoreOutcome.Unavailable,
            null,
            cancellationToken);

    /// <inheritdoc/>
    public ValueTask<StoreOutcome> ReplaceAsync(
        string key, FenceToken expected, TierWrite write, FenceToken token, TierObservation? observation, CancellationToken cancellationToken) =>
        _calls.MakeAsync(
            TierOperations.Replace,
            fault => _inner.ReplaceAsync(key, expected, _calls.Write(key, write, fault), token, observation, cancellationToken),
            StoreOutcome.Unavailable,
            null,
            cancellationToken);

    /// <inheritdoc/>
    public ValueTask<FenceToken> SnapshotAsync(string key, TimeSpan lifetime, CancellationToken cancellationToken) =>
        _calls.MakeAsync(TierOperations.Snapshot, _ => _inner.SnapshotAsync(key, lifetime, cancellationToken), FenceToken.None, null, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<bool> RemoveAsync(ReadOnlyMemory<string> keys, CancellationToken cancellationToken) =>
        _calls.MakeAsync(TierOperations.Remove, _ => _inner.RemoveAsync(keys, cancellationToken), false, null, cancellationToken);

    /// <inheritdoc/>
    public bool CanHold => _inner.CanHold;

    /// <inheritdoc/>
    public ValueTask<bool> HoldAsync(string key, TimeSpan holdFor, CancellationToken cancellationToken) =>
        _calls.MakeAsync(TierOperations.Hold, _ => _inner.HoldAsync(key, holdFor, cancellationToken), false, null, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<bool> ExpireAsync(string key, long freshUntil, FenceToken token, CancellationToken cancellationToken) =>
        _calls.MakeAsync(TierOperations.Expire, _ => _inner.ExpireAsync(key, freshUntil, token, cancellationToken), false, null, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<IncrementReading> IncrementAsync(string key, long delta, TimeSpan lifetime, CancellationToken cancellationToken) =>
        _calls.MakeAsync(
            TierOperations.Increment,
            _ => _inner.IncrementAsync(key, delta, lifetime, cancellationToken),
            new IncrementReading(IncrementOutcome.Unavailable),
            null,
            cancellationToken);

    /// <inheritdoc/>
    public ValueTask<FenceToken[]?> ReadFencesAsync(ReadOnlyMemory<FenceName> names, CancellationToken cancellationToken) =>
        _calls.MakeAsync<FenceToken[]?>(TierOperations.ReadFences, _ => _inner.ReadFencesAsync(names, cancellationToken), null, null, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<bool> MoveFenceAsync(FenceName name, CancellationToken cancellationToken) =>
        _calls.MakeAsync(TierOperations.MoveFence, _ => _inner.MoveFenceAsync(name, cancellationToken), false, null, cancellationToken);

    /// <summary>Heals every fault, and disposes the inner tier.</summary>
    /// <returns>The task.</returns>
    public async ValueTask DisposeAsync()
    {
        Faults.HealAll();
        await _inner.DisposeAsync().ConfigureAwait(false);
        GC.SuppressFinalize(this);
    }

    private static ValueTask Dispose(TierReading reading)
    {
        reading.Dispose();
        return ValueTask.CompletedTask;
    }

    private TierClaim Wrap(string key, TierClaim claim, TierFault? fault) =>
        claim.Lease is { } lease ? TierClaim.Leased(new FaultyLease(_calls, key, lease))
        : claim.Status == TierStatus.Done ? new TierClaim(_calls.Read(key, claim.Reading, fault))
        : claim;
}
