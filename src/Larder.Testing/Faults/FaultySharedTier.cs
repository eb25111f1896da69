using Larder.Ports;

namespace Larder.Testing;

/// <summary>A <see cref="FaultyTier"/> around one that keeps nodes in step, makes locks and carries removals, as the tier on Redis does.</summary>
internal sealed class FaultySharedTier(ITier inner, ICoherence coherence, ILockProvider locks, IRemovalChannel channel) : FaultyCoherentTier(inner, coherence), ILockProvider, IRemovalChannel
{
    /// <summary>A lock that was taken and whose answer is lost is given back. A tier that fails has no answer, so it throws.</summary>
    public async ValueTask<CacheLock?> TryLockAsync(string name, TimeSpan timeToLive, CancellationToken cancellationToken)
    {
        var (hasAnswered, taken) = await Calls.MakeAsync(
            TierOperations.Lock,
            async _ => (true, await locks.TryLockAsync(name, timeToLive, cancellationToken).ConfigureAwait(false)),
            (false, null),
            static async answer =>
            {
                if (answer.Item2 is { } lost)
                {
                    await lost.DisposeAsync().ConfigureAwait(false);
                }
            },
            cancellationToken).ConfigureAwait(false);
        return hasAnswered ? taken : throw new TierUnavailableException("The store of locks was told to fail, so the lock was not taken.");
    }

    public void Join(TierHost host, IRemovalListener listener) => channel.Join(host, listener);

    public void Listen() => channel.Listen();

    public ValueTask<bool> PublishAsync(ReadOnlyMemory<Removal> removals, CancellationToken cancellationToken) =>
        Calls.MakeAsync(TierOperations.Publish, _ => channel.PublishAsync(removals, cancellationToken), false, null, cancellationToken);
}
