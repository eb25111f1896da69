using System.Runtime.CompilerServices;
using Larder.Entries;
using Larder.Flights;
using Larder.Keys;

namespace Larder.Flows;

/// <summary>
/// A call with a factory that memory could not answer at a glance: serve what may be served, offer a refresh, or
/// lead or join the load of the key. Never inlined into the path of a hit, which would grow by a hundred times.
/// </summary>
internal sealed class LoadFlow(CacheParts parts, Serving serving, SettleFlow settle, SourceFlow source, ReadFlow read, JoinFlow join, ChainFlow? chain)
{
    private readonly WaitFlow _wait = new(parts, serving);

    [MethodImpl(MethodImplOptions.NoInlining)]
    internal ValueTask<T> GetOrCreate<T, TSource>(
        CacheView view, string key, TSource source, EntryOptions? options, ReadOnlySpan<string> tags, CancellationToken cancellationToken)
        where TSource : struct, ISource<T>
    {
        var call = Open<T, TSource>(view, key, source, options, tags, cancellationToken);
        if (parts.Chain is not null && call.Settings.Skips(CacheSkip.Source))
        {
            return read.GetValueAsync<T>(key, call.Settings, cancellationToken);
        }

        var step = Begin<T, TSource>(in call, tags, mayBeBare: !cancellationToken.CanBeCanceled && !parts.Report.HearsEveryAnswer);
        if (step.IsAnswered)
        {
            return new ValueTask<T>(step.Result.Value!);
        }

        return step.IsBare
            ? new ValueTask<T>((Task<T>)step.Landing!)
            : ValueOfAsync<T, TSource>(call, step, tags.ToArray(), cancellationToken);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    internal ValueTask<CacheResult<T>> Resolve<T, TSource>(
        CacheView view, string key, TSource source, EntryOptions? options, ReadOnlySpan<string> tags, CancellationToken cancellationToken)
        where TSource : struct, ISource<T>
    {
        var call = Open<T, TSource>(view, key, source, options, tags, cancellationToken);
        if (parts.Chain is not null && call.Settings.Skips(CacheSkip.Source))
        {
            return read.GetAsync<T>(key, call.Settings, cancellationToken);
        }

        var step = Begin<T, TSource>(in call, tags, mayBeBare: false);
        return step.IsAnswered
            ? new ValueTask<CacheResult<T>>(step.Result)
            : ResultOfAsync<T, TSource>(call, step, tags.ToArray(), cancellationToken);
    }

    private LoadCall<TSource> Open<T, TSource>(
        CacheView view, string key, TSource source, EntryOptions? options, ReadOnlySpan<string> tags, CancellationToken cancellationToken)
        where TSource : struct, ISource<T>
    {
        ArgumentNullException.ThrowIfNull(key);
        parts.ThrowIfClosed();
        KeyRules.Check(key, parts.MaximumKeyLength);
        KeyRules.CheckTags(tags, parts.MaximumKeyLength);
        options?.Check(nameof(options));
        cancellationToken.ThrowIfCancellationRequested();
        return new LoadCall<TSource>(view, key, source, view.Defaults.Merge(options), parts.Clock.Now);
    }

    private async ValueTask<T> ValueOfAsync<T, TSource>(
        LoadCall<TSource> call, LoadStep<T> step, string[] tags, CancellationToken cancellationToken)
        where TSource : struct, ISource<T>
    {
        var result = await ResultOfAsync<T, TSource>(call, step, tags, cancellationToken).ConfigureAwait(false);
        return result.Value!;
    }

    private async ValueTask<CacheResult<T>> ResultOfAsync<T, TSource>(
        LoadCall<TSource> call, LoadStep<T> step, string[] tags, CancellationToken cancellationToken)
        where TSource : struct, ISource<T>
    {
        while (!step.IsAnswered)
        {
            if (step.IsBlocked)
            {
                await _wait.UnblockAsync(step.Landing!, call.Settings, call.StartedAt, cancellationToken).ConfigureAwait(false);
            }
            else if (await _wait.WaitAsync(step, call.Key, call.Settings, call.StartedAt, cancellationToken).ConfigureAwait(false) is { } result)
            {
                OfferRefresh<T, TSource>(in call, step, tags);
                return result;
            }

            // Either it could not go on yet, or the flight turned out to carry a tag that may have been removed before this caller came.
            step = Begin<T, TSource>(in call, tags, mayBeBare: false, step.Arrival);
        }

        return step.Result;
    }

    /// <summary>Goes as far as possible without waiting.</summary>
    private LoadStep<T> Begin<T, TSource>(in LoadCall<TSource> call, ReadOnlySpan<string> tags, bool mayBeBare, long? arrival = null)
        where TSource : struct, ISource<T>
    {
        var readsMemory = !call.Settings.Skips(CacheSkip.MemoryRead);
        while (true)
        {
            // The gate first, then memory: who has waited in between has waited on the safe side.
            var isOpen = parts.Clock.Now < parts.Gate.ServesUntil;
            arrival ??= isOpen ? null : parts.Flights.NextOrder();
            var entry = readsMemory && isOpen ? parts.Memory.Find(call.Key) : null;
            if (entry is not null && join.TryServe(in call, ref entry, out CacheResult<T> served, out var isRefreshDue))
            {
                if (isRefreshDue)
                {
                    source.OfferRefresh<T, TSource>(in call, entry!, parts.Clock.Now, tags);
                }

                return LoadStep<T>.Answered(in served);
            }

            if (call.Settings.Skips(CacheSkip.Source) && parts.Chain is null)
            {
                return LoadStep<T>.Answered(serving.Absent<T>(call.Key));
            }

            if (TryLeadOrJoin<T, TSource>(in call, tags, entry, mayBeBare, arrival, out var step, out var leading))
            {
                return leading is null ? step : Lead(in call, leading, tags, mayBeBare);
            }
        }
    }

    /// <summary>
    /// Under the key's lock: joins the running flight, or puts a new one in its place for the caller to lead. False
    /// when memory has changed since it was read, and must be read again.
    /// </summary>
    private bool TryLeadOrJoin<T, TSource>(
        in LoadCall<TSource> call, ReadOnlySpan<string> tags, Entry? seen, bool mayBeBare, long? arrival, out LoadStep<T> step, out Flight<T>? leading)
        where TSource : struct, ISource<T>
    {
        leading = null;
        var stripe = parts.Flights.StripeOf(call.Key);
        lock (stripe)
        {
            switch (join.Meet(stripe, in call, seen, mayBeBare, arrival, out step))
            {
                case Meeting.Changed:
                    return false;
                case Meeting.Nobody:
                    leading = new Flight<T>(source.Start(in call, tags, seen, isRefresh: false))
                    {
                        MayAddTags = TSource.TakesContext || chain is not null,
                        Below = chain is null ? null : new FlightBelow(parts.Flights.NextOrder()),
                    };
                    stripe.Add(leading);
                    return true;
                default:
                    break;
            }
        }

        if (step.Flight is { } joined)
        {
            join.Joined(joined);
        }

        return true;
    }

    /// <summary>After a stale answer from below: whoever led offers the refresh, for it has a factory.</summary>
    private void OfferRefresh<T, TSource>(in LoadCall<TSource> call, in LoadStep<T> step, ReadOnlySpan<string> tags)
        where TSource : struct, ISource<T>
    {
        if (step is { Flight: { Below: not null, IsRefresh: false, Status: CacheStatus.Stale or CacheStatus.Expired or CacheStatus.Hit, Entry: { } entry }, JoinStamp: null })
        {
            var now = parts.Clock.Now;
            if (entry.PhaseAt(now) != Phase.Fresh)
            {
                source.OfferRefresh<T, TSource>(in call, entry, now, tags);
            }
        }
    }

    /// <summary>Asks the source. Answers at once when it does.</summary>
    private LoadStep<T> Lead<T, TSource>(in LoadCall<TSource> call, Flight<T> flight, ReadOnlySpan<string> tags, bool mayBeBare)
        where TSource : struct, ISource<T>
    {
        if (chain is not null)
        {
            return LeadBelow(in call, flight, tags);
        }

        var pending = source.Ask<T, TSource>(flight, call.Source, out var context);

        // Looked at once: the factory may answer between two looks.
        var hasAnswered = pending.IsCompletedSuccessfully;
        if (hasAnswered)
        {
            settle.Succeed(flight, pending.Result, context);
            if (flight.Status == CacheStatus.Miss)
            {
                return LoadStep<T>.Answered(serving.OfOwnLoad(flight));
            }
        }

        bool isBare;
        Task landing;
        lock (parts.Flights.StripeOf(call.Key))
        {
            // Whoever settled the flight has counted the bare waiters already.
            isBare = mayBeBare && call.Settings.SourceSoftTimeout == 0 && !flight.IsSettled;
            flight.UncountedWaiters += isBare ? 1 : 0;
            landing = flight.EnsureTask(parts.Scheduler);
        }

        if (!hasAnswered)
        {
            source.Await(flight, pending, context);
        }

        return LoadStep<T>.Leading(flight, landing, isBare);
    }

    /// <summary>Asks the lower tiers, and the source only if they have nothing. Answers at once when they do.</summary>
    private LoadStep<T> LeadBelow<T, TSource>(in LoadCall<TSource> call, Flight<T> flight, ReadOnlySpan<string> tags)
        where TSource : struct, ISource<T>
    {
        if (!parts.Flights.TookOff(flight))
        {
            settle.Fail(flight, SourceFlow.Disposed());
        }
        else
        {
            _ = chain!.LeadAsync(flight, call.Source);
            flight.Arm(parts.Scheduler, settle);
        }

        Task landing;
        lock (parts.Flights.StripeOf(call.Key))
        {
            // An answer that is there already needs no task for anybody to wait on.
            landing = flight.HasAnswer ? Task.CompletedTask : flight.EnsureTask(parts.Scheduler);
        }

        var step = LoadStep<T>.Leading(flight, landing, isBare: false);
        if (!flight.HasAnswer)
        {
            return step;
        }

        var result = serving.OfFlight<T>(flight, wantsCopy: false);
        OfferRefresh<T, TSource>(in call, in step, tags);
        return LoadStep<T>.Answered(in result);
    }
}
