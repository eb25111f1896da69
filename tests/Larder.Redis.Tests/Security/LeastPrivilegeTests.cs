using Larder.Redis.Tests.Kit;
using Larder.Redis.Tests.Linking;
using Larder.Resp;
using Larder.Servers;

namespace Larder.Redis.Tests.Security;

/// <summary>The ACL line of docs/redis.md is enough for everything, and has nothing that is not needed.</summary>
public sealed class LeastPrivilegeTests
{
    [Fact]
    public async Task AclLine_OfTheDocument_SufficesAndHasNothingTooMuch()
    {
        var line = AclLine();
        await using var server = await RealServer.StartAsync(new ServerSettings { Users = [line.Replace(">PASSWORD", ">s3cret", StringComparison.Ordinal)] });
        var address = $"127.0.0.1:{server.Port},user=larder,password=s3cret,setlib=false,heartbeatInterval=10";

        await ModelTests.CompareAsync(seed: 1, address, "larder", RedisTransport.Tracking);
        await UseACacheAsync(address, RedisTransport.Tracking, CoherenceLevel.Strict);

        var used = await UsedAsync(server);
        var granted = line.Split(' ').Where(static word => word.StartsWith('+')).Select(static word => word[1..]).ToList();
        Assert.Empty(granted.Except(used));
        Assert.Empty((List<object?>)(await server.CallAsync("ACL", "LOG"))!);
    }

    [Fact]
    public async Task AclLine_ForClusters_SufficesAlsoWhileASlotMoves()
    {
        var line = AclLine(isOfCluster: true);
        await using var cluster = await RealCluster.StartAsync(new ServerSettings { SlotsOfPiece = SharedCluster.SlotsOfRange, Users = [line.Replace(">PASSWORD", ">s3cret", StringComparison.Ordinal)] });
        var address = string.Join(',', cluster.Nodes.Select(static node => $"127.0.0.1:{node.Port}")) + ",user=larder,password=s3cret,setlib=false";

        await UseACacheAsync(address, RedisTransport.Tracking, CoherenceLevel.Strict);
        await using var node = RedisNode.Start(options => options.ConnectionString = address);
        await node.ConnectedAsync();
        var slot = RespSlots.Of("larder:default:k:on-the-move"u8);
        var from = await cluster.OwnerOfAsync(slot);
        var to = cluster.Nodes.Take(3).First(other => other != from);
        await cluster.BeginMoveAsync(slot, from, to);
        await node.Cache.SetAsync("on-the-move", 1);
        Assert.Equal(1, await node.Cache.GetAsync<int>("on-the-move") is { HasValue: true } found ? found.Value : 0);
        await node.Cache.RemoveAsync("on-the-move");

        var used = await UsedAsync(from);
        used.UnionWith(await UsedAsync(to));
        Assert.Contains("cluster|slots", used);
        Assert.Contains("asking", used);
        foreach (var server in cluster.Nodes)
        {
            Assert.Empty((List<object?>)(await server.CallAsync("ACL", "LOG"))!);
        }
    }

    [Fact]
    public async Task AclLine_WithWhatPubSubNeeds_SufficesWithoutTracking()
    {
        var line = AclLine().Replace(">PASSWORD", ">s3cret", StringComparison.Ordinal)
            .Replace(" +client|tracking +client|caching", "", StringComparison.Ordinal) + " +publish +subscribe +unsubscribe +incr &larder:*";
        await using var server = await RealServer.StartAsync(new ServerSettings { Users = [line] });

        await UseACacheAsync($"127.0.0.1:{server.Port},user=larder,password=s3cret,setlib=false", RedisTransport.PubSub, CoherenceLevel.Eventual);

        Assert.Empty((List<object?>)(await server.CallAsync("ACL", "LOG"))!);
    }

    [Fact]
    public async Task Password_ThatIsWrong_IsInNoLogAndNoMessage()
    {
        await using var server = await RealServer.StartAsync(new ServerSettings { Password = "right" });
        using var loggers = new Logs();
        await using var node = RedisNode.Start(options => options.ConnectionString = $"127.0.0.1:{server.Port},password=s3cret-and-wrong", options => options.LoggerFactory = loggers);
        await RedisNode.UntilAsync(() => node.Authority.Description.Contains("password", StringComparison.Ordinal), () => $"the refusal to be told; the tier says: {node.Authority.Description}");
        Assert.Equal(1, await node.Cache.GetOrCreateAsync("secret-key", static _ => ValueTask.FromResult(1)));

        Assert.DoesNotContain("s3cret", node.Authority.Description, StringComparison.Ordinal);
        Assert.DoesNotContain(loggers.Lines, static line => line.Contains("s3cret", StringComparison.Ordinal) || line.Contains("secret-key", StringComparison.Ordinal));
    }

    private sealed class Logs : Microsoft.Extensions.Logging.ILoggerFactory, Microsoft.Extensions.Logging.ILogger
    {
        internal System.Collections.Concurrent.ConcurrentQueue<string> Lines { get; } = new();

        public Microsoft.Extensions.Logging.ILogger CreateLogger(string categoryName) => this;

        public void AddProvider(Microsoft.Extensions.Logging.ILoggerProvider provider)
        {
        }

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(Microsoft.Extensions.Logging.LogLevel logLevel) => true;

        public void Log<TState>(Microsoft.Extensions.Logging.LogLevel logLevel, Microsoft.Extensions.Logging.EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            Lines.Enqueue($"{formatter(state, exception)} {exception}");

        public void Dispose()
        {
        }
    }

    private static async Task UseACacheAsync(string address, RedisTransport transport, CoherenceLevel level)
    {
        for (var node = 0; node < 2; node++)
        {
            await using var cache = RedisNode.Start(options => (options.ConnectionString, options.Transport, options.Level) = (address, transport, level));
            await cache.ConnectedAsync();

            // Without tracking, a read during which the subscription comes to stand is voided, and asks the source.
            await RedisNode.UntilAsync(
                async () =>
                {
                    await cache.Cache.SetAsync("k", 1, tags: ["red"]);
                    return await cache.Cache.GetOrCreateAsync("k", static _ => ValueTask.FromResult(2)) == 1;
                },
                () => "what was set to be read");
            Assert.True((await cache.Cache.GetManyAsync<int>(["k"], new EntryOptions { Skip = CacheSkip.Memory })).Count == 1);
            await cache.Cache.RemoveByTagAsync("red");
            Assert.Equal(2, await cache.Cache.GetOrCreateAsync("k", static _ => ValueTask.FromResult(2)));
            await UseLocksHoldsAndFeedAsync(cache.Cache);
        }
    }

    private static async Task UseLocksHoldsAndFeedAsync(ICache cache)
    {
        await cache.HoldAsync("held", TimeSpan.FromMinutes(1));
        await cache.RemoveAsync("held");
        await using (var taken = await cache.TryLockAsync("job", TimeSpan.FromMilliseconds(200)))
        {
            Assert.NotNull(taken);
        }

        var isTold = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var subscription = cache.SubscribeRemovals((removal, _) =>
        {
            isTold.TrySetResult();
            return ValueTask.CompletedTask;
        });
        await isTold.Task.WaitAsync(TimeSpan.FromSeconds(30));
        await cache.PublishRemovalsAsync(["k"]);
    }

    private static async Task<HashSet<string>> UsedAsync(RealServer server)
    {
        var lines = ((string)(await server.CallAsync("INFO", "commandstats"))!).Split("\r\n");
        return [.. lines.Where(static line => line.StartsWith("cmdstat_", StringComparison.Ordinal)).Select(static line => line["cmdstat_".Length..line.IndexOf(':', StringComparison.Ordinal)])];
    }

    /// <summary>The line for clusters, with a password.</summary>
    internal static string UserOfTheDocument(string password) => AclLine(isOfCluster: true).Replace(">PASSWORD", $">{password}", StringComparison.Ordinal);

    private static string AclLine() => AclLine(isOfCluster: false);

    private static string AclLine(bool isOfCluster)
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            var file = Path.Combine(folder.FullName, "docs", "redis.md");
            if (File.Exists(file))
            {
                var line = File.ReadLines(file).Single(line => line.StartsWith("user larder ", StringComparison.Ordinal) && line.Contains("+cluster|slots", StringComparison.Ordinal) == isOfCluster);
                return line["user ".Length..];
            }
        }

        throw new InvalidOperationException("docs/redis.md is not above the test's folder.");
    }
}
