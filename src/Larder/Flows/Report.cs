using System.Diagnostics;
using Larder.Flights;
using Larder.Scheduling;
using Larder.Signals;
using Larder.Tiers;
using Microsoft.Extensions.Logging;

namespace Larder.Flows;

/// <summary>
/// Tells the outside what happened: counters, histograms, log and the application's events, in one place so that no
/// flow forgets one of them. An exception of a handler ends here.
/// </summary>
internal sealed class Report(string cache, CacheCounters counters, ICacheEvents? events, ILogger log, KeyDisplay keys, LogLimits limits)
{
    /// <summary>True when the application wants to hear of every answer, so that no short cut may be taken.</summary>
    internal bool HearsEveryAnswer => events is not null;

    internal void Served(string key, CacheStatus status, CacheTier tier, TimeSpan age)
    {
        counters.Count((Counter)status);
        if (tier is not CacheTier.Memory)
        {
            counters.CountBelow(status, tier);
        }

        if (status is CacheStatus.Stale or CacheStatus.Expired or CacheStatus.Fallback && LarderMeter.StaleAge.Enabled)
        {
            RecordAge(status, age);
        }

        if (events is not null)
        {
            Tell(nameof(ICacheEvents.Served), (key, status, tier), static (e, c, s) => e.Served(c, s.key, s.status, s.tier));
        }
    }

    /// <summary>Several callers at once, who were answered by one flight.</summary>
    internal void ServedMany(CacheStatus status, int count, TimeSpan age)
    {
        counters.Add((Counter)status, count);
        for (var i = 0; i < count && status == CacheStatus.Fallback && LarderMeter.StaleAge.Enabled; i++)
        {
            RecordAge(status, age);
        }
    }

    internal void Joined() => counters.Count(Counter.Joined);

    internal void RefreshStarted() => counters.Count(Counter.Refreshes);

    internal void RefreshShed(string key, int limit)
    {
        counters.Count(Counter.RefreshesShed);
        if (log.IsEnabled(LogLevel.Warning))
        {
            log.RefreshShed(cache, keys.Show(key), limit);
        }

        Tell(nameof(ICacheEvents.RefreshShed), key, static (e, c, k) => e.RefreshShed(c, k));
    }

    /// <summary>
    /// The source is about to be asked: starts the activity and the stopwatch, where somebody wants them. Answers the
    /// activity to go back to, see <see cref="Leave"/>.
    /// </summary>
    internal Activity? SourceAsked(Flight flight, Clock clock)
    {
        counters.Count(Counter.SourceCalls);
        if (!LarderActivities.AreWanted && !LarderMeter.SourceDuration.Enabled && events is null)
        {
            return null;
        }

        var outer = Activity.Current;
        var activity = LarderActivities.AreWanted ? LarderActivities.StartLoad(cache, keys.Show(flight.Key), flight.IsRefresh) : null;
        flight.Watch = new FlightWatch(activity, clock.Timestamp());
        return outer;
    }

    /// <summary>The source is about to be asked for several keys at once: one call, which the first of the flights stands for.</summary>
    internal Activity? SourceAsked(IReadOnlyList<Flight> flights, Clock clock)
    {
        var outer = SourceAsked(flights[0], clock);
        if (flights[0].Watch is { } watch)
        {
            watch.Activity?.SetTag("larder.keys", flights.Count);
            for (var i = 1; i < flights.Count && events is not null; i++)
            {
                flights[i].Watch = watch with { Activity = null, IsShared = true };
            }
        }

        return outer;
    }

    /// <summary>The caller goes on while the source may still be at work: its own activity is the current one again.</summary>
    internal static void Leave(Flight flight, Activity? outer)
    {
        if (flight.Watch?.Activity is not null)
        {
            Activity.Current = outer;
        }
    }

    internal void SourceSucceeded(Flight flight, Clock clock)
    {
        if (flight.Watch is not { } watch)
        {
            return;
        }

        End(watch.Activity, flight.IsNotFound ? "not_found" : "success", failed: null);
        var duration = clock.Since(watch.StartTimestamp);
        Time(watch, duration, flight.IsRefresh, "success");
        Tell(
            nameof(ICacheEvents.SourceSucceeded),
            (flight.Key, duration, flight.IsRefresh),
            static (e, c, s) => e.SourceSucceeded(c, s.Key, s.duration, s.IsRefresh));
    }

    internal void SourceFailed(Flight flight, Exception failed, Clock clock)
    {
        counters.Add(Counter.SourceFailures, flight.StandsForCall ? 1 : 0);
        var outcome = failed is SourceTimeoutException ? "timeout" : "failure";
        if (log.IsEnabled(LogLevel.Debug))
        {
            log.SourceFailed(cache, keys.Show(flight.Key), failed);
        }

        if (flight.Watch is not { } watch)
        {
            return;
        }

        End(watch.Activity, outcome, failed);
        var duration = clock.Since(watch.StartTimestamp);
        Time(watch, duration, flight.IsRefresh, outcome);
        Tell(
            nameof(ICacheEvents.SourceFailed),
            (flight.Key, failed, duration, flight.IsRefresh),
            static (e, c, s) => e.SourceFailed(c, s.Key, s.failed, s.duration, s.IsRefresh));
    }

    internal void RefreshFailed(string key, TimeSpan throttle, Exception failed)
    {
        if (log.IsEnabled(LogLevel.Warning))
        {
            log.RefreshFailed(cache, keys.Show(key), throttle, failed);
        }
    }

    internal void FellBack(string key, TimeSpan age, Exception failed)
    {
        if (log.IsEnabled(LogLevel.Warning))
        {
            log.FallbackServed(cache, keys.Show(key), age, failed);
        }
    }

    internal void Stored(string key)
    {
        counters.Count(Counter.Stores);
        if (events is not null)
        {
            Tell(nameof(ICacheEvents.Stored), key, static (e, c, k) => e.Stored(c, k));
        }
    }

    internal void FencedOff(string key)
    {
        counters.Count(Counter.FencedOff);
        if (log.IsEnabled(LogLevel.Debug))
        {
            log.FencedOff(cache, keys.Show(key));
        }

        Tell(nameof(ICacheEvents.FencedOff), key, static (e, c, k) => e.FencedOff(c, k));
    }

    internal void TooLarge(string key)
    {
        counters.Count(Counter.TooLarge);
        if (log.IsEnabled(LogLevel.Warning))
        {
            log.TooLarge(cache, keys.Show(key));
        }
    }

    internal void NotSealed(string key, Exception failed)
    {
        if (log.IsEnabled(LogLevel.Error))
        {
            log.NotSealed(cache, keys.Show(key), failed);
        }
    }

    internal void Unreadable(string key, Exception failed)
    {
        if (log.IsEnabled(LogLevel.Error))
        {
            log.Unreadable(cache, keys.Show(key), failed);
        }
    }

    /// <summary>What a lower tier had can not be used: counted by the log's reason, and never an exception to the reader.</summary>
    internal void UnreadableBelow(string key, string fault, Exception? failed)
    {
        counters.Count(Counter.UnreadableBelow);
        try
        {
            LarderMeter.TierUnreadable.Add(1, new("cache", cache), new("reason", fault));
        }
        catch (Exception thrown)
        {
            log.HandlerFailed(cache, "a metrics listener", thrown);
        }

        if (log.IsEnabled(LogLevel.Warning) && limits.MayTell((nameof(UnreadableBelow), fault, null), out var more))
        {
            log.UnreadableBelow(cache, keys.Show(key), fault, more, failed);
        }
    }

    /// <summary>A tier could not be asked, did not answer in time, or threw.</summary>
    internal void TierFailed(string tier, bool isChange, Exception? failed)
    {
        counters.Count(Counter.TierFailures);
        if (!log.IsEnabled(LogLevel.Warning) || !limits.MayTell((isChange ? nameof(LogMessages.ChangeFailed) : nameof(TierFailed), tier, failed?.GetType()), out var more))
        {
            return;
        }

        if (isChange)
        {
            log.ChangeFailed(cache, tier, more, failed);
        }
        else
        {
            log.TierFailed(cache, tier, more, failed);
        }
    }

    internal void Removed(Removal removal)
    {
        counters.Count(removal.Kind switch
        {
            RemovalKind.Key => Counter.RemovalsByKey,
            RemovalKind.Tag => Counter.RemovalsByTag,
            _ => Counter.Clears,
        });
        Tell(nameof(ICacheEvents.Removed), removal, static (e, c, r) => e.Removed(c, r));
    }

    /// <summary>Tells what left memory since the last time; called after the locks are left.</summary>
    internal void Evicted(EvictionLog evictions)
    {
        while (evictions.HasNews && evictions.TryTake(out var eviction))
        {
            Tell(nameof(ICacheEvents.Evicted), eviction, static (e, c, s) => e.Evicted(c, s.Key, s.Reason));
        }
    }

    internal void HandlerFailed(string handler, Exception failed) => log.HandlerFailed(cache, handler, failed);

    internal void DisposedWithLoads(int count, TimeSpan waited) => log.DisposedWithLoads(cache, count, waited);

    /// <summary>The cache ends, and these removals were not told: to the authority, and to the other nodes' feeds.</summary>
    internal void RemovalsLost(int untold, int unsent)
    {
        log.RemovalsLost(cache, untold, unsent);
        Tell(nameof(ICacheEvents.RemovalsLost), (untold, unsent), static (e, c, s) => e.RemovalsLost(c, s.untold, s.unsent));
    }

    internal string Show(string key) => keys.Show(key);

    // A listener's own failure is its own: it must not turn into a caller's, or keep a flight from ending.
    private void Time(FlightWatch watch, TimeSpan duration, bool isRefresh, string outcome)
    {
        if (watch.IsShared)
        {
            return;
        }

        try
        {
            LarderMeter.SourceDuration.Record(
                duration.TotalSeconds, new("cache", cache), new("kind", isRefresh ? "refresh" : "load"), new("outcome", outcome));
        }
        catch (Exception failed)
        {
            log.HandlerFailed(cache, "a metrics listener", failed);
        }
    }

    private void RecordAge(CacheStatus status, TimeSpan age)
    {
        try
        {
            LarderMeter.StaleAge.Record(age.TotalSeconds, new("cache", cache), new("status", StatusName(status)));
        }
        catch (Exception failed)
        {
            log.HandlerFailed(cache, "a metrics listener", failed);
        }
    }

    private void End(Activity? activity, string outcome, Exception? failed)
    {
        try
        {
            LarderActivities.End(activity, outcome, failed);
        }
        catch (Exception thrown)
        {
            log.HandlerFailed(cache, "an activity listener", thrown);
        }
    }

    private void Tell<TState>(string method, TState state, Action<ICacheEvents, string, TState> tell)
    {
        if (events is null)
        {
            return;
        }

        try
        {
            tell(events, cache, state);
        }
        catch (Exception failed)
        {
            log.HandlerFailed(cache, method, failed);
        }
    }

    private static string StatusName(CacheStatus status) => status switch
    {
        CacheStatus.Stale => "stale",
        CacheStatus.Expired => "expired",
        _ => "fallback",
    };
}
