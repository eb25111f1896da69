using Larder.Entries;
using Larder.Keys;
using Larder.Ports;

namespace Larder.Flows;

/// <summary>
/// Adds to a number, which lives where the cache's decisions are made and nowhere else: at the authority, or in memory when that is all there is.
/// </summary>
internal sealed class IncrementFlow(CacheParts parts, BelowFlow? below)
{
    internal ValueTask<long> Increment(CacheView view, string key, long delta, EntryOptions? options, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(key);
        KeyRules.Check(key, parts.MaximumKeyLength);
        options?.Check(nameof(options));
        cancellationToken.ThrowIfCancellationRequested();
        parts.ThrowIfClosed();
        var settings = view.Defaults.Merge(options);
        return below is null
            ? new ValueTask<long>(IncrementInMemory(key, delta, settings))
            : below.WaitAsync(IncrementBelowAsync(key, delta, settings), cancellationToken);
    }

    private long IncrementInMemory(string key, long delta, EntrySettings settings)
    {
        var now = parts.Clock.Now;
        var cacheStamp = parts.CacheFence.Stamp;
        var stripe = parts.Flights.StripeOf(key);
        long sum;
        lock (stripe)
        {
            var entry = parts.Memory.Find(key) is { } found && found.IsCurrent(parts.CacheFence) && found.PhaseAt(now) <= Phase.RefreshDue ? found : null;
            if (entry is { IsValue: true } || stripe.IsHeld(key, now))
            {
                throw NotANumber(key);
            }

            var counter = entry as CounterEntry;
            sum = Sum(key, counter?.Number ?? 0, delta);

            // One that exists keeps its time.
            var head = new EntryHead(key, cacheStamp, tags: null, counter?.Lifetime ?? settings.Lifetime.OfNumber(), counter?.CreatedAt ?? now);
            var made = new CounterEntry(in head, sum) { Weight = counter?.Weight ?? 1 };
            stripe.Detach(key);
            parts.Memory.Set(made);
        }

        parts.Report.Evicted(parts.Evictions);
        return sum;
    }

    private async Task<long> IncrementBelowAsync(string key, long delta, EntrySettings settings)
    {
        parts.Drop(key);
        var lifetime = TimeSpan.FromMilliseconds(Math.Max(1, settings.FreshFor));
        var reading = await below!.TellInTurnAsync([key], () => parts.Chain!.Authority.IncrementAsync(key, delta, lifetime)).ConfigureAwait(false);
        parts.Drop(key);
        switch (reading.Outcome)
        {
            case IncrementOutcome.Done:
                await below!.SynchronizeAsync(key).ConfigureAwait(false);
                return reading.Value;
            case IncrementOutcome.Overflow:
                throw Overflow(key, delta);
            case IncrementOutcome.NotANumber:
                throw NotANumber(key);
            default:
                throw below!.Indeterminate(
                    "The authority did not answer to an increment", "It may have been made or not, and repeating it may count twice: read the number by adding zero first.");
        }
    }

    private long Sum(string key, long number, long delta)
    {
        var sum = unchecked(number + delta);
        return ((number ^ sum) & (delta ^ sum)) < 0 ? throw Overflow(key, delta) : sum;
    }

    private OverflowException Overflow(string key, long delta) =>
        new($"{parts.Report.Show(key)} can not be changed by {delta}: the sum would leave the range of 64-bit integers. Nothing was changed.");

    private LarderException NotANumber(string key) =>
        new($"{parts.Report.Show(key)} holds a value, not a number that IncrementAsync keeps, or is on hold; remove it first, or use another key.");
}
