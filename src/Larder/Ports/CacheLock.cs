namespace Larder.Ports;

/// <summary>A lock that is held. Disposing it gives it back.</summary>
/// <remarks>
/// A lock that ends by itself can be lost while its owner believes to hold it (a long pause, a partition). Whatever is guarded must
/// check <see cref="FencingNumber"/>, as Martin Kleppmann describes in "How to do distributed locking".
/// </remarks>
public abstract class CacheLock : IAsyncDisposable
{
    /// <summary>The lock's name.</summary>
    public abstract string Name { get; }

    /// <summary>Larger than that of every earlier owner. What is guarded refuses numbers that are smaller than one it has seen.</summary>
    public abstract long FencingNumber { get; }

    /// <summary>Cancelled when the lock is known to be lost.</summary>
    public abstract CancellationToken Lost { get; }

    /// <summary>Gives the lock back, if it is still this owner's.</summary>
    /// <returns>The task.</returns>
    public abstract ValueTask DisposeAsync();
}
