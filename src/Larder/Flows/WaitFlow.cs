using System.Runtime.ExceptionServices;
using Larder.Entries;
using Larder.Flights;

namespace Larder.Flows;

/// <summary>
/// Waits for a flight on behalf of one caller: no longer than the caller's own time-outs and cancellation allow, and
/// without harm to the others.
/// </summary>
internal sealed class WaitFlow(CacheParts parts, Serving serving)
{
    /// <summary>
    /// When this caller gives up by itself, in milliseconds of the clock; null when the flight ends before that anyway,
    /// so that the common case needs no timer of its own.
    /// </summary>
    internal static long? OwnDeadline(Flight flight, EntrySettings settings, long startedAt)
    {
        if (settings.SourceTimeout == 0)
        {
            return null;
        }

        var deadline = startedAt + settings.SourceTimeout;
        return flight.Timeout != 0 && flight.StartedAt + flight.Timeout <= deadline ? null : deadline;
    }

    /// <summary>The answer; null when the call must begin again because it came after a removal that the flight had missed.</summary>
    internal async ValueTask<CacheResult<T>?> WaitAsync<T>(
        LoadStep<T> step, string key, EntrySettings settings, long startedAt, CancellationToken cancellationToken)
    {
        var flight = step.Flight!;
        var landing = step.Landing!;
        if (await FallsBackSoonAsync(flight, landing, settings, cancellationToken).ConfigureAwait(false)
            && serving.TryFallBack(key, out CacheResult<T> early))
        {
            Leave(flight);
            return early;
        }

        var left = OwnDeadline(flight, settings, startedAt) - parts.Clock.Now;
        if (!await parts.Scheduler.EndsAsync(landing, left, cancellationToken).ConfigureAwait(false))
        {
            Leave(flight);
            cancellationToken.ThrowIfCancellationRequested();
            return MayFallBack(settings) && serving.TryFallBack(key, out CacheResult<T> late) ? late : throw TimedOut(settings.SourceTimeout);
        }

        if (flight.Failed is not null)
        {
            return OfFailure<T>(flight, key, settings);
        }

        if (step.JoinStamp is { } stamp && flight.HasLateTags && !ReferenceEquals(stamp, flight.AnyTagStamp))
        {
            return null;
        }

        return serving.OfFlight<T>(flight, wantsCopy: step.JoinStamp is not null && flight.IsIsolated);
    }

    /// <summary>Waits for something that keeps the caller from going on; throws when the caller's own time is over.</summary>
    internal async ValueTask UnblockAsync(Task until, EntrySettings settings, long startedAt, CancellationToken cancellationToken)
    {
        long? left = settings.SourceTimeout == 0 ? null : startedAt + settings.SourceTimeout - parts.Clock.Now;
        if (!await parts.Scheduler.EndsAsync(until, left, cancellationToken).ConfigureAwait(false))
        {
            cancellationToken.ThrowIfCancellationRequested();
            throw TimedOut(settings.SourceTimeout);
        }
    }

    /// <summary>
    /// The source failed. The flight fell back for everybody, if its leader may read memory; a caller who must not,
    /// or whose leader did not, decides for itself.
    /// </summary>
    private CacheResult<T> OfFailure<T>(Flight flight, string key, EntrySettings settings)
    {
        if (MayFallBack(settings))
        {
            if (flight.Status == CacheStatus.Fallback)
            {
                return serving.OfFlight<T>(flight, wantsCopy: flight.IsIsolated);
            }

            if (flight.Settings.Skips(CacheSkip.MemoryRead) && serving.TryFallBack(key, out CacheResult<T> own))
            {
                return own;
            }
        }

        ExceptionDispatchInfo.Throw(flight.Failed!);
        throw flight.Failed;
    }

    private static bool MayFallBack(EntrySettings settings) => !settings.Skips(CacheSkip.MemoryRead);

    /// <summary>
    /// Waits until the flight has ended or has been under way for the caller's soft time-out; true in the second case.
    /// Without a value to fall back on the soft time-out does not count.
    /// </summary>
    private async ValueTask<bool> FallsBackSoonAsync(
        Flight flight, Task landing, EntrySettings settings, CancellationToken cancellationToken)
    {
        if (settings.SourceSoftTimeout == 0 || !MayFallBack(settings) || !serving.HasFallback(flight.Key))
        {
            return false;
        }

        var left = flight.StartedAt + settings.SourceSoftTimeout - parts.Clock.Now;
        var hasEnded = await parts.Scheduler.EndsAsync(landing, left, cancellationToken).ConfigureAwait(false);
        return !hasEnded && !cancellationToken.IsCancellationRequested;
    }

    /// <summary>One caller goes. When it was the last, and the load is not to go on without anybody, the load is given up.</summary>
    internal void Leave(Flight flight)
    {
        var stripe = parts.Flights.StripeOf(flight.Key);
        lock (stripe)
        {
            flight.Waiters--;
            if (flight.Waiters > 0 || flight.IsSettled || flight.Settings.BackgroundCompletion)
            {
                return;
            }

            if (!flight.IsDetached)
            {
                stripe.Detach(flight);
            }
        }

        flight.GiveUp();
    }

    private static SourceTimeoutException TimedOut(long milliseconds)
    {
        var timeout = TimeSpan.FromMilliseconds(milliseconds);
        return new SourceTimeoutException(
            $"The source did not answer within {timeout} ({nameof(EntryOptions.SourceTimeout)}), and there is no value to fall back on.", timeout);
    }
}
