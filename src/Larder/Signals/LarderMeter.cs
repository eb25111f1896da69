using System.Diagnostics.Metrics;

namespace Larder.Signals;

/// <summary>
/// The meter "Larder". What is counted on hot paths is observed from the caches' own counters when somebody collects,
/// so a listener costs a hit nothing; only what is rare or has a distribution is measured as it happens.
/// </summary>
internal static class LarderMeter
{
    internal const string Name = "Larder";

    private static readonly Meter Instruments = new(Name, typeof(LarderMeter).Assembly.GetName().Version?.ToString(3));
    private static readonly object Gate = new();
    private static readonly List<WeakReference<IGauges>> Caches = [];

    internal static readonly Histogram<double> SourceDuration = Instruments.CreateHistogram<double>(
        "larder.source.duration", "s", "How long the source took to answer or to fail.");

    internal static readonly Histogram<double> StaleAge = Instruments.CreateHistogram<double>(
        "larder.served.age", "s", "How old the values were that were served stale, expired or as a fallback.");

    static LarderMeter()
    {
        Instruments.CreateObservableCounter("larder.requests", Requests, "{request}", "Answers by status and tier.");
        Instruments.CreateObservableCounter("larder.flights.joined", () => Counted(Counter.Joined), "{request}", "Calls that joined a running load.");
        Instruments.CreateObservableUpDownCounter("larder.flights.running", () => Each(c => c.RunningFlights), "{flight}", "Loads and refreshes that are running.");
        Instruments.CreateObservableCounter("larder.source.calls", () => Counted(Counter.SourceCalls), "{call}", "Times that the source was asked.");
        Instruments.CreateObservableCounter("larder.source.failures", () => Counted(Counter.SourceFailures), "{call}", "Times that the source failed or timed out.");
        Instruments.CreateObservableCounter("larder.refreshes", () => Counted(Counter.Refreshes), "{refresh}", "Refreshes started in the background.");
        Instruments.CreateObservableCounter("larder.refreshes.shed", () => Counted(Counter.RefreshesShed), "{refresh}", "Refreshes not started because too many were running.");
        Instruments.CreateObservableCounter("larder.stores", Stores, "{value}", "Loaded or set values by what became of them.");
        Instruments.CreateObservableCounter("larder.removals", Removals, "{removal}", "Removals through this process by kind.");
        Instruments.CreateObservableCounter("larder.evictions", Evictions, "{entry}", "Entries that left memory by reason.");
        Instruments.CreateObservableUpDownCounter("larder.memory.entries", () => Each(c => c.Statistics.Entries), "{entry}", "Entries in memory.");
        Instruments.CreateObservableUpDownCounter("larder.memory.weight", () => Each(c => c.Statistics.Weight), null, "The weight of memory: entries or bytes, as the limit.");
        Instruments.CreateObservableUpDownCounter("larder.memory.limit", () => Each(c => c.Statistics.WeightLimit), null, "The bound of the weight.");
    }

    /// <summary>Makes the cache visible for as long as it lives.</summary>
    internal static void Register(IGauges cache)
    {
        lock (Gate)
        {
            Caches.RemoveAll(static weak => !weak.TryGetTarget(out _));
            Caches.Add(new WeakReference<IGauges>(cache));
        }
    }

    internal static void Unregister(IGauges cache)
    {
        lock (Gate)
        {
            Caches.RemoveAll(weak => !weak.TryGetTarget(out var other) || ReferenceEquals(other, cache));
        }
    }

    private static IEnumerable<Measurement<long>> Requests() => Living().SelectMany(static cache => new[]
    {
        Answers(cache, Counter.Absent, "absent", "none"),
        Answers(cache, Counter.Hit, "hit", "memory"),
        Answers(cache, Counter.Stale, "stale", "memory"),
        Answers(cache, Counter.Miss, "miss", "source"),
        Answers(cache, Counter.Expired, "expired", "memory"),
        Answers(cache, Counter.Fallback, "fallback", "memory"),
    });

    private static IEnumerable<Measurement<long>> Stores() => Living().SelectMany(static cache => new[]
    {
        By(cache, cache.Counters.Total(Counter.Stores), "outcome", "stored"),
        By(cache, cache.Counters.Total(Counter.FencedOff), "outcome", "fenced_off"),
        By(cache, cache.Counters.Total(Counter.TooLarge), "outcome", "too_large"),
    });

    private static IEnumerable<Measurement<long>> Removals() => Living().SelectMany(static cache => new[]
    {
        By(cache, cache.Counters.Total(Counter.RemovalsByKey), "kind", "key"),
        By(cache, cache.Counters.Total(Counter.RemovalsByTag), "kind", "tag"),
        By(cache, cache.Counters.Total(Counter.Clears), "kind", "clear"),
    });

    private static IEnumerable<Measurement<long>> Evictions() => Living().SelectMany(static cache =>
    {
        var statistics = cache.Statistics;
        return new[]
        {
            By(cache, statistics.Evictions, "reason", "capacity"),
            By(cache, statistics.Expirations, "reason", "expired"),
            By(cache, statistics.Invalidations, "reason", "invalidated"),
            By(cache, statistics.Unreadable, "reason", "unreadable"),
        };
    });

    private static Measurement<long> Answers(IGauges cache, Counter counter, string status, string tier) =>
        new(cache.Counters.Total(counter), new("cache", cache.CacheName), new("status", status), new("tier", tier));

    private static Measurement<long> By(IGauges cache, long value, string name, string tag) =>
        new(value, new("cache", cache.CacheName), new(name, tag));

    private static IEnumerable<Measurement<long>> Counted(Counter counter) => Each(cache => cache.Counters.Total(counter));

    private static IEnumerable<Measurement<long>> Each(Func<IGauges, long> value) =>
        Living().Select(cache => new Measurement<long>(value(cache), new KeyValuePair<string, object?>("cache", cache.CacheName)));

    private static List<IGauges> Living()
    {
        lock (Gate)
        {
            var living = new List<IGauges>(Caches.Count);
            foreach (var weak in Caches)
            {
                if (weak.TryGetTarget(out var cache))
                {
                    living.Add(cache);
                }
            }

            return living;
        }
    }
}
