using System.Text.Json;
using Larder.Benchmarks.Harness;
using Larder.Redis;
using Larder.Resp;
using Larder.Servers;

namespace Larder.Benchmarks.Suites;

/// <summary>
/// A cache over a redis-server on loopback that the suite starts, beside the bare client in the same run: GETs of values of the same size, an MGET of as many. Elapsed time counts, so the machine must have
/// nothing else to do; client and server share its processors.
/// </summary>
/// <remarks>
/// redis/hit1, redis/hit64: one caller, 64 callers, who read 1 KiB past memory; the bytes are those beyond the value's own array. redis/json64: the same with 1 KiB of JSON, and the bytes beyond what decoding
/// alone allocates. redis/bulk100: a hundred keys in one call. redis/strict-memory-hit:
/// memory hits of a cache that Redis keeps strictly coherent. redis/strict-remove: a removal that waits until another live node has acknowledged it. redis/memory: what Redis takes for a key of 10
/// characters with 100 bytes, where prefix and name of the cache have 20 together.
/// </remarks>
internal sealed class RedisSuite : Suite
{
    private const int ValueLength = 1_024;
    private const int ArrayLength = ValueLength + 24;
    private const string Head = "larder:reads:k:";
    private const int Keys = 256;
    private const int Bulk = 100;
    private const int Rounds = 31;
    private const int SingleReads = 1_000;
    private const int PipelinedReads = 16_384;
    private const int Batches = 20;
    private const int Removals = 100;
    private const int Entries = 10_000;
    private static readonly TimeSpan ShortLease = TimeSpan.FromMilliseconds(500);

    internal override string Name => "redis";

    internal override string Description => "A cache over a redis-server on loopback, beside the bare client.";

    internal override SuiteResult Run()
    {
        if (!Larder.Servers.Servers.Available)
        {
            Console.Error.WriteLine($"redis: nothing was measured. {Larder.Servers.Servers.Reason}");
            return new SuiteResult([], []);
        }

        var server = RedisLoops.Wait(RealServer.StartAsync());
        var reads = Reads(server.Port);
        var removals = Removing(server.Port);
        var hits = MemoryHits(server.Port);
        var memory = RedisLoops.Wait(RedisLoops.MemoryOfOneAsync(server));
        Close(server);
        return new SuiteResult([.. reads.Rows, .. removals.Rows, .. hits.Rows, memory], [.. reads.Peers, .. removals.Peers, .. hits.Peers]);
    }

    private static SuiteResult Reads(int port)
    {
        var client = RedisLoops.Wait(RespClient.ConnectAsync($"127.0.0.1:{port}"));
        var cache = RedisLoops.Start(port, CoherenceLevel.Bounded, "reads");
        var keys = Enumerable.Range(0, Keys).Select(RespLoops.Key).ToArray();
        var documents = keys.Select(static key => $"json:{key}").ToArray();
        var encoded = JsonSerializer.SerializeToUtf8Bytes(Document.Of(keys[0]));
        RedisLoops.Wait(RedisLoops.FillAsync(cache, documents));
        var length = RedisLoops.Wait(RedisLoops.FillBytesAsync(cache, client, keys, ValueLength, Head));
        var calls = cache.Statistics.SourceCalls;
        var hundred = keys[..Bulk];
        RespArgument[] together = [.. hundred.Select(static key => (RespArgument)(Head + key))];
        var names = keys.Select(static key => Head + key).ToArray();
        var race = Race.Run(
            Rounds,
            Loop(Peers.Decoding, PipelinedReads, () => RedisLoops.DecodeAsync(encoded, PipelinedReads)),
            Loop(Peers.RawGet1, SingleReads, () => RespLoops.GetAsync(client, names, 1, SingleReads, length)),
            Loop("redis/hit1", SingleReads, () => RedisLoops.GetAsync<byte[]>(cache, keys, 1, SingleReads)),
            Loop(Peers.RawGet64, PipelinedReads, () => RespLoops.GetAsync(client, names, 64, PipelinedReads / 64, length)),
            Loop("redis/hit64", PipelinedReads, () => RedisLoops.GetAsync<byte[]>(cache, keys, 64, PipelinedReads / 64)),
            Loop("redis/json64", PipelinedReads, () => RedisLoops.GetAsync<Document>(cache, documents, 64, PipelinedReads / 64)),
            Loop(Peers.RawMget, Batches, () => RespLoops.GetTogetherAsync(client, together, Batches, length)),
            Loop("redis/bulk100", Batches, () => RedisLoops.GetManyAsync(cache, hundred, Batches)));
        Require(cache.Statistics.SourceCalls == calls, "redis/hit64: the source was asked.");
        Close(cache, client);
        return new SuiteResult(
            [
                Beyond("redis/hit1", Peers.RawGet1, Metric.Time),
                Beyond("redis/hit64", Peers.RawGet64, Metric.Throughput),
                race.Beside("redis/json64", Peers.RawGet64, Metric.Throughput) with { Bytes = race.BytesBeyond("redis/json64", Peers.Decoding) },
                race.Beside("redis/bulk100", Peers.RawMget, Metric.Time) with { Bytes = null },
            ],
            [race.Alone(Peers.RawGet1, Metric.Time), race.Alone(Peers.RawGet64, Metric.Throughput), race.Alone(Peers.RawMget, Metric.Time)]);

        Row Beyond(string row, string peer, Metric metric)
        {
            var measured = race.Beside(row, peer, metric);
            return measured with { Bytes = measured.Bytes - ArrayLength };
        }
    }

    private static SuiteResult Removing(int port)
    {
        var client = RedisLoops.Wait(RespClient.ConnectAsync($"127.0.0.1:{port}"));
        var remover = RedisLoops.Start(port, CoherenceLevel.Strict, "removals", ShortLease);
        var other = RedisLoops.Start(port, CoherenceLevel.Strict, "removals", ShortLease);
        var keys = Enumerable.Range(0, Removals).Select(RespLoops.Key).ToArray();
        var length = RedisLoops.Wait(RedisLoops.FillBytesAsync(remover, client, keys, ValueLength, "larder:removals:k:"));

        // The registry and both connections are older than a lease from here on.
        RedisLoops.Wait(Task.Delay(ShortLease * 3));
        var name = $"larder:removals:k:{keys[0]}";
        var race = Race.Run(
            Rounds,
            new BatchContestant(Peers.RawGet1, Removals, () => RedisLoops.Wait(RespLoops.GetAsync(client, [name], 1, Removals, length)))
            {
                HasHelpers = true,
                Before = () => RedisLoops.Wait(RedisLoops.FillBytesAsync(remover, client, keys, ValueLength, "larder:removals:k:")),
            },
            new BatchContestant("redis/strict-remove", Removals, () => RedisLoops.Wait(RedisLoops.RemoveAsync(remover, keys)))
            {
                HasHelpers = true,
                Before = () => RedisLoops.Wait(RedisLoops.HaveBothAsync(remover, other, keys)),
            });
        Close(remover, other, client);
        return new SuiteResult([race.Beside("redis/strict-remove", Peers.RawGet1, Metric.Time) with { Bytes = null }], []);
    }

    private static SuiteResult MemoryHits(int port)
    {
        var keys = new KeySet(Entries);
        var plain = LarderCache.Create(static options => options.Defaults.FreshFor = RedisLoops.Long, "plain");
        var strict = RedisLoops.Start(port, CoherenceLevel.Strict, "hits");
        foreach (var cache in new[] { plain, strict })
        {
            foreach (var key in keys.Stored)
            {
                RedisLoops.Wait(cache.GetOrCreateAsync(key, key, static (key, _) => new ValueTask<string>(KeySet.ValueOf(key))).AsTask());
            }
        }

        var misses = strict.Statistics.Misses;
        var race = Race.Run(
            Rounds,
            new LoopContestant(Peers.WithoutAuthority, Entries, passes => HitLoops.GetOrCreate(plain, keys.Asked, passes)),
            new LoopContestant("redis/strict-memory-hit", Entries, passes => HitLoops.GetOrCreate(strict, keys.Asked, passes)));
        Require(strict.Statistics.Misses == misses, "redis/strict-memory-hit: not every call was a hit.");
        Close(plain, strict);
        return new SuiteResult([race.Beside("redis/strict-memory-hit", Peers.WithoutAuthority, Metric.Time)], [race.Alone(Peers.WithoutAuthority, Metric.Time)]);
    }

    private static BatchContestant Loop(string name, int operations, Func<Task> run) =>
        new(name, operations, () => RedisLoops.Wait(run())) { HasHelpers = true };
}
