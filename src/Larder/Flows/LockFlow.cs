using Larder.Keys;
using Larder.Ports;

namespace Larder.Flows;

/// <summary>Takes locks from whoever makes them for this cache.</summary>
internal sealed class LockFlow(CacheParts parts)
{
    private static readonly TimeSpan Shortest = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan Longest = TimeSpan.FromDays(1);

    internal ValueTask<CacheLock?> TryLock(string name, TimeSpan timeToLive, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(name);
        parts.ThrowIfClosed();
        KeyRules.CheckLockName(name, parts.MaximumKeyLength);
        if (timeToLive < Shortest || timeToLive > Longest)
        {
            throw new ArgumentOutOfRangeException(
                nameof(timeToLive), timeToLive, $"The lock would last {timeToLive} without its owner; take from {Shortest} to {Longest}. While the owner lives it is prolonged.");
        }

        cancellationToken.ThrowIfCancellationRequested();
        return parts.Locks is { } locks
            ? locks.TryLockAsync(name, timeToLive, cancellationToken)
            : throw new LarderException(
                $"Cache \"{parts.CacheName}\" shares an authority that makes no locks ({parts.Chain?.Authority.Name}), so nobody else would see one. Set Locks to a provider that all"
                + " nodes share, or to a ProcessLocks if this process is the only one.");
    }
}
