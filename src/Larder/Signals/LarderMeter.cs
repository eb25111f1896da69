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

    internal static readonly Counter<long> TierUnreadable = Instruments.CreateCounter<long>(
        "larder.tier.unreadable", "{value}", "What a tier below memory had but could not be used, by reason.");

    static LarderMeter()
    {
        Instruments.CreateObservableCounter("larder.requests", Requests, "{request}", "Answers by status and tier.");
        Instruments.CreateObservableCounter("larder.flights.joined", () => Counted(Counter.Joined), "{request}", "Calls that joined a running load.");
        Instruments.CreateObservableUpDownCounter("larder.flights.running", () => Each(c => c.RunningFlights), "{flight}", "Loads and refreshes that are running.");
        Instruments.CreateObservableCounter("larder.source.calls", () => Counted(Counter.SourceCalls), "{call}", "Times that the source was asked.");
        Instruments.CreateObservableCounter("larder.source.failures", () => Counted(Counter.SourceFailures), "{call}", "Times that the source failed or timed out.");
        Instruments.CreateObservableCounter("larder.refreshes", () => Counted(Counter.Refreshes), "{refresh}", "Refreshes started in the background.");
        Instruments.CreateObservableCounter("larder.refreshes.shed", () => Counted(Counter.RefreshesShed), "{refresh}", "Refreshes not started because too many were running.");
        Instruments.CreateObservableCounter("larder.tier.failures", () => Counted(Counter.TierFailures), "{call}", "Calls to a tier below memory that failed, or were given up.");
        Instruments.CreateObservableUpDownCounter("larder.removals.queued", () => Each(c => c.Statistics.QueuedRemovals), "{removal}", "Removals that wait for the authority.");
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
        InMemory(cache, Counter.Hit, Counter.DiskHit, Counter.RemoteHit, "hit"),
        InMemory(cache, Counter.Stale, Counter.DiskStale, Counter.RemoteStale, "stale"),
        Answers(cache, Counter.Miss, "miss", "source"),
        InMemory(cache, Counter.Expired, Counter.DiskExpired, Counter.RemoteExpired, "expired"),
        InMemory(cache, Counter.Fallback, Counter.DiskFallback, Counter.RemoteFallback, "fallback"),
        Answers(cache, Counter.DiskHit, "hit", "disk"),
        Answers(cache, Counter.DiskStale, "stale", "disk"),
        Answers(cache, Counter.DiskExpired, "expired", "disk"),
        Answers(cache, Counter.DiskFallback, "fallback", "disk"),
        Answers(cache, Counter.RemoteHit, "hit", "remote"),
        Answers(cache, Counter.RemoteStale, "stale", "remote"),
        Answers(cache, Counter.RemoteExpired, "expired", "remote"),
        Answers(cache, Counter.RemoteFallback, "fallback", "remote"),
    }.Where(static answers => answers.Value != 0 || IsAlways(answers)));

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

    // The tiers below memory are told of once they have answered; the rest always.
    private static bool IsAlways(Measurement<long> answers)
    {
        foreach (var tag in answers.Tags)
        {
            if (tag is { Key: "tier", Value: "disk" or "remote" })
            {
                return false;
            }
        }

        return true;
    }

    private static Measurement<long> InMemory(IGauges cache, Counter all, Counter disk, Counter remote, string status) =>
        new(
            cache.Counters.Total(all) - cache.Counters.Total(disk) - cache.Counters.Total(remote),
            new("cache", cache.CacheName),
            new("status", status),
            new("tier", "memory"));

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
