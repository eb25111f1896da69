using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using Larder.Entries;
using Larder.Keys;
using Larder.Ports;

namespace Larder.Flows;

/// <summary>Look-ups that never ask the source.</summary>
internal sealed class ReadFlow(CacheParts parts, Serving serving, LookFlow? look)
{
    /// <summary>Hit and Stale, from memory alone.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    internal bool TryGet<T>(CacheView view, string key, [MaybeNullWhen(false)] out T value)
    {
        var result = TryGetInMemory<T>(key, view.Defaults, servesExpired: false, out var found) ? found : serving.Absent<T>(key);
        value = result.Value;
        return result.HasValue;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    internal ValueTask<CacheResult<T>> Get<T>(CacheView view, string key, EntryOptions? options, CancellationToken cancellationToken)
    {
        options?.Check(nameof(options));
        cancellationToken.ThrowIfCancellationRequested();
        return GetAsync<T>(key, view.Defaults.Merge(options), cancellationToken);
    }

    /// <summary>From every tier.</summary>
    internal ValueTask<CacheResult<T>> GetAsync<T>(string key, EntrySettings settings, CancellationToken cancellationToken) =>
        TryGetInMemory<T>(key, settings, settings.ServeExpired, out var found) ? new(found)
        : look is null ? new(serving.Absent<T>(key))
        : parts.Scheduler.AnswerAsync(GetBelowAsync<T>(key, settings), cancellationToken);

    /// <summary>The same, for those who want the value alone.</summary>
    internal async ValueTask<T> GetValueAsync<T>(string key, EntrySettings settings, CancellationToken cancellationToken) =>
        (await GetAsync<T>(key, settings, cancellationToken).ConfigureAwait(false)).Value!;

    internal async ValueTask<bool> ExistsAsync(string key, CancellationToken cancellationToken)
    {
        Check(key);
        var now = parts.Clock.Now;
        return Living(key, now) is { } entry
            ? entry is not NotFoundEntry && entry.PhaseAt(now) <= Phase.Stale
            : look is not null && await PeekAsync(key, cancellationToken).ConfigureAwait(false) is { IsNotFound: false } head && head.StaleUntil > head.Now;
    }

    internal async ValueTask<TimeSpan?> TimeToLiveAsync(string key, CancellationToken cancellationToken)
    {
        Check(key);
        var now = parts.Clock.Now;
        if (Living(key, now) is { } entry)
        {
            return entry is not NotFoundEntry ? TimeSpan.FromMilliseconds(entry.GoneAt - now) : null;
        }

        return look is not null && await PeekAsync(key, cancellationToken).ConfigureAwait(false) is { IsNotFound: false } head && head.GoneAt > head.Now
            ? TimeSpan.FromMilliseconds(head.GoneAt - head.Now)
            : null;
    }

    private ValueTask<PeekedHead?> PeekAsync(string key, CancellationToken cancellationToken) =>
        parts.Scheduler.AnswerAsync(look!.PeekAsync(key), cancellationToken);

    internal bool TryGetInMemory<T>(string key, EntrySettings settings, bool servesExpired, out CacheResult<T> result)
    {
        Check(key);
        result = default;
        if (settings.Skips(CacheSkip.MemoryRead))
        {
            return false;
        }

        var now = parts.Clock.Now;
        return Living(key, now) is { } entry
            && StatusOf(entry, now, servesExpired) is { } status
            && serving.TryAnswer(entry, status, now, out result);
    }

    private async ValueTask<CacheResult<T>> GetBelowAsync<T>(string key, EntrySettings settings)
    {
        var era = parts.CacheFence.Stamp;

        // What memory does not keep is not watched: nobody needs to know whether it changes meanwhile.
        var observation = settings.Skips(CacheSkip.MemoryWrite) ? null : Watch(key);
        try
        {
            if (look!.HasCopies)
            {
                var copied = await look.FindAsync<T>(key, era, settings, observation).ConfigureAwait(false);
                return OfFound(key, in copied, settings, observation, parts.Clock.Now);
            }

            // Each level that waits costs as much as a tenth of the whole call, so this one waits for the tier itself.
            var reading = await look.ReadAsync(key, settings, observation).ConfigureAwait(false);
            var found = look.TryOpen<T>(key, era, settings, in reading, out var opened) ? opened : await look.OpenOwnAsync<T>(key, era, settings, reading).ConfigureAwait(false);
            return OfFound(key, in found, settings, observation, parts.Clock.Now);
        }
        finally
        {
            if (observation is not null)
            {
                Unwatch(observation);
            }
        }
    }

    private TierObservation Watch(string key)
    {
        var observation = new TierObservation(key);
        var stripe = parts.Flights.StripeOf(key);
        lock (stripe)
        {
            stripe.Watch(observation);
        }

        return observation;
    }

    private void Unwatch(TierObservation observation)
    {
        var stripe = parts.Flights.StripeOf(observation.Key);
        lock (stripe)
        {
            stripe.Unwatch(observation);
        }
    }

    /// <summary>The answer to what was found below, if anything was. Memory keeps it, if it may.</summary>
    internal CacheResult<T> OfFound<T>(string key, in Found<T> found, EntrySettings settings, TierObservation? observation, long now)
    {
        if (found.Entry is not { } entry)
        {
            return serving.Absent<T>(key);
        }

        if (observation is not null)
        {
            Keep(key, entry, observation);
        }

        return StatusOf(entry, now, settings.ServeExpired) is { } status
            ? serving.OfFound(entry, status, found.Tier, now, found.Value)
            : serving.Absent<T>(key);
    }

    private void Keep(string key, Entry entry, TierObservation observation)
    {
        lock (parts.Flights.StripeOf(key))
        {
            if (observation.AllowsKeeping && entry.IsCurrent(parts.CacheFence))
            {
                parts.Memory.Set(entry);
            }
        }

        parts.Report.Evicted(parts.Evictions);
    }

    private static CacheStatus? StatusOf(Entry entry, long now, bool servesExpired)
    {
        switch (entry.PhaseAt(now))
        {
            case Phase.Fresh or Phase.RefreshDue:
                entry.Touch(now);
                return CacheStatus.Hit;
            case Phase.Stale:
                return CacheStatus.Stale;
            case Phase.Expired when servesExpired:
                return CacheStatus.Expired;
            default:
                return null;
        }
    }

    private void Check(string key)
    {
        ArgumentNullException.ThrowIfNull(key);
        parts.ThrowIfClosed();
        KeyRules.Check(key, parts.MaximumKeyLength);
    }

    private Entry? Living(string key, long now) =>
        now < parts.Gate.ServesUntil && parts.Memory.Find(key) is { } entry && !serving.DropIfDead(entry, now) ? entry : null;
}
