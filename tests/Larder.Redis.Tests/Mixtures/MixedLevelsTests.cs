using Larder.Redis.Tests.Kit;
using Microsoft.Extensions.Logging;

namespace Larder.Redis.Tests.Mixtures;

/// <summary>Nodes of one cache with different levels and transports: each node's promise to its callers holds whoever writes.</summary>
public sealed class MixedLevelsTests
{
    private const int Rounds = 60;

    // A strict writer waits a good part of a lease for a bounded node.
    private const int SlowRounds = 6;

    public static TheoryData<CoherenceLevel, RedisTransport, CoherenceLevel, RedisTransport> Matrix
    {
        get
        {
            (CoherenceLevel Level, RedisTransport Transport)[] nodes =
            [
                (CoherenceLevel.Strict, RedisTransport.Tracking), (CoherenceLevel.Bounded, RedisTransport.Tracking), (CoherenceLevel.Eventual, RedisTransport.Tracking), (CoherenceLevel.Eventual, RedisTransport.PubSub),
            ];
            var matrix = new TheoryData<CoherenceLevel, RedisTransport, CoherenceLevel, RedisTransport>();
            foreach (var writer in nodes)
            {
                foreach (var reader in nodes)
                {
                    matrix.Add(writer.Level, writer.Transport, reader.Level, reader.Transport);
                }
            }

            return matrix;
        }
    }

    [Theory]
    [MemberData(nameof(Matrix))]
    public async Task Reader_OfAnyLevelBesideAnyWriter_KeepsItsPromise(CoherenceLevel writes, RedisTransport writesBy, CoherenceLevel reads, RedisTransport readsBy)
    {
        var prefix = SharedServer.NewPrefix();
        await using var reader = Start(prefix, reads, readsBy);
        await using var writer = Start(prefix, writes, writesBy);
        await reader.ConnectedAsync();
        await writer.ConnectedAsync();
        var version = 0;
        var rounds = (writes, reads) == (CoherenceLevel.Strict, CoherenceLevel.Bounded) ? SlowRounds : Rounds;
        for (var round = 0; round < rounds; round++)
        {
            await ReadAsync();
            version++;
            if (round % 3 == 0)
            {
                await writer.Cache.RemoveAsync("k");
            }
            else if (round % 3 == 1)
            {
                await writer.Cache.RemoveByTagAsync("red");
            }
            else
            {
                await writer.Cache.SetAsync("k", version);
            }

            if (reads == CoherenceLevel.Strict)
            {
                Assert.Equal(version, await ReadAsync());
            }
            else
            {
                await RedisNode.UntilAsync(async () => await ReadAsync() == version, () => $"version {version}");
            }
        }

        ValueTask<int> ReadAsync() => reader.Cache.GetOrCreateAsync("k", _ => ValueTask.FromResult(version), tags: ["red"]);
    }

    [Theory]
    [InlineData(CoherenceLevel.Bounded, RedisTransport.Tracking, 44)]
    [InlineData(CoherenceLevel.Eventual, RedisTransport.PubSub, 44)]
    [InlineData(CoherenceLevel.Strict, RedisTransport.Tracking, 0)]
    public async Task Writer_BesideAStrictNode_SaysThatItWaits(CoherenceLevel level, RedisTransport transport, int expected)
    {
        var prefix = SharedServer.NewPrefix();
        using var logs = new Logs();
        await using var strict = Start(prefix, CoherenceLevel.Strict, RedisTransport.Tracking);
        await strict.ConnectedAsync();
        await using var writer = Start(prefix, level, transport, logs);
        await writer.ConnectedAsync();
        await writer.Cache.RemoveAsync("k");

        if (expected == 0)
        {
            Assert.DoesNotContain(logs.Told, told => told.Id.Id == 44);
        }
        else
        {
            await RedisNode.UntilAsync(() => logs.Told.Any(told => told.Id.Id == expected), () => "the message");
        }
    }

    [Fact]
    public async Task Transports_ThatDiffer_AreToldOnBothSides()
    {
        var prefix = SharedServer.NewPrefix();
        using var listening = new Logs();
        using var tracking = new Logs();
        await using var listener = Start(prefix, CoherenceLevel.Eventual, RedisTransport.PubSub, listening);
        await listener.ConnectedAsync();
        await using var tracker = Start(prefix, CoherenceLevel.Bounded, RedisTransport.Tracking, tracking);
        await tracker.ConnectedAsync();

        await RedisNode.UntilAsync(
            async () =>
            {
                await tracker.Cache.RemoveAsync("k");
                return listening.Told.Any(static told => told.Message.Contains("RedisOptions.Transport is PubSub", StringComparison.Ordinal))
                    && tracking.Told.Any(static told => told.Message.Contains("RedisOptions.Transport is Tracking", StringComparison.Ordinal));
            },
            () => "both to say so");
        Assert.Contains(listening.Told, static told => told is { Id.Id: 5, Category: "Larder.Redis" });
        Assert.Contains(tracking.Told, static told => told is { Id.Id: 4, Category: "Larder.Redis" });
        Assert.All(listening.Told.Concat(tracking.Told), static told => Assert.Equal(told.Message.Contains("RedisOptions.Transport is", StringComparison.Ordinal), told is { Id.Id: 4 or 5, Category: "Larder.Redis" }));
    }

    private static RedisNode Start(string prefix, CoherenceLevel level, RedisTransport transport, ILoggerFactory? logs = null) => RedisNode.Start(
        options => (options.ConnectionString, options.Prefix, options.Level, options.Transport, options.CoherenceLease) =
            (SharedServer.Address, prefix, level, transport, TimeSpan.FromSeconds(1)),
        options => options.LoggerFactory = logs);
}
