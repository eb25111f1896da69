using Larder.Entries;
using Larder.Flights;

namespace Larder.Flows;

/// <summary>Asks a loader for many keys at once, on the caller's thread for a load and in the background for a refresh, and ends each key's flight with what it has brought.</summary>
internal sealed class BulkSourceFlow(CacheParts parts, SettleFlow settle, SourceFlow source)
{
    /// <summary>Leads batches through the lower tiers; null when there are none.</summary>
    internal BulkChainFlow? LeadsBelow { get; set; }

    /// <summary>A batch without flights. Its fences are taken here, before anything else.</summary>
    internal BulkBatch<T> Begin<T>(BulkCall<T> call, bool isRefresh) =>
        new(call, source.TakeFences(call.View, call.Tags), isRefresh, this, parts);

    /// <inheritdoc cref="SourceFlow.Start(string, EntrySettings, in LoadFences, Entry?, bool)"/>
    internal FlightStart Start(string key, EntrySettings settings, in LoadFences fences, Entry? before, bool isRefresh) =>
        source.Start(key, settings, in fences, before, isRefresh);

    /// <summary>Loads the batch, as far as that goes without waiting.</summary>
    internal void Lead<T>(BulkBatch<T> batch)
    {
        batch.Complete(settle);
        if (LeadsBelow is not null)
        {
            if (TookOff(batch))
            {
                // The clock after the first step: where the authority answers at once none is needed.
                _ = LeadsBelow.LeadAsync(batch);
                batch.Arm(parts.Scheduler, settle);
            }

            return;
        }

        // Several at once, but each flight is settled by itself: a loader that answers at once costs no task.
        var chosen = Choose(batch, batch.Flights);
        if (chosen.Count == 0)
        {
            return;
        }

        var pending = Ask(batch, chosen);
        var hasAnswered = pending.IsCompletedSuccessfully;
        if (hasAnswered)
        {
            Succeed(chosen, pending.Result);
            return;
        }

        var isOpen = TookOff(batch);
        _ = AwaitAsync(chosen, pending);
        if (isOpen)
        {
            batch.Arm(parts.Scheduler, settle);
        }
    }

    /// <summary>
    /// Starts one refresh in the background of all these entries that nobody refreshes already. It takes one place among the refreshes that may run at once, because it is one call
    /// of the source.
    /// </summary>
    internal void OfferRefresh<T>(BulkCall<T> call, List<(BulkKey Key, Entry Entry)> due)
    {
        var now = parts.Clock.Now;
        due.RemoveAll(one => !one.Entry.TryClaimRefresh(now));
        if (due.Count == 0)
        {
            return;
        }

        if (!parts.Refreshes.TryEnter())
        {
            foreach (var (key, entry) in due)
            {
                entry.ReleaseRefresh();
                parts.Report.RefreshShed(key.Whole, parts.Refreshes.Limit);
            }

            return;
        }

        var batch = Begin(call, isRefresh: true);
        foreach (var (key, entry) in due)
        {
            if (!TryAdd(batch, key, entry))
            {
                entry.ReleaseRefresh();
            }
        }

        batch.Complete(settle);
        if (batch.Flights.Count > 0 && TookOff(batch))
        {
            foreach (var _ in batch.Flights)
            {
                parts.Report.RefreshStarted();
            }

            parts.Scheduler.Queue(batch);
        }
    }

    /// <summary>The background part of a refresh.</summary>
    internal void Run<T>(BulkBatch<T> batch)
    {
        try
        {
            // Nobody waits for a refresh, so nobody else would start its clock, even if the loader blocks its thread.
            batch.Arm(parts.Scheduler, settle);
            RunArmed(batch);
        }
        catch (Exception failed)
        {
            // A time provider that makes no timers. On this thread an exception would end the process.
            FailAll(batch.Flights, failed);
        }
    }

    /// <summary>Those flights of the batch that the loader is to be asked for. The others have ended, or are ended here because nobody wants them.</summary>
    internal List<BulkFlight<T>> Choose<T>(BulkBatch<T> batch, List<BulkFlight<T>> candidates)
    {
        var chosen = batch.Choose(candidates);
        if (chosen.Count < candidates.Count)
        {
            foreach (var flight in candidates)
            {
                if (!flight.IsAsked)
                {
                    settle.Fail(flight, new OperationCanceledException("Nobody waits for the key any more."));
                }
            }
        }

        return chosen;
    }

    /// <summary>Calls the loader. One that throws at once is the same as one whose task fails.</summary>
    internal ValueTask<IReadOnlyDictionary<string, T>> Ask<T>(BulkBatch<T> batch, List<BulkFlight<T>> chosen)
    {
        try
        {
            return AskWatched(batch, chosen);
        }
        catch (Exception failed)
        {
            return ValueTask.FromException<IReadOnlyDictionary<string, T>>(failed);
        }
    }

    /// <summary>What the loader has said of one key.</summary>
    internal bool TryRead<T>(BulkFlight<T> flight, IReadOnlyDictionary<string, T>? loaded, out T? value, out FlightContext? context)
    {
        context = null;
        value = default;
        try
        {
            if (loaded is null)
            {
                throw BulkLoader<T>.NoAnswer();
            }

            if (!loaded.TryGetValue(flight.Given, out value))
            {
                context = new FlightContext(flight, parts.MaximumKeyLength);
                context.NotFound<T>();
            }

            return true;
        }
        catch (Exception failed)
        {
            settle.Fail(flight, failed);
            return false;
        }
    }

    internal void FailAll<T>(List<BulkFlight<T>> flights, Exception failed)
    {
        foreach (var flight in flights)
        {
            settle.Fail(flight, failed);
        }
    }

    private bool TryAdd<T>(BulkBatch<T> batch, BulkKey key, Entry entry)
    {
        var stripe = parts.Flights.StripeOf(key.Whole);
        lock (stripe)
        {
            if (!source.IsRefreshWanted(stripe, key.Whole, entry))
            {
                return false;
            }

            try
            {
                stripe.Add(batch.Add(key, entry));
                return true;
            }
            catch (ObjectDisposedException)
            {
                // The cache was disposed a moment ago; whoever is served here notices nothing.
                return false;
            }
        }
    }

    /// <summary>False when the cache was disposed meanwhile: then the flights have been ended here.</summary>
    private bool TookOff<T>(BulkBatch<T> batch)
    {
        if (parts.Flights.TookOff(batch.Flights))
        {
            return true;
        }

        FailAll(batch.Flights, SourceFlow.Disposed());
        foreach (var flight in batch.Flights)
        {
            flight.GiveUp();
        }

        return false;
    }

    private void RunArmed<T>(BulkBatch<T> batch)
    {
        if (LeadsBelow is { } below)
        {
            _ = below.LeadAsync(batch);
            return;
        }

        var chosen = Choose(batch, batch.Flights);
        if (chosen.Count > 0)
        {
            _ = AwaitAsync(chosen, Ask(batch, chosen));
        }
    }

    private ValueTask<IReadOnlyDictionary<string, T>> AskWatched<T>(BulkBatch<T> batch, List<BulkFlight<T>> chosen)
    {
        var keys = new string[chosen.Count];
        for (var i = 0; i < keys.Length; i++)
        {
            keys[i] = chosen[i].Given;
        }

        var outer = FlightScope.Current;
        var outerActivity = parts.Report.SourceAsked(chosen, parts.Clock);
        FlightScope.Current = chosen[0];
        try
        {
            return batch.Call.Loader.LoadAsync(keys, batch.Token);
        }
        finally
        {
            FlightScope.Current = outer;
            Report.Leave(chosen[0], outerActivity);
        }
    }

    private async Task AwaitAsync<T>(List<BulkFlight<T>> chosen, ValueTask<IReadOnlyDictionary<string, T>> pending)
    {
        IReadOnlyDictionary<string, T> loaded;
        try
        {
            loaded = await pending.ConfigureAwait(false);
        }
        catch (Exception failed)
        {
            FailAll(chosen, failed);
            return;
        }

        Succeed(chosen, loaded);
    }

    private void Succeed<T>(List<BulkFlight<T>> chosen, IReadOnlyDictionary<string, T> loaded)
    {
        foreach (var flight in chosen)
        {
            if (TryRead(flight, loaded, out var value, out var context))
            {
                settle.Succeed(flight, value!, context);
            }
        }
    }
}
