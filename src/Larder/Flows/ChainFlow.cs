using Larder.Entries;
using Larder.Fences;
using Larder.Flights;
using Larder.Ports;
using Larder.Scheduling;
using Larder.Tiers;

namespace Larder.Flows;

/// <summary>
/// Leads a load or a refresh through the lower tiers: look there; else get the right to load, take the fences, ask the source, store below first and in memory last.
/// Of all nodes one loads; the others wait for its value.
/// </summary>
internal sealed class ChainFlow(CacheParts parts, TierChain chain, SourceFlow source, SettleFlow settle, LookFlow look, FenceFlow fences, Bodies bodies)
{
    // Claims of one load, those that waited for another node left out: their bound is LoadWait. Each but the last ended because something had just changed; more than this is a key that changes
    // faster than it can be loaded.
    private const int MostClaims = 64;

    private readonly WatchFlow _watching = new(parts, chain);

    internal WatchFlow Watching => _watching;

    /// <summary>Brings the flight to its end, whatever happens on the way.</summary>
    internal async Task LeadAsync<T, TSource>(Flight<T> flight, TSource factory)
        where TSource : struct, ISource<T>
    {
        try
        {
            await RunAsync(flight, factory).ConfigureAwait(false);
        }
        catch (Exception failed)
        {
            settle.Fail(flight, failed);
        }
    }

    /// <summary>
    /// Brings a flight to its end whose first claim has shown that another node loads the key, or that something there can not be used: as above, from the second claim on.
    /// </summary>
    /// <param name="flight">The flight.</param>
    /// <param name="factory">The factory.</param>
    /// <param name="unusable">See <see cref="ITier.ClaimAsync"/>.</param>
    /// <param name="changed">Ends when it is worth claiming again; null for at once.</param>
    internal async Task LeadOnAsync<T, TSource>(Flight<T> flight, TSource factory, FenceToken unusable, Task? changed)
        where TSource : struct, ISource<T>
    {
        try
        {
            if (changed is null || await HasWaitedAsync(flight, changed).ConfigureAwait(false))
            {
                await ClaimAndLoadAsync(flight, factory, unusable).ConfigureAwait(false);
            }
            else
            {
                await LoadAloneAsync(flight, factory, isKept: false).ConfigureAwait(false);
            }
        }
        catch (Exception failed)
        {
            settle.Fail(flight, failed);
        }
        finally
        {
            _watching.Unwatch(flight);
        }
    }

    private async ValueTask RunAsync<T, TSource>(Flight<T> flight, TSource factory)
        where TSource : struct, ISource<T>
    {
        var observation = _watching.Watch(flight);
        try
        {
            var unusable = flight.Before?.Token ?? FenceToken.None;
            if (!flight.IsRefresh)
            {
                Found<T> found;
                if (look.HasCopies)
                {
                    found = await look.FindAsync<T>(flight.Key, flight.CacheStamp, flight.Settings, observation).ConfigureAwait(false);
                }
                else
                {
                    var reading = await look.ReadAsync(flight.Key, flight.Settings, observation).ConfigureAwait(false);
                    found = look.TryOpen<T>(flight.Key, flight.CacheStamp, flight.Settings, in reading, out var opened)
                        ? opened
                        : await look.OpenOwnAsync<T>(flight.Key, flight.CacheStamp, flight.Settings, reading).ConfigureAwait(false);
                }

                if (TrySettle(flight, in found))
                {
                    return;
                }

                unusable = found.Token;
                if (found.Status == TierStatus.Unavailable)
                {
                    await LoadAloneAsync(flight, factory, chain.KeepsWithoutAuthority).ConfigureAwait(false);
                    return;
                }

                if (found.Status == TierStatus.OnHold)
                {
                    await LoadAloneAsync(flight, factory, isKept: false).ConfigureAwait(false);
                    return;
                }
            }

            if (flight.Settings.Skips(LookFlow.SkipOf(chain.Authority.Kind, isWrite: true)))
            {
                if (flight.Settings.Skips(CacheSkip.MemoryWrite))
                {
                    // Nobody will keep it, so nobody needs to know whether it may be kept.
                    await LoadAloneAsync(flight, factory, isKept: false).ConfigureAwait(false);
                    return;
                }

                await LoadUnstoredBelowAsync(flight, factory, observation).ConfigureAwait(false);
                return;
            }

            await ClaimAndLoadAsync(flight, factory, unusable).ConfigureAwait(false);
        }
        finally
        {
            _watching.Unwatch(flight);
        }
    }

    /// <summary>Claims until there is a value, or the right to load, or no more time to wait for other nodes.</summary>
    private async ValueTask ClaimAndLoadAsync<T, TSource>(Flight<T> flight, TSource factory, FenceToken unusable)
        where TSource : struct, ISource<T>
    {
        for (var claims = 0; claims < MostClaims && !flight.IsSettled && !flight.IsDetached;)
        {
            claims++;
            var observation = _watching.Watch(flight);
            using var claim = await chain.Authority.ClaimAsync(flight.Key, unusable, observation, chain.LoadLease).ConfigureAwait(false);
            var wasBusy = claim.Changed is { IsCompleted: false };
            switch (claim.Status)
            {
                case TierStatus.Done when flight.Settings.Skips(LookFlow.SkipOf(chain.Authority.Kind, isWrite: false)):
                    // The call does not want it: it is replaced by what the source says, if it is still there then.
                    unusable = claim.Reading.Token;
                    break;
                case TierStatus.Done:
                    var found = await look.OpenAsync<T>(flight.Key, flight.CacheStamp, flight.Settings, claim.Reading, chain.Authority.Kind).ConfigureAwait(false);
                    if (TrySettle(flight, in found))
                    {
                        return;
                    }

                    unusable = found.Token;
                    break;
                case TierStatus.Leased when claim.Lease is { } lease:
                    await LoadUnderLeaseAsync(flight, factory, lease).ConfigureAwait(false);
                    return;
                case TierStatus.Busy when claim.Changed is { } changed && await HasWaitedAsync(flight, changed).ConfigureAwait(false):
                    // What had ended before it was waited for counts: a tier that always says so would be asked without a pause.
                    claims -= wasBusy ? 1 : 0;
                    break;
                case TierStatus.Busy or TierStatus.OnHold:
                    await LoadAloneAsync(flight, factory, isKept: false).ConfigureAwait(false);
                    return;
                default:
                    await LoadAloneAsync(flight, factory, chain.KeepsWithoutAuthority).ConfigureAwait(false);
                    return;
            }
        }

        await LoadAloneAsync(flight, factory, isKept: false).ConfigureAwait(false);
    }

    /// <summary>Waits for another node's load; false when the time for that is over.</summary>
    private async ValueTask<bool> HasWaitedAsync(Flight flight, Task changed)
    {
        long? left = chain.LoadWait is null && flight.Timeout == 0 ? null : flight.StartedAt + (chain.LoadWait ?? flight.Timeout) - parts.Clock.Now;
        if (left <= 0)
        {
            return false;
        }

        await parts.Scheduler.EndsAsync(changed, left, flight.Token).ConfigureAwait(false);
        return true;
    }

    /// <summary>This node loads: fences, source, fill, memory.</summary>
    private async ValueTask LoadUnderLeaseAsync<T, TSource>(Flight<T> flight, TSource factory, ITierLease lease)
        where TSource : struct, ISource<T>
    {
        flight.Below!.HoldLease(lease);
        if (flight.IsSettled)
        {
            GiveBack(flight, dropsOlder: false);
        }

        var anyTag = TSource.TakesContext ? flight.AnyTagStamp : null;
        if (!await fences.KnowAsync(flight.CacheStamp, flight.Tags, flight.Before?.Tags, anyTag).ConfigureAwait(false))
        {
            GiveBack(flight, dropsOlder: false);
            await LoadAloneAsync(flight, factory, chain.KeepsWithoutAuthority).ConfigureAwait(false);
            return;
        }

        var (value, context, isLoaded) = await AskAsync<T, TSource>(flight, factory).ConfigureAwait(false);
        if (isLoaded)
        {
            await StoreAsync(flight, value, context).ConfigureAwait(false);
        }
        else
        {
            GiveBack(flight, dropsOlder: false);
        }
    }

    /// <summary>The source has answered a flight that holds the right to load: stores it below, then in memory.</summary>
    internal async ValueTask StoreAsync<T>(Flight<T> flight, T? value, FlightContext? context)
    {
        if (!settle.TryMake(flight, value, context, out var made, out var lateTags))
        {
            GiveBack(flight, dropsOlder: false);
            return;
        }

        var verdict = await FillAsync(flight, value, made, lateTags).ConfigureAwait(false);
        settle.Finish(flight, value, context, made with { Verdict = verdict }, lateTags is not null);
    }

    /// <summary>Stores what was loaded in the authority, and says what memory may do.</summary>
    private async ValueTask<StoreVerdict> FillAsync<T>(Flight<T> flight, T? value, Made made, TagStamp[]? lateTags)
    {
        if (made.Entry is not { } entry || !made.IsStorable)
        {
            GiveBack(flight, dropsOlder: true);
            return made.Verdict;
        }

        var mayStore = !flight.IsDetached && flight.IsCurrent(parts.CacheFence)
            && (lateTags is null || await fences.KnowLateAsync(flight.CacheStamp, flight.AnyTagStamp, lateTags).ConfigureAwait(false));
        if (!mayStore)
        {
            GiveBack(flight, dropsOlder: false);
            return StoreVerdict.FencedOff;
        }

        using var body = bodies.TryEncode(entry, value, out var fault);
        if (body is null)
        {
            GiveBack(flight, dropsOlder: true);
            return fault;
        }

        if (flight.Below!.TakeLease() is not { } lease)
        {
            return StoreVerdict.FencedOff;
        }

        var token = chain.Authority.NewToken();
        var write = bodies.WriteOf(entry, body);
        var outcome = await chain.Authority.FillAsync(lease, write, token).ConfigureAwait(false);
        WriteFlow.ForgetIfHeld(outcome, body);
        if (outcome != StoreOutcome.Stored)
        {
            // A fill that did not get through may have left the right behind, renewing itself while the others wait.
            _ = chain.Authority.ReleaseAsync(lease, dropsOlder: false).AsTask();
            return outcome == StoreOutcome.Unavailable && chain.KeepsWithoutAuthority ? StoreVerdict.Stored : StoreVerdict.FencedOff;
        }

        entry.Token = token;
        if (chain.Copies is { } copies && !made.Settings.Skips(LookFlow.SkipOf(copies.Kind, isWrite: true)))
        {
            if (!await copies.SetAsync(flight.Key, write, token).ConfigureAwait(false))
            {
                body.Forget();
            }
        }

        return StoreVerdict.Stored;
    }

    /// <summary>The call does not want the authority to hold the value: memory alone keeps it, under an observation of the key.</summary>
    private async ValueTask LoadUnstoredBelowAsync<T, TSource>(Flight<T> flight, TSource factory, TierObservation observation)
        where TSource : struct, ISource<T>
    {
        if (!observation.IsArmed)
        {
            using var reading = await chain.Authority.GetAsync(flight.Key, observation).ConfigureAwait(false);
            if (reading.Status == TierStatus.OnHold)
            {
                _watching.BeAlone(flight, isKept: false);
            }
        }

        if (!observation.IsArmed)
        {
            // Nobody would tell of a change, so what is loaded is no more than a load alone.
            _watching.BeAlone(flight, chain.KeepsWithoutAuthority);
        }

        var anyTag = TSource.TakesContext ? flight.AnyTagStamp : null;
        var isKept = await fences.KnowAsync(flight.CacheStamp, flight.Tags, flight.Before?.Tags, anyTag).ConfigureAwait(false) || chain.KeepsWithoutAuthority;
        var (value, context, isLoaded) = await AskAsync<T, TSource>(flight, factory).ConfigureAwait(false);
        if (!isLoaded || !settle.TryMake(flight, value, context, out var made, out var lateTags))
        {
            return;
        }

        isKept = isKept && (lateTags is null || await fences.KnowLateAsync(flight.CacheStamp, flight.AnyTagStamp, lateTags).ConfigureAwait(false));
        settle.Finish(flight, value, context, isKept ? made : made with { Verdict = StoreVerdict.FencedOff }, lateTags is not null);
    }

    /// <summary>The authority can not help, or somebody holds the key: the source is asked, the answer shared in this process, and nothing stored below.</summary>
    private async ValueTask LoadAloneAsync<T, TSource>(Flight<T> flight, TSource factory, bool isKept)
        where TSource : struct, ISource<T>
    {
        _watching.BeAlone(flight, isKept);
        var (value, context, isLoaded) = await AskAsync<T, TSource>(flight, factory).ConfigureAwait(false);
        if (isLoaded)
        {
            settle.Succeed(flight, value!, context);
        }
    }

    /// <summary>Asks the source; when it fails the flight is settled here.</summary>
    private async ValueTask<(T? Value, FlightContext? Context, bool IsLoaded)> AskAsync<T, TSource>(Flight<T> flight, TSource factory)
        where TSource : struct, ISource<T>
    {
        if (flight.IsSettled)
        {
            return default;
        }

        var pending = source.Ask<T, TSource>(flight, factory, out var context);
        try
        {
            return (await pending.ConfigureAwait(false), context, true);
        }
        catch (Exception failed)
        {
            settle.Fail(flight, failed, context);
            return default;
        }
    }

    /// <summary>Ends the flight with what was found, if that may be served; otherwise keeps it for the case that the source fails.</summary>
    internal bool TrySettle<T>(Flight<T> flight, in Found<T> found)
    {
        if (found.Entry is not { } entry)
        {
            return false;
        }

        var phase = entry.PhaseAt(parts.Clock.Now);
        CacheStatus? status = phase switch
        {
            Phase.Fresh or Phase.RefreshDue => CacheStatus.Hit,
            Phase.Stale when !flight.IsRefresh => CacheStatus.Stale,
            Phase.Expired when !flight.IsRefresh && flight.Settings.ServeExpired => CacheStatus.Expired,
            _ => null,
        };
        if (status is { } given)
        {
            settle.Find(flight, entry, found.Value, given, found.Tier);
            return true;
        }

        if (phase != Phase.Gone)
        {
            settle.RememberOlder(flight, entry, found.Tier);
        }

        return false;
    }

    internal void GiveBack(Flight flight, bool dropsOlder)
    {
        if (flight.Below!.TakeLease() is { } lease)
        {
            _ = chain.Authority.ReleaseAsync(lease, dropsOlder).AsTask();
        }
    }
}
