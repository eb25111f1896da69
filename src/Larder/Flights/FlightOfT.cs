using Larder.Entries;
using Larder.Scheduling;

namespace Larder.Flights;

/// <summary>A flight that brings a value of type <typeparamref name="T"/>.</summary>
internal class Flight<T> : Flight
{
    private TaskCompletionSource<T>? _completion;
    private T? _value;

    internal Flight(in FlightStart start)
        : base(in start)
    {
    }

    internal T Value => _value!;

    internal override Type ValueType => typeof(T);

    internal override Task<T> EnsureTask(Scheduler scheduler)
    {
        if (_completion is null)
        {
            _completion = scheduler.CreateCompletion<T>();
            if (IsDecided)
            {
                Finish();
            }
        }

        return _completion.Task;
    }

    /// <summary>Writes an answer down. Guarded, and only by the one who has set <see cref="Flight.IsSettled"/>.</summary>
    internal void Decide(T? value, Entry? entry, bool isNotFound)
    {
        IsDecided = true;
        Status = CacheStatus.Miss;
        _value = value;
        Entry = entry;
        IsNotFound = isNotFound;
    }

    /// <summary>Writes down what was found in a lower tier, as above.</summary>
    internal void DecideFound(T? value, Entry entry, CacheStatus status, CacheTier tier)
    {
        Decide(value, entry, isNotFound: entry is NotFoundEntry);
        Status = status;
        Below!.Tier = tier;
    }

    /// <summary>Writes down what was fallen back on, as above.</summary>
    internal void DecideFallback(T? value, Entry entry, Exception failed)
    {
        Decide(value, entry, isNotFound: entry is NotFoundEntry);
        Status = CacheStatus.Fallback;
        if (Below is { } below)
        {
            below.Tier = ReferenceEquals(entry, below.Older) ? below.OlderTier : CacheTier.Memory;
        }
        Failed = failed;
    }

    /// <summary>Writes a failure down, as above.</summary>
    internal void DecideFailure(Exception failed)
    {
        IsDecided = true;
        Status = CacheStatus.Absent;
        Failed = failed;
    }

    /// <summary>Lets everybody who waits go on. Outside of the lock, after the outcome was decided.</summary>
    internal virtual void Release()
    {
        Interlocked.MemoryBarrier();
        Disarm();
        if (_completion is not null)
        {
            Finish();
        }
    }

    internal override EntryReading ReadOutcome<TAsked>(out TAsked? value)
        where TAsked : default
    {
        if (IsNotFound)
        {
            value = default;
            return EntryReading.NotFound;
        }

        if (_value is TAsked fitting)
        {
            value = fitting;
            return EntryReading.Value;
        }

        value = default;
        return _value is null && value is null ? EntryReading.Value : EntryReading.WrongType;
    }

    internal override void Fail(IFlightSettler settler, Exception failed) => settler.Fail(this, failed);

    private void Finish()
    {
        if (Status != CacheStatus.Absent)
        {
            _completion!.TrySetResult(_value!);
        }
        else if (_completion!.TrySetException(Failed!))
        {
            // Everybody may have left; their leaving must not turn into an unobserved exception.
            _ = _completion.Task.Exception;
        }
    }
}
