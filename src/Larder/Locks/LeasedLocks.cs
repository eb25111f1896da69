using Larder.Ports;
using Larder.Scheduling;
using Larder.Signals;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Larder.Locks;

/// <summary>
/// Locks on a store that nodes share: each for a random owner, for a time that is prolonged every third of it, and known to be lost when the store says so or when the time is over by this process's clock. Thread-safe.
/// </summary>
/// <remarks>
/// The time counts from before the command was sent, less a hundredth and two milliseconds for clocks that run at different speeds, so an owner that trusts <see cref="CacheLock.IsHeld"/> stops before the store lets the
/// next one in. What a store forgets (a failover, an eviction, a flush) it may give to somebody else earlier: the fencing number is what guards against that.
/// </remarks>
public sealed class LeasedLocks : ILockProvider, IAsyncDisposable
{
    private readonly ILockStore _store;
    private readonly Scheduler _scheduler;
    private readonly ILogger _logger;
    private readonly object _gate = new();
    private readonly HashSet<LeasedLock> _held = [];
    private bool _isClosed;

    /// <summary>Makes locks of a store.</summary>
    /// <param name="store">The store. Stays the caller's.</param>
    /// <param name="timeProvider">The clock and the timers; null for the system's.</param>
    /// <param name="logger">Where messages go; null for nowhere. Names are not told.</param>
    public LeasedLocks(ILockStore store, TimeProvider? timeProvider = null, ILogger? logger = null)
    {
        ArgumentNullException.ThrowIfNull(store);
        _store = store;
        _scheduler = new SystemScheduler(timeProvider ?? TimeProvider.System);
        _logger = logger ?? NullLogger.Instance;
    }

    /// <inheritdoc/>
    public async ValueTask<CacheLock?> TryLockAsync(string name, TimeSpan timeToLive, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(name);
        ObjectDisposedException.ThrowIf(Volatile.Read(ref _isClosed), this);
        var owner = FenceToken.Create(_scheduler.FillRandom);
        var lease = new LockLease(_scheduler.Clock, timeToLive);
        long? number;
        try
        {
            number = await _store.TryTakeAsync(name, owner, timeToLive, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception failed)
        {
            // It may have been taken all the same; it is given back if the store can be reached, and ends by itself otherwise.
            _ = GiveBackAsync(name, owner);
            if (failed is LarderException or OperationCanceledException or ObjectDisposedException)
            {
                throw;
            }

            throw new TierUnavailableException("The store of locks did not answer, so the lock was not taken. Try again later.", failed);
        }

        if (number is not { } fencing)
        {
            return null;
        }

        var taken = new LeasedLock(this, name, owner, fencing, lease);
        if (lease.IsOver || !TryKeep(taken))
        {
            await taken.DisposeAsync().ConfigureAwait(false);
            ObjectDisposedException.ThrowIf(Volatile.Read(ref _isClosed), this);
            throw new TierUnavailableException($"The store of locks took longer to answer than the lock lasts ({timeToLive}). Take a longer time, or try again later.");
        }

        taken.Start();
        return taken;
    }

    /// <summary>Gives all locks back, as far as the store can be reached; their owners learn that they are lost. The store stays as it is.</summary>
    /// <returns>A task that ends when the store has answered, or failed.</returns>
    public async ValueTask DisposeAsync()
    {
        LeasedLock[] left;
        lock (_gate)
        {
            Volatile.Write(ref _isClosed, true);
            left = [.. _held];
        }

        foreach (var held in left)
        {
            held.Lose();
        }

        await Task.WhenAll(Array.ConvertAll(left, held => GiveBackAsync(held.Name, held.Owner))).ConfigureAwait(false);
    }

    internal ILockStore Store => _store;

    internal Scheduler Scheduler => _scheduler;

    internal void Forget(LeasedLock ended)
    {
        lock (_gate)
        {
            _held.Remove(ended);
        }
    }

    /// <summary>Gives it back; a store that can not be reached lets it end by itself.</summary>
    internal async Task GiveBackAsync(string name, FenceToken owner)
    {
        try
        {
            await _store.ReleaseAsync(name, owner, CancellationToken.None).ConfigureAwait(false);
        }
        catch (Exception failed)
        {
            _logger.LockNotGivenBack(failed.GetType().Name);
        }
    }

    /// <summary>An owner's callback threw when it was told of the loss.</summary>
    internal void CallbackFailed(Exception failed) => _logger.LossCallbackFailed(failed);

    private bool TryKeep(LeasedLock taken)
    {
        lock (_gate)
        {
            return !_isClosed && _held.Add(taken);
        }
    }
}
