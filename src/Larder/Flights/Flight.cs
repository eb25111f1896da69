using Larder.Entries;
using Larder.Fences;
using Larder.Scheduling;

namespace Larder.Flights;

/// <summary>
/// One shared load of one key. It is its own local fence: a removal detaches it, and then what it brings is stored
/// nowhere and joined by nobody. It is also its own cancellation source, which is one object less for each load; no
/// timer and no wait handle hangs on that, so there is nothing to dispose of. All state marked "guarded" is read and
/// written under the lock of its <see cref="FlightStripe"/>.
/// </summary>
internal abstract class Flight : CancellationTokenSource
{
    private static readonly TimerCallback DeadlinePassed = static state =>
    {
        var (flight, settler) = ((Flight, IFlightSettler))state!;
        flight.OnDeadline(settler);
    };

    private ITimer? _timer;
    private int _isArmed;

    private protected Flight(in FlightStart start)
    {
        Key = start.Key;
        Settings = start.Settings;
        CacheStamp = start.CacheStamp;
        AnyTagStamp = start.AnyTagStamp;
        Tags = start.Tags;
        Before = start.Before;
        IsRefresh = start.IsRefresh;
        StartedAt = start.Now;
        Parent = start.Parent;

        // The leader is there from the first moment, however long its factory takes to return. A refresh has a participant
        // that never leaves: nobody waits for it, and still it is wanted.
        Waiters = 1;
    }

    internal string Key { get; }

    /// <summary>The options of the caller who leads: they decide how the result is stored.</summary>
    internal EntrySettings Settings { get; }

    internal FenceStamp CacheStamp { get; }

    internal FenceStamp AnyTagStamp { get; }

    internal TagStamp[]? Tags { get; }

    /// <summary>The entry that was there when the flight began, for the factory to compare with.</summary>
    internal Entry? Before { get; }

    internal bool IsRefresh { get; }

    /// <summary>True when the flight's end frees a place among the refreshes that may run at once.</summary>
    internal virtual bool HoldsRefreshPlace => IsRefresh;

    /// <summary>False when another flight is counted for the call of the source that this one shares.</summary>
    internal bool StandsForCall { get; set; } = true;

    internal long StartedAt { get; }

    /// <summary>How long the source may take, in milliseconds; zero for no limit.</summary>
    internal long Timeout => IsRefresh ? Settings.RefreshTimeout ?? Settings.SourceTimeout : Settings.SourceTimeout;

    /// <summary>The flight whose factory started this one, if one did.</summary>
    internal Flight? Parent { get; }

    /// <summary>The next flight of the stripe. Guarded.</summary>
    internal Flight? Next { get; set; }

    /// <summary>How far the flight has come in the lower tiers; null when there are none.</summary>
    internal FlightBelow? Below { get; init; }

    /// <summary>True once the flight has been taken off its key without having ended. Guarded.</summary>
    internal bool IsDetached { get; set; }

    /// <summary>True when the flight began while a writer held the key: what it brings is shared and stored nowhere. Guarded.</summary>
    internal bool IsUnstored { get; set; }

    /// <summary>True once the outcome is decided; what comes later counts for nothing. Guarded.</summary>
    internal bool IsSettled { get; set; }

    /// <summary>Callers who are waiting and may still leave. Guarded.</summary>
    internal int Waiters { get; set; }

    /// <summary>Set before settling when the factory added tags that joiners could not know of.</summary>
    internal bool HasLateTags { get; set; }

    /// <summary>Set while settling: everybody but the leader is handed a copy of the value.</summary>
    internal bool IsIsolated { get; set; }

    /// <summary>Set while settling, when memory took the entry.</summary>
    internal bool IsStored { get; set; }

    /// <summary>True when the factory may add tags.</summary>
    internal bool MayAddTags { get; init; }

    /// <summary>How callers are answered. Valid once the flight is settled and released.</summary>
    internal CacheStatus Status { get; private protected set; }

    /// <summary>The entry that answers: what was made of the loaded value, or what was fallen back on. Null when there is none.</summary>
    internal Entry? Entry { get; private protected set; }

    /// <summary>True when the source said that there is no such thing.</summary>
    internal bool IsNotFound { get; private protected set; }

    /// <summary>Callers who wait for the bare task and are counted by the one who settles. Guarded.</summary>
    internal int UncountedWaiters { get; set; }

    /// <summary>What is observed of the load; null when nobody traces or measures.</summary>
    internal FlightWatch? Watch { get; set; }

    /// <summary>True once the outcome is written down. Guarded.</summary>
    private protected bool IsDecided { get; set; }

    /// <summary>True once there is an answer, and not for want of one. Guarded; true for ever once it was.</summary>
    internal bool HasAnswer => IsDecided && Status is not (CacheStatus.Absent or CacheStatus.Fallback);

    /// <summary>What the source threw, even if a value was fallen back on; null when it answered.</summary>
    internal Exception? Failed { get; private protected set; }

    internal abstract Type ValueType { get; }

    /// <summary>The outcome as some type, once the flight has succeeded or fallen back.</summary>
    internal abstract EntryReading ReadOutcome<TAsked>(out TAsked? value);

    /// <summary>The end of the flight, for those who wait whatever the type. Guarded when first asked for.</summary>
    internal abstract Task EnsureTask(Scheduler scheduler);

    /// <summary>Where the answer was found.</summary>
    internal CacheTier Tier => Below?.Tier ?? (Status == CacheStatus.Fallback ? CacheTier.Memory : CacheTier.Source);

    /// <summary>True when no tag and no clear has made the flight's reading of the source too old to be joined.</summary>
    /// <remarks>
    /// The tags of the entry that it is to replace count as well: whoever removes them means this key, even if the
    /// call that started the flight does not name them.
    /// </remarks>
    internal bool IsCurrent(FenceCell cacheFence) =>
        ReferenceEquals(CacheStamp, cacheFence.Stamp)
        && (Tags is null || TagStamp.AllCurrent(Tags))
        && (Before?.Tags is null || TagStamp.AllCurrent(Before.Tags));

    /// <summary>True when the source's time is over, though nobody was there to notice.</summary>
    internal bool IsOverdue(long now) => Timeout != 0 && StartedAt + Timeout <= now;

    /// <summary>This flight, or the nearest of those that started it, whose outcome is still open; ended ones are let go of.</summary>
    internal Flight? NearestOpen()
    {
        var flight = this;
        while (flight is { IsSettled: true })
        {
            flight = flight.Parent;
        }

        return flight;
    }

    /// <summary>True when this flight's factory is at work, directly or indirectly, on behalf of the other.</summary>
    internal bool IsWithin(Flight other)
    {
        for (var flight = this; flight is not null; flight = flight.Parent)
        {
            if (flight.Represents(other))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>True when this flight's factory is at work for the other: it is the same, or they share a call of the source.</summary>
    internal virtual bool Represents(Flight other) => ReferenceEquals(this, other);

    /// <summary>
    /// Starts the clock of <see cref="Timeout"/>, once. A factory that answers at once never needs it, so it is
    /// started by whoever first has to wait: the leader when the factory is not done, or the first who joins.
    /// </summary>
    internal virtual void Arm(Scheduler scheduler, IFlightSettler settler)
    {
        if (Timeout == 0 || IsSettled || Interlocked.Exchange(ref _isArmed, 1) != 0)
        {
            return;
        }

        var left = StartedAt + Timeout - scheduler.Clock.Now;
        var timer = scheduler.StartTimer(DeadlinePassed, (this, settler), left);
        Interlocked.Exchange(ref _timer, timer);
        if (IsSettled)
        {
            timer.Dispose();
        }
    }

    /// <summary>Stops the clock, once the flight is settled.</summary>
    internal void Disarm() => Volatile.Read(ref _timer)?.Dispose();

    /// <summary>Cancels the factory. Runs what the factory registered with its token, so never under a lock.</summary>
    internal virtual void GiveUp()
    {
        try
        {
            Cancel();
        }
        catch (AggregateException)
        {
            // What a factory registered with its own token failed; the flight is over all the same.
        }
    }

    /// <summary>Settles the flight as failed, whatever its type.</summary>
    internal abstract void Fail(IFlightSettler settler, Exception failed);

    /// <summary>The time is over.</summary>
    internal void OnDeadline(IFlightSettler settler)
    {
        if (IsSettled)
        {
            return;
        }

        var timeout = TimeSpan.FromMilliseconds(Timeout);
        var setting = IsRefresh && Settings.RefreshTimeout is not null ? nameof(EntryOptions.RefreshTimeout) : nameof(EntryOptions.SourceTimeout);
        Fail(settler, new SourceTimeoutException(
            $"The source did not answer within {timeout} ({setting}). The factory was cancelled and the key is free again.", timeout));
        GiveUp();
    }
}
