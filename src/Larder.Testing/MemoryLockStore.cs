using Larder.Ports;

namespace Larder.Testing;

/// <summary>A store of locks in memory, for <c>LeasedLocks</c> of several caches in one test: names end by its clock, as they would on a server. Thread-safe.</summary>
/// <param name="timeProvider">The clock by which names end; null for the system's.</param>
public sealed class MemoryLockStore(TimeProvider? timeProvider = null) : ILockStore
{
    private readonly TimeProvider _clock = timeProvider ?? TimeProvider.System;
    private readonly object _gate = new();
    private readonly Dictionary<string, (FenceToken Owner, long Number, long Since, TimeSpan TimeToLive)> _taken = new(StringComparer.Ordinal);
    private long _number;

    /// <inheritdoc/>
    public ValueTask<long?> TryTakeAsync(string name, FenceToken owner, TimeSpan timeToLive, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            if (Find(name) is { } there)
            {
                return new ValueTask<long?>(there.Owner == owner ? there.Number : null);
            }

            _taken[name] = (owner, ++_number, _clock.GetTimestamp(), timeToLive);
            return new ValueTask<long?>(_number);
        }
    }

    /// <inheritdoc/>
    public ValueTask<bool> TryProlongAsync(string name, FenceToken owner, TimeSpan timeToLive, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            if (Find(name) is not { } there || there.Owner != owner)
            {
                return new ValueTask<bool>(false);
            }

            _taken[name] = there with { Since = _clock.GetTimestamp(), TimeToLive = timeToLive };
            return new ValueTask<bool>(true);
        }
    }

    /// <inheritdoc/>
    public ValueTask ReleaseAsync(string name, FenceToken owner, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            if (Find(name) is { } there && there.Owner == owner)
            {
                _taken.Remove(name);
            }

            return ValueTask.CompletedTask;
        }
    }

    /// <summary>Loses a name, as a store does that fails over to a replica without it.</summary>
    /// <param name="name">The name.</param>
    /// <returns>True when somebody had it.</returns>
    public bool Forget(string name)
    {
        lock (_gate)
        {
            var wasThere = Find(name) is not null;
            _taken.Remove(name);
            return wasThere;
        }
    }

    /// <summary>Whether somebody has a name, for a test to look at.</summary>
    /// <param name="name">The name.</param>
    public bool IsTaken(string name)
    {
        lock (_gate)
        {
            return Find(name) is not null;
        }
    }

    private (FenceToken Owner, long Number, long Since, TimeSpan TimeToLive)? Find(string name) =>
        _taken.TryGetValue(name, out var there) && _clock.GetElapsedTime(there.Since) < there.TimeToLive ? there : null;
}
