using Larder.Fences;
using Larder.Flights;
using Larder.Ports;
using Larder.Tiers;

namespace Larder.Flows;

/// <summary>
/// Leads the flights of a batch through the lower tiers: one look at the authority for all; the right to load asked for each key by itself, because another node may load any of them;
/// one call of the loader; then each value stored under its own right. A key that another node is loading leaves the batch, so that two nodes whose batches overlap never wait for each
/// other before they have asked their loaders.
/// </summary>
internal sealed class BulkChainFlow(
    TierChain chain, ChainFlow single, BulkSourceFlow source, SettleFlow settle, LookFlow look, FenceFlow fences)
{
    // Commands of one batch that the authority is given before the first has been answered.
    private const int MostAtOnce = 256;

    private readonly WatchFlow _watching = single.Watching;

    /// <summary>Brings all flights of the batch to their end, whatever happens on the way.</summary>
    internal async Task LeadAsync<T>(BulkBatch<T> batch)
    {
        try
        {
            var open = batch.Flights;
            var toLoad = new List<BulkFlight<T>>(batch.IsRefresh ? open.Count : 0);
            if (!batch.IsRefresh)
            {
                open = await FindAsync(batch, toLoad).ConfigureAwait(false);
            }

            if (open.Count > 0)
            {
                await (batch.Call.Settings.Skips(LookFlow.SkipOf(chain.Authority.Kind, isWrite: true))
                    ? WatchAsync(batch, open, toLoad)
                    : ClaimAllAsync(batch, open, toLoad)).ConfigureAwait(false);
            }

            if (toLoad.Count > 0)
            {
                await LoadAsync(batch, toLoad).ConfigureAwait(false);
            }
        }
        catch (Exception failed)
        {
            source.FailAll(batch.Flights, failed);
        }
    }

    /// <summary>Looks below for all keys and ends the flights of those that were found. Answers those that are to be claimed.</summary>
    private async ValueTask<List<BulkFlight<T>>> FindAsync<T>(BulkBatch<T> batch, List<BulkFlight<T>> toLoad)
    {
        var flights = batch.Flights;
        var keys = new string[flights.Count];
        var observations = new TierObservation?[flights.Count];
        for (var i = 0; i < keys.Length; i++)
        {
            keys[i] = flights[i].Key;
            observations[i] = _watching.Watch(flights[i]);
        }

        var all = await look.FindManyAsync<T>(keys, flights[0].CacheStamp, batch.Call.Settings, observations).ConfigureAwait(false);
        var open = new List<BulkFlight<T>>();
        for (var i = 0; i < keys.Length; i++)
        {
            var flight = flights[i];
            if (single.TrySettle(flight, in all[i]))
            {
                continue;
            }

            flight.Unusable = all[i].Token;
            if (all[i].Status is TierStatus.Unavailable or TierStatus.OnHold)
            {
                _watching.BeAlone(flight, all[i].Status == TierStatus.Unavailable && chain.KeepsWithoutAuthority);
                toLoad.Add(flight);
            }
            else
            {
                open.Add(flight);
            }
        }

        return open;
    }

    /// <summary>The call does not want the authority to hold the values: memory alone keeps them, under the observations of the look, or of one made now.</summary>
    private async ValueTask WatchAsync<T>(BulkBatch<T> batch, List<BulkFlight<T>> open, List<BulkFlight<T>> toLoad)
    {
        var unseen = open.FindAll(static flight => flight.Below!.Observation is not { IsArmed: true });
        if (unseen.Count > 0)
        {
            var observations = unseen.ConvertAll(flight => flight.Below!.Observation ?? _watching.Watch(flight));
            var readings = await chain.Authority.GetManyAsync(unseen.ConvertAll(static flight => flight.Key).ToArray(), observations.ToArray()).ConfigureAwait(false);
            for (var i = 0; i < (readings?.Length ?? 0); i++)
            {
                if (readings![i].Status == TierStatus.OnHold)
                {
                    _watching.BeAlone(unseen[i], isKept: false);
                }

                readings[i].Dispose();
            }
        }

        foreach (var flight in open.FindAll(static flight => flight.Below!.Observation is not { IsArmed: true }))
        {
            // Nobody would tell of a change, so what is loaded is no more than a load alone.
            _watching.BeAlone(flight, chain.KeepsWithoutAuthority);
        }

        if (!await KnowFencesAsync(batch, open).ConfigureAwait(false))
        {
            open.ForEach(flight => flight.Below!.MayBeKept = chain.KeepsWithoutAuthority);
        }

        toLoad.AddRange(open);
    }

    /// <summary>Asks for the right to load each key, some of them at a time.</summary>
    private async ValueTask ClaimAllAsync<T>(BulkBatch<T> batch, List<BulkFlight<T>> open, List<BulkFlight<T>> toLoad)
    {
        var claims = new ValueTask<TierClaim>[Math.Min(open.Count, MostAtOnce)];
        for (var from = 0; from < open.Count; from += MostAtOnce)
        {
            var count = Math.Min(MostAtOnce, open.Count - from);
            for (var i = 0; i < count; i++)
            {
                var flight = open[from + i];
                if (batch.IsRefresh)
                {
                    flight.Unusable = flight.Before?.Token ?? FenceToken.None;
                }

                claims[i] = chain.Authority.ClaimAsync(flight.Key, flight.Unusable, _watching.Watch(flight), chain.LoadLease);
            }

            for (var i = 0; i < count; i++)
            {
                using var claim = await claims[i].ConfigureAwait(false);
                try
                {
                    await TakeAsync(batch, open[from + i], claim, toLoad).ConfigureAwait(false);
                }
                catch (Exception failed)
                {
                    // The key's own failure: the rights that come behind it would be lost, and renew themselves for ever.
                    single.GiveBack(open[from + i], dropsOlder: false);
                    settle.Fail(open[from + i], failed);
                }
            }
        }

        if (toLoad.Exists(static flight => flight.IsLeased) && !await KnowFencesAsync(batch, toLoad).ConfigureAwait(false))
        {
            foreach (var flight in toLoad)
            {
                if (flight.IsLeased)
                {
                    single.GiveBack(flight, dropsOlder: false);
                    _watching.BeAlone(flight, chain.KeepsWithoutAuthority);
                    flight.IsLeased = false;
                }
            }
        }
    }

    /// <summary>Does what the authority has said to a claim.</summary>
    private async ValueTask TakeAsync<T>(BulkBatch<T> batch, BulkFlight<T> flight, TierClaim claim, List<BulkFlight<T>> toLoad)
    {
        switch (claim.Status)
        {
            case TierStatus.Leased when claim.Lease is { } lease:
                flight.Below!.HoldLease(lease);
                flight.IsLeased = true;
                if (flight.IsSettled)
                {
                    single.GiveBack(flight, dropsOlder: false);
                }

                break;
            case TierStatus.Done:
                var found = await look.OpenAsync<T>(flight.Key, flight.CacheStamp, flight.Settings, claim.Reading, chain.Authority.Kind).ConfigureAwait(false);
                if (!single.TrySettle(flight, in found))
                {
                    LeadAlone(batch, flight, found.Token, changed: null);
                }

                return;
            case TierStatus.Busy when claim.Changed is { } changed:
                LeadAlone(batch, flight, flight.Unusable, changed);
                return;
            case TierStatus.OnHold or TierStatus.Busy:
                _watching.BeAlone(flight, isKept: false);
                break;
            default:
                _watching.BeAlone(flight, chain.KeepsWithoutAuthority);
                break;
        }

        toLoad.Add(flight);
    }

    /// <summary>The key leaves the batch. If it is to be loaded here after all, it gets a call of the loader for itself.</summary>
    private void LeadAlone<T>(BulkBatch<T> batch, BulkFlight<T> flight, FenceToken unusable, Task? changed)
    {
        flight.StandsForCall = true;
        _ = single.LeadOnAsync(flight, new OneOfMany<T>(batch.Call.Loader, flight.Given), unusable, changed);
    }

    /// <summary>Asks the loader once, and stores what it brings.</summary>
    private async ValueTask LoadAsync<T>(BulkBatch<T> batch, List<BulkFlight<T>> toLoad)
    {
        var chosen = source.Choose(batch, toLoad);
        if (chosen.Count == 0)
        {
            return;
        }

        IReadOnlyDictionary<string, T> loaded;
        try
        {
            loaded = await source.Ask(batch, chosen).ConfigureAwait(false);
        }
        catch (Exception failed)
        {
            source.FailAll(chosen, failed);
            return;
        }

        var stores = new ValueTask[Math.Min(chosen.Count, MostAtOnce)];
        for (var from = 0; from < chosen.Count; from += MostAtOnce)
        {
            var count = Math.Min(MostAtOnce, chosen.Count - from);
            for (var i = 0; i < count; i++)
            {
                stores[i] = StoreAsync(chosen[from + i], loaded);
            }

            for (var i = 0; i < count; i++)
            {
                await stores[i].ConfigureAwait(false);
            }
        }
    }

    /// <summary>Ends one flight with what the loader has brought. Never throws.</summary>
    private async ValueTask StoreAsync<T>(BulkFlight<T> flight, IReadOnlyDictionary<string, T> loaded)
    {
        if (!source.TryRead(flight, loaded, out var value, out var context))
        {
            return;
        }

        if (!flight.IsLeased)
        {
            settle.Succeed(flight, value!, context);
            return;
        }

        try
        {
            await single.StoreAsync(flight, value, context).ConfigureAwait(false);
        }
        catch (Exception failed)
        {
            settle.Fail(flight, failed, context);
        }
    }

    /// <summary>Learns in one go what the flights are stored under.</summary>
    private ValueTask<bool> KnowFencesAsync<T>(BulkBatch<T> batch, List<BulkFlight<T>> flights)
    {
        var first = batch.Flights[0];
        List<TagStamp[]>? more = null;
        foreach (var flight in flights)
        {
            if (flight.Before?.Tags is { } tags)
            {
                (more ??= []).Add(tags);
            }
        }

        if (first.Tags is not null)
        {
            (more ??= []).Add(first.Tags);
        }

        return fences.KnowAllAsync(first.CacheStamp, more);
    }
}
