namespace Larder.Testing.Tests.Faults;

/// <summary>A tier that hands everything on, for those that do one thing wrong.</summary>
internal class WrongTier(ITier inner) : ITier
{
    public virtual string Name => inner.Name;

    public virtual CacheTier Kind => inner.Kind;

    protected ITier Inner => inner;

    protected TierHost? Host { get; private set; }

    public virtual void Attach(TierHost host)
    {
        Host = host;
        inner.Attach(host);
    }

    public virtual ValueTask<TierReading> GetAsync(string key, TierObservation? observation, CancellationToken cancellationToken) =>
        inner.GetAsync(key, observation, cancellationToken);

    public virtual ValueTask<TierReading[]> GetManyAsync(
        ReadOnlyMemory<string> keys, ReadOnlyMemory<TierObservation?> observations, CancellationToken cancellationToken) =>
        inner.GetManyAsync(keys, observations, cancellationToken);

    public virtual ValueTask<TierClaim> ClaimAsync(
        string key, FenceToken unusable, TierObservation observation, TimeSpan leaseTime, CancellationToken cancellationToken) =>
        inner.ClaimAsync(key, unusable, observation, leaseTime, cancellationToken);

    public virtual ValueTask<StoreOutcome> SetAsync(
        string key, TierWrite write, FenceToken token, TierObservation? observation, CancellationToken cancellationToken) =>
        inner.SetAsync(key, write, token, observation, cancellationToken);

    public virtual ValueTask<StoreOutcome> ReplaceAsync(
        string key, FenceToken expected, TierWrite write, FenceToken token, TierObservation? observation, CancellationToken cancellationToken) =>
        inner.ReplaceAsync(key, expected, write, token, observation, cancellationToken);

    public virtual ValueTask<FenceToken> SnapshotAsync(string key, TimeSpan lifetime, CancellationToken cancellationToken) =>
        inner.SnapshotAsync(key, lifetime, cancellationToken);

    public virtual ValueTask<bool> RemoveAsync(ReadOnlyMemory<string> keys, CancellationToken cancellationToken) => inner.RemoveAsync(keys, cancellationToken);

    public virtual ValueTask<bool> ExpireAsync(string key, long freshUntil, FenceToken token, CancellationToken cancellationToken) =>
        inner.ExpireAsync(key, freshUntil, token, cancellationToken);

    public virtual ValueTask<IncrementReading> IncrementAsync(string key, long delta, TimeSpan lifetime, CancellationToken cancellationToken) =>
        inner.IncrementAsync(key, delta, lifetime, cancellationToken);

    public virtual ValueTask<FenceToken[]?> ReadFencesAsync(ReadOnlyMemory<FenceName> names, CancellationToken cancellationToken) =>
        inner.ReadFencesAsync(names, cancellationToken);

    public virtual ValueTask<bool> MoveFenceAsync(FenceName name, CancellationToken cancellationToken) => inner.MoveFenceAsync(name, cancellationToken);

    public virtual ValueTask DisposeAsync() => inner.DisposeAsync();
}
