namespace Larder.Benchmarks.Harness;

/// <summary>All targets in one table. Rows that are missing here are measured for information only.</summary>
internal static class Targets
{
    private static readonly Target[] All =
    [
        new("hit/async", Peers.ConcurrentDictionary) { RatioAtMost = 3.0, BytesAtMost = 0 },
        new("hit/async", Peers.MemoryCache) { RatioAtMost = 0.8 },
        new("hit/state", Peers.ConcurrentDictionary) { RatioAtMost = 3.0, BytesAtMost = 0 },
        new("hit/state", Peers.MemoryCache) { RatioAtMost = 0.8 },
        new("hit/tryget", Peers.ConcurrentDictionary) { RatioAtMost = 2.5 },
        new("hit/interpolated", Peers.ConcurrentDictionary) { RatioAtMost = 5.0, BytesAtMost = 0 },
        new("hit/tags3", Peers.HitAsync) { RatioAtMost = 1.3 },
        new("hit/stale", Peers.HitAsync) { RatioAtMost = 2.0, BytesAtMost = 0 },
        new("hit/listener", Peers.HitAsync) { RatioAtMost = 2.0, BytesAtMost = 0 },
        new("threads/2", Peers.ConcurrentDictionary) { RatioAtLeast = 0.45 },
        new("threads/2", Peers.MemoryCache) { RatioAtLeast = 1.1 },
        new("miss/async", To: null) { NanosecondsAtMost = 1_200, BytesAtMost = 450 },
        new("stampede/1000", Peers.OneTask) { BytesAtMost = 200 },
        new("resp/get1", Peers.RawLoop1) { RatioAtMost = 1.2, BytesAtMost = 100 },
        new("resp/get64", Peers.RawLoop64) { RatioAtLeast = 0.7, BytesAtMost = 100 },
        new("resp/get256", Peers.RawLoop256) { RatioAtLeast = 0.5, BytesAtMost = 100 },
        new("resp/mget100", Peers.AwaitedGets) { RatioAtMost = 0.1 },
        new("chain/memory-hit", Peers.WithoutAuthority) { RatioAtMost = 1.2, BytesAtMost = 0 },
        new("chain/authority-hit", Peers.Decoding) { NanosecondsAtMost = 2_500, BytesAtMost = 600 },
        new("chain/bulk100", Peers.SingleReads) { RatioAtMost = 0.4 },
        new("redis/hit1", Peers.RawGet1) { RatioAtMost = 1.3 },
        new("redis/hit64", Peers.RawGet64) { RatioAtLeast = 0.75 },
        new("redis/json64", Peers.RawGet64) { BytesAtMost = 1_500 },
        new("redis/bulk100", Peers.RawMget) { RatioAtMost = 1.5 },
        new("redis/strict-memory-hit", Peers.WithoutAuthority) { RatioAtMost = 1.2, BytesAtMost = 0 },
        new("redis/strict-remove", Peers.RawGet1) { RatioAtMost = 6.0 },
        new("redis/memory", To: null) { BytesAtMost = 300 },
        new("remove/tag1M", Peers.RemoveKey) { RatioAtMost = 3.0 },
        new("memory/hit", Peers.ConcurrentDictionary) { RatioAtMost = 1.6, BytesAtMost = 0 },
        new("memory/hit-expiry", Peers.ConcurrentDictionary) { RatioAtMost = 2.1, BytesAtMost = 0 },
        new("memory/hit-2threads", Peers.ConcurrentDictionary) { RatioAtLeast = 0.6, BytesAtMost = 0 },
        new("memory/zipf", Peers.MemoryCache) { RatioAtLeast = 3.0 },
        new("memory/insert", To: null) { NanosecondsAtMost = 600 },
        new("memory/overhead", Peers.MemoryCache) { BytesAtMost = 120 },
        new("memory/overhead-expiry", Peers.MemoryCache) { BytesAtMost = 120 },
        new("memory/gc", Peers.MemoryCache) { RatioAtMost = 0.5 },
        new("memory/lock", To: null) { NanosecondsAtMost = 200_000 },
    ];

    /// <summary>What the row is meant to reach beside its peer; null for nothing.</summary>
    internal static Target? Of(Row row) => All.FirstOrDefault(target => target.Id == row.Id && target.To == row.To);
}
