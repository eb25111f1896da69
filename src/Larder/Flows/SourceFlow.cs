using Larder.Entries;
using Larder.Flights;

namespace Larder.Flows;

/// <summary>Asks the source, on the caller's thread for a load and in the background for a refresh.</summary>
internal sealed class SourceFlow(CacheParts parts, SettleFlow settle)
{
    /// <summary>Leads refreshes through the lower tiers; null when there are none.</summary>
    internal ChainFlow? LeadsBelow { get; set; }

    /// <summary>
    /// What a new flight takes with it. Guarded, and before the source is asked: the fences must be older than
    /// anything the source says.
    /// </summary>
    internal FlightStart Start<TSource>(in LoadCall<TSource> call, ReadOnlySpan<string> tags, Entry? before, bool isRefresh)
    {
        var fences = TakeFences(call.View, tags);
        return Start(call.Key, call.Settings, in fences, before, isRefresh);
    }

    /// <summary>The present stamps of the fences that a load depends on, that of the cache first.</summary>
    internal LoadFences TakeFences(CacheView view, ReadOnlySpan<string> tags)
    {
        var cacheStamp = parts.CacheFence.Stamp;
        return new LoadFences(cacheStamp, parts.Tags.AnyTag.Stamp, parts.Tags.Stamp(tags, view.Tag));
    }

    /// <summary>The same with fences that were taken before.</summary>
    internal FlightStart Start(string key, EntrySettings settings, in LoadFences fences, Entry? before, bool isRefresh)
    {
        var start = new FlightStart
        {
            Key = key,
            Settings = settings,
            CacheStamp = fences.Cache,
            AnyTagStamp = fences.AnyTag,
            Tags = fences.Tags,

            // Read before the lock was taken, so it may have been removed since.
            Before = before is { IsValue: true } && before.IsCurrent(parts.CacheFence) ? before : null,
            Now = parts.Clock.Now,
            Parent = isRefresh ? null : FlightScope.Current?.NearestOpen(),
            IsRefresh = isRefresh,
        };

        // A cache that was disposed a moment ago hands out a stamp that nothing is valid under.
        parts.ThrowIfClosed();
        return start;
    }

    /// <summary>
    /// Calls the factory. A factory that throws at once is the same as one whose task fails, and so is whatever else
    /// goes wrong here: the flight is in the table already, and somebody must end it.
    /// </summary>
    internal ValueTask<T> Ask<T, TSource>(Flight<T> flight, TSource source, out FlightContext? context)
        where TSource : struct, ISource<T>
    {
        context = TSource.TakesContext ? new FlightContext(flight, parts.MaximumKeyLength) : null;
        try
        {
            return AskWatched<T, TSource>(flight, source, context);
        }
        catch (Exception failed)
        {
            return ValueTask.FromException<T>(failed);
        }
    }

    /// <summary>Lets the factory go on, and settles the flight when it is done.</summary>
    internal void Await<T>(Flight<T> flight, ValueTask<T> pending, FlightContext? context)
    {
        var isOpen = parts.Flights.TookOff(flight);
        _ = AwaitAsync(flight, pending, context);
        if (isOpen)
        {
            flight.Arm(parts.Scheduler, settle);
            return;
        }

        // The cache was disposed while the factory was in its synchronous part.
        settle.Fail(flight, Disposed());
        flight.GiveUp();
    }

    /// <summary>What callers get whose load was running when the cache was disposed.</summary>
    internal static ObjectDisposedException Disposed() =>
        new(typeof(ICache).FullName, "The cache was disposed while the source was being asked.");

    /// <summary>Starts a refresh of the entry in the background, unless one runs already, too many run, or a failure was just seen.</summary>
    internal void OfferRefresh<T, TSource>(in LoadCall<TSource> call, Entry entry, long now, ReadOnlySpan<string> tags)
        where TSource : struct, ISource<T>
    {
        if (!entry.TryClaimRefresh(now))
        {
            return;
        }

        if (!parts.Refreshes.TryEnter())
        {
            entry.ReleaseRefresh();
            parts.Report.RefreshShed(call.Key, parts.Refreshes.Limit);
            return;
        }

        RefreshFlight<T, TSource>? flight = null;
        var stripe = parts.Flights.StripeOf(call.Key);
        lock (stripe)
        {
            if (IsRefreshWanted(stripe, call.Key, entry))
            {
                flight = new RefreshFlight<T, TSource>(Start(in call, tags, entry, isRefresh: true), call.Source, this)
                {
                    MayAddTags = TSource.TakesContext || parts.Chain is not null,
                    Below = parts.Chain is null ? null : new FlightBelow(parts.Flights.NextOrder()),
                };
                stripe.Add(flight);
            }
        }

        if (flight is null)
        {
            parts.Refreshes.Leave();
            entry.ReleaseRefresh();
            return;
        }

        if (!parts.Flights.TookOff(flight))
        {
            settle.Fail(flight, Disposed());
            return;
        }

        parts.Report.RefreshStarted();
        parts.Scheduler.Queue(flight);
    }

    /// <summary>True when the entry is still there to be refreshed, and nobody loads its key. Guarded.</summary>
    internal bool IsRefreshWanted(FlightStripe stripe, string key, Entry entry)
    {
        // A load that runs already (of a call that skipped memory) refreshes the entry as well.
        // What a lower tier has may be refreshed though memory does not keep it.
        var isThere = ReferenceEquals(parts.Memory.Find(key), entry) || (parts.Chain is not null && entry.IsCurrent(parts.CacheFence));
        return !parts.CacheFence.IsClosed && stripe.Find(key) is null && isThere;
    }

    /// <summary>The background part of a refresh.</summary>
    internal void Run<T, TSource>(RefreshFlight<T, TSource> flight)
        where TSource : struct, ISource<T>
    {
        try
        {
            // Nobody waits for a refresh, so nobody else would start its clock, even if the factory blocks its thread.
            flight.Arm(parts.Scheduler, settle);
        }
        catch (Exception failed)
        {
            // A time provider that makes no timers. On this thread an exception would end the process.
            settle.Fail(flight, failed);
            return;
        }

        if (LeadsBelow is { } lead)
        {
            _ = lead.LeadAsync(flight, flight.Source);
            return;
        }

        var pending = Ask<T, TSource>(flight, flight.Source, out var context);
        _ = AwaitAsync(flight, pending, context);
    }

    private ValueTask<T> AskWatched<T, TSource>(Flight<T> flight, TSource source, FlightContext? context)
        where TSource : struct, ISource<T>
    {
        var outer = FlightScope.Current;
        var outerActivity = parts.Report.SourceAsked(flight, parts.Clock);
        FlightScope.Current = flight;
        try
        {
            return source.LoadAsync(context, flight.Token);
        }
        finally
        {
            FlightScope.Current = outer;
            Report.Leave(flight, outerActivity);
        }
    }

    private async Task AwaitAsync<T>(Flight<T> flight, ValueTask<T> pending, FlightContext? context)
    {
        T value;
        try
        {
            value = await pending.ConfigureAwait(false);
        }
        catch (Exception failed)
        {
            settle.Fail(flight, failed, context);
            return;
        }

        settle.Succeed(flight, value, context);
    }
}
