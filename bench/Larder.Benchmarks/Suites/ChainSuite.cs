using System.Text.Json;
using Larder.Benchmarks.Harness;
using Larder.Coherence;
using Larder.Testing;

namespace Larder.Benchmarks.Suites;

/// <summary>What tiers below memory cost: hits in memory under an authority, and hits in the authority itself, which is in the same process and answers at once.</summary>
/// <remarks>
/// chain/memory-hit: memory hits of a cache whose authority keeps it strictly coherent, beside those of a cache without one. chain/authority-hit: calls that leave memory out, so that each reads, checks and
/// decodes 1 KiB of JSON from the authority; its bytes are those beyond what decoding alone allocates. chain/bulk100: a hundred such keys in one call, beside a hundred calls.
/// </remarks>
internal sealed class ChainSuite : Suite
{
    private const int Entries = 10_000;
    private const int Documents = 1_000;
    private const int Bulk = 100;
    private const int Rounds = 31;
    private static readonly TimeSpan Long = TimeSpan.FromHours(1);
    private static readonly EntryOptions WithoutMemory = new() { Skip = CacheSkip.Memory };

    internal override string Name => "chain";

    internal override string Description => "Hits in memory under an authority, and in the authority.";

    internal override SuiteResult Run()
    {
        var hits = MemoryHits();
        var reads = AuthorityHits();
        return new SuiteResult([.. hits.Rows, .. reads.Rows], [.. hits.Peers, .. reads.Peers]);
    }

    private static SuiteResult MemoryHits()
    {
        var keys = new KeySet(Entries);
        var plain = Filled(keys, LarderCache.Create(static options => options.Defaults.FreshFor = Long, "plain"));
        var authority = new MemoryAuthority();
        var strict = Filled(keys, Strict(authority, "strict"));
        var misses = strict.Statistics.Misses;
        var race = Race.Run(
            Rounds,
            new LoopContestant(Peers.WithoutAuthority, Entries, passes => HitLoops.GetOrCreate(plain, keys.Asked, passes)),
            new LoopContestant("chain/memory-hit", Entries, passes => HitLoops.GetOrCreate(strict, keys.Asked, passes)));
        Require(strict.Statistics.Misses == misses, "chain/memory-hit: not every call was a hit.");
        Close(plain);
        Close(strict);
        return new SuiteResult(
            [race.Beside("chain/memory-hit", Peers.WithoutAuthority, Metric.Time)], [race.Alone(Peers.WithoutAuthority, Metric.Time)]);
    }

    private static SuiteResult AuthorityHits()
    {
        var keys = new KeySet(Documents).Asked;
        var cache = Strict(new MemoryAuthority(), "documents");
        var encoded = JsonSerializer.SerializeToUtf8Bytes(Document.Of(keys[0]));
        Require(encoded.Length is > 900 and < 1_200, $"A document is {encoded.Length} bytes of JSON, not about 1 KiB.");
        foreach (var key in keys)
        {
            cache.SetAsync(key, Document.Of(key)).AsTask().GetAwaiter().GetResult();
        }

        var calls = cache.Statistics.SourceCalls;
        var race = Race.Run(
            Rounds,
            new LoopContestant(Peers.Decoding, Documents, passes => Decode(encoded, passes)),
            new LoopContestant("chain/authority-hit", Documents, passes => Read(cache, keys, passes)),
            new LoopContestant(Peers.SingleReads, Documents / Bulk, passes => ReadOneByOne(cache, keys, passes)),
            new LoopContestant("chain/bulk100", Documents / Bulk, passes => ReadInBulk(cache, keys, passes)));
        Require(cache.Statistics.SourceCalls == calls, "chain/authority-hit: the source was asked.");
        Close(cache);
        var row = race.Beside("chain/authority-hit", Peers.Decoding, Metric.Time);
        return new SuiteResult(
            [row with { Bytes = race.BytesBeyond("chain/authority-hit", Peers.Decoding) }, race.Beside("chain/bulk100", Peers.SingleReads, Metric.Time)],
            [race.Alone(Peers.Decoding, Metric.Time), race.Alone(Peers.SingleReads, Metric.Time)]);
    }

    private static ICache Strict(MemoryAuthority authority, string name) =>
        LarderCache.Create(
            options =>
            {
                options.Authority = new LinkedAuthority(authority.Connect(), new LinkedAuthorityOptions { Level = CoherenceLevel.Strict });
                options.Defaults.FreshFor = Long;
            },
            name);

    private static ICache Filled(KeySet keys, ICache cache)
    {
        foreach (var key in keys.Stored)
        {
            cache.GetOrCreateAsync(key, key, static (key, _) => new ValueTask<string>(KeySet.ValueOf(key))).AsTask().GetAwaiter().GetResult();
        }

        return cache;
    }

    private static long Decode(byte[] encoded, int passes)
    {
        var found = 0L;
        for (var pass = 0; pass < passes; pass++)
        {
            for (var i = 0; i < Documents; i++)
            {
                found += JsonSerializer.Deserialize<Document>(encoded) is not null ? 1 : 0;
            }
        }

        return found;
    }

    private static long ReadInBulk(ICache cache, string[] keys, int passes)
    {
        var found = 0L;
        for (var pass = 0; pass < passes; pass++)
        {
            foreach (var some in keys.Chunk(Bulk))
            {
                var reading = cache.GetManyAsync<Document>(some, WithoutMemory);
                found += reading.AsTask().GetAwaiter().GetResult().Count == Bulk ? 1 : 0;
            }
        }

        return found;
    }

    private static long ReadOneByOne(ICache cache, string[] keys, int passes)
    {
        var found = 0L;
        for (var pass = 0; pass < passes; pass++)
        {
            foreach (var some in keys.Chunk(Bulk))
            {
                var all = 0;
                foreach (var key in some)
                {
                    all += cache.GetAsync<Document>(key, WithoutMemory).AsTask().GetAwaiter().GetResult().HasValue ? 1 : 0;
                }

                found += all == Bulk ? 1 : 0;
            }
        }

        return found;
    }

    private static long Read(ICache cache, string[] keys, int passes)
    {
        var found = 0L;
        for (var pass = 0; pass < passes; pass++)
        {
            foreach (var key in keys)
            {
                var reading = cache.GetOrCreateAsync(key, static _ => ValueTask.FromException<Document>(new InvalidOperationException("The source must not be asked.")), WithoutMemory);
                found += reading.IsCompletedSuccessfully && reading.GetAwaiter().GetResult() is not null ? 1 : 0;
            }
        }

        return found;
    }
}
