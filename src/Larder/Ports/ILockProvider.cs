namespace Larder.Ports;

/// <summary>
/// Makes locks that all nodes of a cache see: see <c>CacheOptions.Locks</c>. An <see cref="ITier"/> that implements it makes the locks of the cache that it is the authority of. Thread-safe.
/// </summary>
public interface ILockProvider
{
    /// <summary>Takes a lock if nobody has it. Does not wait for it.</summary>
    /// <param name="name">The lock's name, in a space of its own beside the keys.</param>
    /// <param name="timeToLive">How long it lasts when its owner dies; while the owner lives it is renewed.</param>
    /// <param name="cancellationToken">Ends the waiting for the store.</param>
    /// <returns>The lock, or null when somebody else has it.</returns>
    /// <exception cref="LarderException">The store could not be asked.</exception>
    ValueTask<CacheLock?> TryLockAsync(string name, TimeSpan timeToLive, CancellationToken cancellationToken);
}
