using System.Runtime.CompilerServices;
using Larder.Entries;
using Larder.Flights;
using Larder.Keys;
using Larder.Tiers;

namespace Larder.Flows;

/// <summary>
/// A call with a loader of many keys. Each key is met as a call for one key meets it: served, joined, or led by a flight of its own. The flights that this call leads are loaded together.
/// </summary>
internal sealed class BulkLoadFlow(CacheParts parts, Serving serving, JoinFlow join, BulkSourceFlow source, BulkReadFlow read)
{
    private readonly WaitFlow _wait = new(parts, serving);

    /// <summary>What memory answers at a glance, and the rest of the keys in <paramref name="rest"/>; null when there is no rest.</summary>
    internal BulkValues<T> Look<T>(
        CacheView view, MemoryHit hit, IEnumerable<string> keys, EntryOptions? options, CancellationToken cancellationToken, out List<BulkKey>? rest)
    {
        var all = BulkKeys.Read(keys);
        parts.ThrowIfClosed();
        options?.Check(nameof(options));
        cancellationToken.ThrowIfCancellationRequested();
        var found = new BulkValues<T>(all.Length);
        rest = BulkKeys.Look(view, hit, all, options, found, parts.MaximumKeyLength);
        return found;
    }

    /// <summary>Loads the rest.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    internal ValueTask<IReadOnlyDictionary<string, T>> Load<T>(
        CacheView view, (BulkValues<T> Found, List<BulkKey> Keys) look, BulkLoader<T> loader, EntryOptions? options, ReadOnlySpan<string> tags, CancellationToken cancellationToken)
    {
        KeyRules.CheckTags(tags, parts.MaximumKeyLength);
        var call = new BulkCall<T>(view, loader, view.Defaults.Merge(options), tags.ToArray(), parts.Clock.Now, look.Found);
        return call.Settings.Skips(CacheSkip.Source) ? parts.Scheduler.AnswerAsync(FindAsync(call, look.Keys), cancellationToken) : LoadAsync(call, look.Keys, cancellationToken);
    }

    private async ValueTask<IReadOnlyDictionary<string, T>> FindAsync<T>(BulkCall<T> call, List<BulkKey> keys)
    {
        await read.FindAsync(call.Found, keys, call.Settings).ConfigureAwait(false);
        return call.Found;
    }

    private async ValueTask<IReadOnlyDictionary<string, T>> LoadAsync<T>(BulkCall<T> call, List<BulkKey> keys, CancellationToken cancellationToken)
    {
        for (var left = keys; left is not null;)
        {
            var round = Begin(call, left);
            left = await EndAsync(call, round, cancellationToken).ConfigureAwait(false);
        }

        return call.Answer();
    }

    /// <summary>Goes as far as possible without waiting.</summary>
    private BulkRound<T> Begin<T>(BulkCall<T> call, List<BulkKey> keys)
    {
        var round = new BulkRound<T>();
        foreach (var key in keys)
        {
            try
            {
                Begin(call, key, round);
            }
            catch (Exception failed)
            {
                // A value of another type, or a recursion: the key's own failure, and flights of other keys are in the table already.
                call.Fail(key.Given, failed);
            }
        }

        OfferRefresh(call, round.Due);
        if (round.Own is { } own)
        {
            source.Lead(own);
        }

        return round;
    }

    private void Begin<T>(BulkCall<T> call, BulkKey key, BulkRound<T> round)
    {
        var one = call.Of(key.Whole);
        while (true)
        {
            // The gate first, then memory: who has waited in between has waited on the safe side.
            var isOpen = parts.Clock.Now < parts.Gate.ServesUntil;
            call.Arrival ??= isOpen ? null : parts.Flights.NextOrder();
            var entry = isOpen && !call.Settings.Skips(CacheSkip.MemoryRead) ? parts.Memory.Find(key.Whole) : null;
            if (entry is not null && join.TryServe(in one, ref entry, out CacheResult<T> served, out var isRefreshDue))
            {
                call.Found.Put(key.Given, in served);
                if (isRefreshDue)
                {
                    (round.Due ??= []).Add((key, entry!));
                }

                return;
            }

            LoadStep<T> step;
            round.Own ??= source.Begin(call, isRefresh: false);
            var stripe = parts.Flights.StripeOf(key.Whole);
            lock (stripe)
            {
                switch (join.Meet(stripe, in one, entry, mayBeBare: false, call.Arrival, out step))
                {
                    case Meeting.Changed:
                        continue;
                    case Meeting.Nobody:
                        stripe.Add(round.Own.Add(key, entry));
                        return;
                    default:
                        break;
                }
            }

            call.Arrival ??= step.Arrival;
            round.Others.Add((key, step));
            if (step.Flight is { } joined)
            {
                join.Joined(joined);
            }

            return;
        }
    }

    /// <summary>Waits for everything that was begun. Answers the keys that must begin again; null when there are none.</summary>
    private async ValueTask<List<BulkKey>?> EndAsync<T>(BulkCall<T> call, BulkRound<T> round, CancellationToken cancellationToken)
    {
        List<BulkKey>? again = null;
        var own = round.Own?.Flights ?? [];
        var (ended, met) = (0, 0);
        try
        {
            for (; ended < own.Count; ended++)
            {
                await EndAsync(call, own[ended], cancellationToken).ConfigureAwait(false);
            }

            OfferRefresh(call, DueOf(own));
            for (; met < round.Others.Count; met++)
            {
                var (key, step) = round.Others[met];
                if (!await IsAnsweredAsync(call, key, step, cancellationToken).ConfigureAwait(false))
                {
                    (again ??= []).Add(key);
                }
            }
        }
        catch (OperationCanceledException)
        {
            // Only this caller's own comes here. The wait that was cancelled has left its flight.
            LeaveFrom(own, ended + 1);
            for (var i = ended < own.Count ? 0 : met + 1; i < round.Others.Count; i++)
            {
                Leave(round.Others[i].Step.Flight);
            }

            throw;
        }

        return again;
    }

    /// <summary>Answers a key that this call has led.</summary>
    private async ValueTask EndAsync<T>(BulkCall<T> call, BulkFlight<T> flight, CancellationToken cancellationToken)
    {
        if (!flight.HasLanded)
        {
            Task landing;
            lock (parts.Flights.StripeOf(flight.Key))
            {
                landing = flight.EnsureTask(parts.Scheduler);
            }

            var step = LoadStep<T>.Leading(flight, landing, isBare: false);
            await IsAnsweredAsync(call, new BulkKey(flight.Given, flight.Key), step, cancellationToken).ConfigureAwait(false);
        }
        else if (flight.Failed is { } failed && (flight.Status != CacheStatus.Fallback || call.Settings.Skips(CacheSkip.MemoryRead)))
        {
            call.Fail(flight.Given, failed);
        }
        else
        {
            call.Found.Put(flight.Given, serving.OfFlight<T>(flight, wantsCopy: false));
        }
    }

    /// <summary>Waits for one key. False when it must begin again.</summary>
    private async ValueTask<bool> IsAnsweredAsync<T>(BulkCall<T> call, BulkKey key, LoadStep<T> step, CancellationToken cancellationToken)
    {
        try
        {
            if (step.IsBlocked)
            {
                await _wait.UnblockAsync(step.Landing!, call.Settings, call.StartedAt, cancellationToken).ConfigureAwait(false);
                return false;
            }

            var result = await _wait.WaitAsync(step, key.Whole, call.Settings, call.StartedAt, cancellationToken).ConfigureAwait(false);
            if (result is { } answer)
            {
                call.Found.Put(key.Given, in answer);
            }

            return result is not null;
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            throw;
        }
        catch (Exception failed)
        {
            call.Fail(key.Given, failed);
            return true;
        }
    }

    /// <summary>What was found below past its freshness. Its refresh is a second call of the loader, beside that for what memory had.</summary>
    private List<(BulkKey Key, Entry Entry)>? DueOf<T>(List<BulkFlight<T>> flights)
    {
        List<(BulkKey, Entry)>? due = null;
        var now = parts.Clock.Now;
        foreach (var flight in flights)
        {
            if (flight is { HasLanded: true, Below: not null, Status: CacheStatus.Stale or CacheStatus.Expired or CacheStatus.Hit, Entry: { } entry }
                && entry.PhaseAt(now) != Phase.Fresh)
            {
                (due ??= []).Add((new BulkKey(flight.Given, flight.Key), entry));
            }
        }

        return due;
    }

    private void OfferRefresh<T>(BulkCall<T> call, List<(BulkKey Key, Entry Entry)>? due)
    {
        if (due is not null)
        {
            source.OfferRefresh(call, due);
        }
    }

    private void LeaveFrom<T>(List<BulkFlight<T>> own, int first)
    {
        for (var i = first; i < own.Count; i++)
        {
            Leave(own[i]);
        }
    }

    private void Leave(Flight? flight)
    {
        if (flight is not null)
        {
            _wait.Leave(flight);
        }
    }
}
