using Larder.Entries;
using Larder.Ports;
using Larder.Tiers;

namespace Larder.Flows;

/// <summary>Looks many keys up in every tier, and never asks the source: memory first, then the authority once for all that memory does not have.</summary>
internal sealed class BulkReadFlow(CacheParts parts, Serving serving, ReadFlow read, LookFlow? look)
{
    internal ValueTask<IReadOnlyDictionary<string, CacheResult<T>>> GetMany<T>(
        CacheView view, MemoryHit hit, IEnumerable<string> keys, EntryOptions? options, CancellationToken cancellationToken)
    {
        var all = BulkKeys.Read(keys);
        parts.ThrowIfClosed();
        options?.Check(nameof(options));
        cancellationToken.ThrowIfCancellationRequested();
        var answers = new BulkResults<T>(all.Length);
        return BulkKeys.Look(view, hit, all, options, answers, parts.MaximumKeyLength) is { } rest
            ? parts.Scheduler.AnswerAsync(GetRestAsync<T>(answers, rest, view.Defaults.Merge(options)), cancellationToken)
            : new(answers);
    }

    /// <summary>Answers keys that are no plain hits, from every tier that the options allow.</summary>
    internal async ValueTask FindAsync<T>(IBulkAnswers<T> answers, List<BulkKey> keys, EntrySettings settings)
    {
        if (look is not null && settings.Skips(CacheSkip.MemoryRead))
        {
            await FindBelowAsync(answers, keys, settings).ConfigureAwait(false);
            return;
        }

        List<BulkKey>? missing = null;
        foreach (var key in keys)
        {
            if (read.TryGetInMemory<T>(key.Whole, settings, settings.ServeExpired, out var found))
            {
                answers.Put(key.Given, in found);
            }
            else if (look is null)
            {
                answers.Put(key.Given, serving.Absent<T>(key.Whole));
            }
            else
            {
                (missing ??= new List<BulkKey>(keys.Count)).Add(key);
            }
        }

        if (missing is not null)
        {
            await FindBelowAsync(answers, missing, settings).ConfigureAwait(false);
        }
    }

    private async ValueTask<IReadOnlyDictionary<string, CacheResult<T>>> GetRestAsync<T>(BulkResults<T> answers, List<BulkKey> rest, EntrySettings settings)
    {
        await FindAsync(answers, rest, settings).ConfigureAwait(false);
        return answers;
    }

    private async ValueTask FindBelowAsync<T>(IBulkAnswers<T> answers, List<BulkKey> missing, EntrySettings settings)
    {
        var era = parts.CacheFence.Stamp;
        var keys = new string[missing.Count];
        for (var i = 0; i < keys.Length; i++)
        {
            keys[i] = missing[i].Whole;
        }

        // Where memory keeps nothing nobody needs to know what changes meanwhile.
        var observations = settings.Skips(CacheSkip.MemoryWrite) ? null : Watch(keys);
        try
        {
            var found = await look!.FindManyAsync<T>(keys, era, settings, observations ?? new TierObservation?[keys.Length]).ConfigureAwait(false);
            Answer(answers, missing, found, observations, settings);
        }
        finally
        {
            Unwatch(observations);
        }
    }

    private void Answer<T>(IBulkAnswers<T> answers, List<BulkKey> missing, Found<T>[] found, TierObservation[]? observations, EntrySettings settings)
    {
        var now = parts.Clock.Now;
        for (var i = 0; i < found.Length; i++)
        {
            answers.Put(missing[i].Given, read.OfFound(missing[i].Whole, in found[i], settings, observations?[i], now));
        }
    }

    private TierObservation[] Watch(string[] keys)
    {
        var observations = new TierObservation[keys.Length];
        for (var i = 0; i < keys.Length; i++)
        {
            observations[i] = new TierObservation(keys[i]);
            var stripe = parts.Flights.StripeOf(keys[i]);
            lock (stripe)
            {
                stripe.Watch(observations[i]);
            }
        }

        return observations;
    }

    private void Unwatch(TierObservation[]? observations)
    {
        foreach (var observation in observations ?? [])
        {
            var stripe = parts.Flights.StripeOf(observation.Key);
            lock (stripe)
            {
                stripe.Unwatch(observation);
            }
        }
    }
}
