namespace Larder.Ports;

/// <summary>A lock that is held. Disposing it gives it back; one that is not disposed is renewed for as long as the process lives.</summary>
/// <remarks>
/// A lock that ends by itself can be lost while its owner believes to hold it (a long pause, a partition, a failover of the store). Whatever is guarded must
/// check <see cref="FencingNumber"/>, as Martin Kleppmann describes in "How to do distributed locking"; docs/locks.md shows how. Thread-safe.
/// </remarks>
public abstract class CacheLock : IAsyncDisposable
{
    /// <summary>The lock's name.</summary>
    public abstract string Name { get; }

    /// <summary>Larger than that of every earlier owner. What is guarded refuses numbers that are smaller than one it has seen.</summary>
    public abstract long FencingNumber { get; }

    /// <summary>
    /// Cancelled when the lock is known to be lost; not when it is given back. After a pause of the whole process it may come a moment late: <see cref="IsHeld"/> does not.
    /// </summary>
    public abstract CancellationToken Lost { get; }

    /// <summary>True while the lock is held as far as this process can know: it is neither lost nor given back, and by the clock its time is not over.</summary>
    public virtual bool IsHeld => !Lost.IsCancellationRequested;

    /// <summary>Gives the lock back, if it is still this owner's. Throws nothing: a lock that can not be given back ends by itself. A second call does nothing.</summary>
    /// <returns>The task.</returns>
    public abstract ValueTask DisposeAsync();
}
