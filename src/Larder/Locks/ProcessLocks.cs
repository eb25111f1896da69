using Larder.Ports;

namespace Larder.Locks;

/// <summary>
/// Locks of this process alone: what a cache without an authority uses by itself. For a cache with one, set <see cref="CacheOptions.Locks"/> to it only if no other node matters. Thread-safe.
/// </summary>
/// <remarks>
/// An owner in the same process does not die alone, so a lock lasts until it is disposed, and its lifetime counts for nothing. The numbers begin at the wall clock's microseconds when this is made, so that
/// they go on growing when the process starts again, unless the clock was set back in between.
/// </remarks>
public sealed class ProcessLocks : ILockProvider, IAsyncDisposable
{
    private readonly object _gate = new();
    private readonly Dictionary<string, ProcessLock> _held = new(StringComparer.Ordinal);
    private long _number;
    private bool _isClosed;

    /// <summary>Makes a space of names of its own.</summary>
    /// <param name="timeProvider">The clock for the first number; null for the system's.</param>
    public ProcessLocks(TimeProvider? timeProvider = null) =>
        _number = (timeProvider ?? TimeProvider.System).GetUtcNow().UtcTicks / TimeSpan.TicksPerMicrosecond;

    /// <inheritdoc/>
    public ValueTask<CacheLock?> TryLockAsync(string name, TimeSpan timeToLive, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(name);
        cancellationToken.ThrowIfCancellationRequested();
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_isClosed, this);
            if (_held.ContainsKey(name))
            {
                return default;
            }

            var taken = new ProcessLock(this, name, ++_number);
            _held.Add(name, taken);
            return new ValueTask<CacheLock?>(taken);
        }
    }

    /// <summary>Ends all locks; their owners learn that they are lost.</summary>
    /// <returns>A task that has ended.</returns>
    public ValueTask DisposeAsync()
    {
        ProcessLock[] left;
        lock (_gate)
        {
            _isClosed = true;
            left = [.. _held.Values];
            _held.Clear();
        }

        foreach (var held in left)
        {
            held.Lose();
        }

        return ValueTask.CompletedTask;
    }

    private void GiveBack(ProcessLock held)
    {
        lock (_gate)
        {
            if (_held.GetValueOrDefault(held.Name) == held)
            {
                _held.Remove(held.Name);
            }
        }
    }

    private sealed class ProcessLock(ProcessLocks owner, string name, long number) : CacheLock
    {
        private readonly LockEnding _ending = new();

        public override string Name => name;

        public override long FencingNumber => number;

        public override CancellationToken Lost => _ending.Token;

        public override bool IsHeld => !_ending.HasEnded;

        public override ValueTask DisposeAsync()
        {
            if (_ending.TryGiveBack())
            {
                owner.GiveBack(this);
            }

            return ValueTask.CompletedTask;
        }

        // What an owner's callback throws concerns the owner: here the cache is being disposed, and nobody is left to be told.
        internal void Lose() => _ = _ending.Lose();
    }
}
