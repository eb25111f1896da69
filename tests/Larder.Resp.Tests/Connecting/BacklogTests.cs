using Larder.Resp.Connecting;
using Larder.Resp.Pipelining;
using Larder.Resp.Reading;
using Larder.Resp.Scheduling;
using Larder.Resp.Tests.Kit;
using Larder.Servers;
using Microsoft.Extensions.Logging.Abstractions;

namespace Larder.Resp.Tests.Connecting;

/// <summary>What waits for a connection, and what must not.</summary>
public sealed class BacklogTests
{
    [Fact]
    public async Task Backlog_OfMoreThanAConnectionHasRoomFor_IsAnsweredWhole()
    {
        const int Count = 1_000;
        await using var server = FakeServer.Start();
        server.Answers.On("GET", static (_, command) => Wire.Bulk(command[1]));
        server.StopListening();
        await using var client = await RespClient.ConnectAsync(
            $"127.0.0.1:{server.Port},abortConnect=false,connectRetry=0,backlogPolicy=queue,maximumPending=16,reconnectMaximum=50,commandTimeout=20s");
        var reads = Enumerable.Range(0, Count).Select(i => client.GetStringAsync($"{i}").AsTask()).ToArray();
        Assert.Equal(Count, client.Diagnose().Backlog);
        server.Listen();
        Assert.Equal(Enumerable.Range(0, Count).Select(static i => $"{i}"), await Task.WhenAll(reads));
    }

    [Fact]
    public async Task Send_CommandBoundToAConnectionAfterTheHandOver_FailsAndIsNotHandedOver()
    {
        var options = RespOptions.Parse($"127.0.0.1:{FreePort.Next()},backlogPolicy=queue");
        var scheduler = new SystemScheduler(TimeProvider.System);
        await using var node = new RespNode(options.EndPoints[0], new NodeContext(options, scheduler, new Nobody(), NullLogger.Instance, IsTracking: true));
        List<Pending> handedOver = [];
        node.HandOver(handedOver.Add);
        var bound = Send(node, scheduler, new RespCommand("GET", "a") { Epoch = 7 });
        var free = Send(node, scheduler, new RespCommand("GET", "b"));
        Assert.True(Assert.Single(handedOver).IsWaiting);
        Assert.False(free.IsCompleted);
        Assert.Contains("connection 7", (await Assert.ThrowsAsync<RespConnectionException>(() => bound)).Message, StringComparison.Ordinal);
    }

    private static Task Send(RespNode node, Scheduler scheduler, RespCommand command)
    {
        var pending = Pending<string?>.Rent(Replies.Text);
        pending.Scheduler = scheduler;
        pending.Add(in command, isOnlyOne: true);
        pending.Begin(scheduler.Clock.Now, scheduler.Clock.Now + 30_000);
        var task = pending.Task.AsTask();
        node.Send(pending);
        return task;
    }

    private sealed class Nobody : INodeObserver
    {
        public void OnPush(RespNode node, ref RespReader push)
        {
        }

        public void OnGap(RespNode node, RespGap gap)
        {
        }

        public void OnReady(RespNode node)
        {
        }
    }
}
