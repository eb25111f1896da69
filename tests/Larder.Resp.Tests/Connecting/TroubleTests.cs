using Larder.Resp.Tests.Kit;
using Larder.Servers;

namespace Larder.Resp.Tests.Connecting;

/// <summary>Servers that stop, hang, and come back.</summary>
public sealed class TroubleTests
{
    [Fact]
    public async Task Get_ServerIsPaused_TimesOutWithDiagnosticsAndHealsWithoutHelp()
    {
        await using var server = await RealServer.StartAsync();
        var options = RespOptions.Parse($"127.0.0.1:{server.Port}") with { CommandTimeout = TimeSpan.FromMilliseconds(200), BacklogPolicy = RespBacklogPolicy.Queue };
        await using var client = await RespClient.ConnectAsync(options);
        await client.SetAsync("a", "b");
        server.Pause();
        try
        {
            var calls = Enumerable.Range(0, 100).Select(_ => Assert.ThrowsAsync<RespTimeoutException>(() => client.GetStringAsync("a").AsTask()));
            var failures = await Task.WhenAll(calls);
            Assert.All(failures, failure => Assert.True(failure.Diagnostics!.QueueDepth > 0));
            var message = failures[0].Message;
            foreach (var part in (string[])["GET had no reply within 200 ms", $"127.0.0.1:{server.Port}", "queue depth", "oldest pending", "bytes out", "bytes in", "thread pool"])
            {
                Assert.Contains(part, message, StringComparison.Ordinal);
            }
        }
        finally
        {
            server.Resume();
        }

        Assert.Equal("b", await Eventually.GetAsync(() => client.GetStringAsync("a").AsTask()));
    }

    [Fact]
    public async Task Get_PausedBeyondTheHardLimit_DropsTheConnectionAndComesBack()
    {
        await using var server = await RealServer.StartAsync();
        var options = RespOptions.Parse($"127.0.0.1:{server.Port}") with
        {
            CommandTimeout = TimeSpan.FromMilliseconds(100),
            HardTimeout = TimeSpan.FromMilliseconds(200),
            BacklogPolicy = RespBacklogPolicy.Queue,
        };
        await using var client = await RespClient.ConnectAsync(options);
        var lost = new TaskCompletionSource<RespGap>(TaskCreationOptions.RunContinuationsAsynchronously);
        client.Gap += (_, gap) =>
        {
            if (!gap.IsConnected)
            {
                lost.TrySetResult(gap);
            }
        };
        server.Pause();
        RespGap gap;
        try
        {
            await Assert.ThrowsAsync<RespTimeoutException>(() => client.GetStringAsync("a").AsTask());
            gap = await Patience.Await(lost.Task, () => "the connection to be dropped");
        }
        finally
        {
            server.Resume();
        }

        Assert.Contains("HardTimeout", gap.Reason!.Message, StringComparison.Ordinal);
        Assert.Null(await Eventually.GetAsync(() => client.GetStringAsync("a").AsTask()));
    }

    [Fact]
    public async Task Heartbeat_SilentServerThatNobodyUses_DropsTheConnection()
    {
        await using var server = FakeServer.Start();
        server.Answers.Leave("PING");
        var options = RespOptions.Parse($"127.0.0.1:{server.Port}") with
        {
            HeartbeatInterval = TimeSpan.FromMilliseconds(10),
            CommandTimeout = TimeSpan.FromMilliseconds(50),
            HardTimeout = TimeSpan.FromMilliseconds(100),
        };
        await using var client = await RespClient.ConnectAsync(options);
        var connection = await server.AcceptAsync();
        await connection.ExpectAsync("PING");
        await Patience.Await(connection.Closed, () => "the connection to be dropped");
        await server.AcceptAsync();
    }

    [Fact]
    public async Task LongCommand_BeyondTheHardLimit_IsWaitedForAsLongAsItsOwnLimit()
    {
        await using var server = await RealServer.StartAsync();
        var options = RespOptions.Parse($"127.0.0.1:{server.Port}") with { CommandTimeout = TimeSpan.FromMilliseconds(100), HardTimeout = TimeSpan.FromMilliseconds(100) };
        await using var client = await RespClient.ConnectAsync(options);
        var epoch = client.Epoch;

        // The server itself lets the time pass, three times the hard limit.
        var reply = await client.ExecuteAsync(new RespCommand("BLPOP", "no-such-list", 0.3) { Timeout = TimeSpan.FromSeconds(20) });
        Assert.True(reply.IsNull);
        Assert.Equal(epoch, client.Epoch);
    }

    [Fact]
    public async Task Load_ServerRestarts_LosesNoSafeCommandAndRepeatsNoOther()
    {
        await using var server = await RealServer.StartAsync(new ServerSettings { IsPersistent = true, Arguments = ["--appendfsync", "always"] });
        var options = RespOptions.Parse($"127.0.0.1:{server.Port}") with
        {
            BacklogPolicy = RespBacklogPolicy.Queue,
            CommandTimeout = TimeSpan.FromSeconds(25),
            ReconnectMaximum = TimeSpan.FromMilliseconds(100),
        };
        await using var client = await RespClient.ConnectAsync(options);
        await client.SetAsync("a", "b");
        using var stop = new CancellationTokenSource();
        var reads = Enumerable.Range(0, 16).Select(async _ =>
        {
            var count = 0;
            while (!stop.IsCancellationRequested && count < 10_000_000)
            {
                Assert.Equal("b", await client.GetStringAsync("a"));
                count++;
            }

            return count;
        }).ToList();
        var increments = Enumerable.Range(0, 4).Select(i => CountAsync(client, $"counter{i}", stop.Token)).ToList();
        for (var restarts = 0; restarts < 2; restarts++)
        {
            await Eventually.GetAsync(() => client.PingAsync().AsTask());
            server.Kill();
            await server.RestartAsync();
            await client.PingAsync();
        }

        await stop.CancelAsync();
        Assert.All(await Task.WhenAll(reads), count => Assert.True(count > 0));
        for (var i = 0; i < increments.Count; i++)
        {
            var (done, unknown) = await increments[i];
            var counted = long.Parse(await client.GetStringAsync($"counter{i}") ?? "0", System.Globalization.CultureInfo.InvariantCulture);
            Assert.InRange(counted, done, done + unknown);
        }
    }

    [Fact]
    public async Task Callers_OnAPoolOfAsManyThreadsAsProcessors_MakeProgress()
    {
        await using var server = await RealServer.StartAsync();
        await using var client = await RespClient.ConnectAsync($"127.0.0.1:{server.Port}");
        ThreadPool.GetMaxThreads(out var workers, out var ports);
        var few = Math.Max(2, Environment.ProcessorCount);
        Assert.True(ThreadPool.SetMaxThreads(few, ports));
        try
        {
            await client.SetAsync("a", "b");
            var callers = Enumerable.Range(0, 1_000).Select(async _ =>
            {
                for (var i = 0; i < 20; i++)
                {
                    Assert.Equal("b", await client.GetStringAsync("a"));
                }
            });
            await Task.WhenAll(callers);
        }
        finally
        {
            ThreadPool.SetMaxThreads(workers, ports);
        }
    }

    [Fact]
    public async Task Continuations_OneBlocksForAnotherOfItsBatch_AreRescued()
    {
        await using var server = FakeServer.Start();
        await using var client = await RespClient.ConnectAsync($"127.0.0.1:{server.Port}");
        var connection = await server.AcceptAsync();
        var second = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var first = Task.Run(async () =>
        {
            await client.GetStringAsync("a").ConfigureAwait(false);

            // Wrong, but people do it: the thread that runs the batch waits for what comes behind in the same batch.
            Assert.True(((IAsyncResult)second.Task).AsyncWaitHandle.WaitOne(Patience.Limit));
        });
        await connection.ExpectAsync("GET", "a");
        var other = Task.Run(async () =>
        {
            await client.GetStringAsync("b").ConfigureAwait(false);
            second.SetResult();
        });
        await connection.ExpectAsync("GET", "b");
        await connection.SendAsync(Wire.Join(Wire.Bulk("1"), Wire.Bulk("2")));
        await Patience.Await(Task.WhenAll(first, other), () => "both callers");
    }

    private static async Task<(long Done, long Unknown)> CountAsync(RespClient client, string key, CancellationToken stop)
    {
        var (done, unknown) = (0L, 0L);
        while (!stop.IsCancellationRequested && done < 10_000_000)
        {
            try
            {
                await client.IncrementAsync(key);
                done++;
            }
            catch (RespIndeterminateException)
            {
                unknown++;
            }
        }

        return (done, unknown);
    }
}
