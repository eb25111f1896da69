using Larder.Entries;
using Larder.Flights;

namespace Larder.Flows;

/// <summary>
/// What every call with a factory asks of its key before it leads a load: is there something in memory that may be served, is there a flight to join. The
/// same for a call that loads one key and for one that loads many.
/// </summary>
internal sealed class JoinFlow(CacheParts parts, Serving serving, SettleFlow settle)
{
    /// <summary>
    /// Answers from the entry, if its time and its fences allow it. Sets the entry to null when nothing of it may be
    /// used any more.
    /// </summary>
    /// <param name="call">The call.</param>
    /// <param name="entry">What memory has.</param>
    /// <param name="result">The answer.</param>
    /// <param name="isRefreshDue">True when the entry is served, and its refresh is to be offered by the caller, who has the factory.</param>
    internal bool TryServe<T, TSource>(in LoadCall<TSource> call, ref Entry? entry, out CacheResult<T> result, out bool isRefreshDue)
    {
        result = default;
        isRefreshDue = false;
        if (!entry!.IsValue)
        {
            // A number: it is passed by, and replaced by what is loaded.
            return false;
        }

        var now = parts.Clock.Now;
        if (serving.DropIfDead(entry!, now))
        {
            entry = null;
            return false;
        }

        var phase = entry!.PhaseAt(now);
        CacheStatus status;
        switch (phase)
        {
            case Phase.Fresh or Phase.RefreshDue:
                status = CacheStatus.Hit;
                entry.Touch(now);
                break;
            case Phase.Stale:
                status = CacheStatus.Stale;
                break;
            case Phase.Expired when call.Settings.ServeExpired:
                status = CacheStatus.Expired;
                break;
            case Phase.Expired when entry.IsThrottled(now):
                status = CacheStatus.Fallback;
                break;
            default:
                return false;
        }

        if (!serving.TryAnswer(entry, status, now, out result))
        {
            entry = null;
            return false;
        }

        isRefreshDue = phase != Phase.Fresh && status != CacheStatus.Fallback && !call.Settings.Skips(CacheSkip.Source);
        return true;
    }

    /// <summary>
    /// Joins the flight of the call's key, or says why there is none to join. Guarded by the key's stripe, under whose lock the caller then puts its own flight
    /// in the empty place.
    /// </summary>
    /// <param name="stripe">The stripe of the key.</param>
    /// <param name="call">The call.</param>
    /// <param name="seen">What the call has seen in memory.</param>
    /// <param name="mayBeBare">Whether the caller would do with the bare task of the flight.</param>
    /// <param name="arrival">See <see cref="LoadStep{T}.Arrival"/>.</param>
    /// <param name="step">The flight that was joined, or what to wait for.</param>
    internal Meeting Meet<T, TSource>(FlightStripe stripe, in LoadCall<TSource> call, Entry? seen, bool mayBeBare, long? arrival, out LoadStep<T> step)
    {
        step = default;
        var running = stripe.Find(call.Key);
        if (running is not null && (!running.IsCurrent(parts.CacheFence) || running.IsOverdue(parts.Clock.Now)))
        {
            // Too old to be joined, or its factory has blocked its thread beyond its time: this caller starts afresh.
            stripe.Detach(running);
            running = null;
        }

        if (running is { Below: { } below } && !MayJoin(stripe, running, below, ref arrival, out var until))
        {
            if (until is not null)
            {
                step = LoadStep<T>.Blocked(until, arrival);
                return Meeting.Joined;
            }

            running = null;
        }

        if (running is not null)
        {
            step = Join<T>(running, call.Settings, call.StartedAt, mayBeBare);
            return Meeting.Joined;
        }

        // A flight that ended since memory was read has left its value there: one load, not two.
        return arrival is null && !call.Settings.Skips(CacheSkip.MemoryRead) && !ReferenceEquals(parts.Memory.Find(call.Key), seen)
            ? Meeting.Changed
            : Meeting.Nobody;
    }

    /// <summary>The rest of joining, outside of the lock.</summary>
    internal void Joined(Flight flight)
    {
        flight.Arm(parts.Scheduler, settle);
        parts.Report.Joined();
    }

    /// <summary>
    /// Whether a caller may share what a flight reads below. If not, either it waits until that is decided, or the flight is taken off and the caller leads. Guarded.
    /// </summary>
    private bool MayJoin(FlightStripe stripe, Flight running, FlightBelow below, ref long? arrival, out Task? until)
    {
        until = null;
        arrival ??= below.IsUnwatched || below.Observation is { IsUnwatched: true } ? parts.Flights.NextOrder() : null;
        if (arrival is { } came && below.Order < came)
        {
            // This node may not trust what it heard before the caller came, and the flight may have heard it before. The next flight will do for all who wait.
            until = running.EnsureTask(parts.Scheduler);
            return false;
        }

        if (below.Observation is not { AllowsJoining: false } observation)
        {
            return true;
        }

        if (observation.IsUndecided)
        {
            until = Task.WhenAny(observation.WhenDecided(() => parts.Scheduler.CreateCompletion<bool>()), running.EnsureTask(parts.Scheduler));
            return false;
        }

        stripe.Detach(running);
        return false;
    }

    /// <summary>Joins a running flight. Guarded.</summary>
    private LoadStep<T> Join<T>(Flight running, EntrySettings settings, long now, bool mayBeBare)
    {
        if (FlightScope.Current is { } within && within.IsWithin(running))
        {
            throw new RecursiveLoadException(
                $"The factory of {parts.Report.Show(running.Key)} asks the cache for the key that it is loading, which would wait for ever. "
                + "Call the source directly, or use another key.");
        }

        // The bare task is as good as a wait of one's own only where nothing can depend on who waits.
        var isBare = mayBeBare && running is Flight<T> && !running.MayAddTags && !running.Settings.Isolate
            && running.Before?.HandsOutCopies != true && parts.Policy is null
            && running.Settings.Skips(CacheSkip.MemoryRead) == settings.Skips(CacheSkip.MemoryRead)
            && settings.SourceSoftTimeout == 0 && WaitFlow.OwnDeadline(running, settings, now) is null;
        running.Waiters++;
        if (isBare)
        {
            running.UncountedWaiters++;
        }

        return LoadStep<T>.Joining(running, running.EnsureTask(parts.Scheduler), parts.Tags.AnyTag.Stamp, isBare);
    }
}
