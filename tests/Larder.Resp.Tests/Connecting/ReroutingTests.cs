using Larder.Resp.Connecting;
using Larder.Resp.Pipelining;
using Larder.Resp.Reading;
using Larder.Resp.Scheduling;
using Larder.Servers;
using Microsoft.Extensions.Logging.Abstractions;

namespace Larder.Resp.Tests.Connecting;

/// <summary>What a topology stands on: a command that a server sends elsewhere goes there, with its caller none the wiser.</summary>
public sealed class ReroutingTests
{
    [Fact]
    public async Task ErrorReply_RouterTakesTheCommand_GoesOnAtTheOtherNodeBehindAsking()
    {
        await using var first = FakeServer.Start();
        await using var second = FakeServer.Start();
        var options = RespOptions.Parse($"127.0.0.1:{first.Port}");
        var scheduler = new SystemScheduler(TimeProvider.System);
        var context = new NodeContext(options, scheduler, new Nobody(), NullLogger.Instance, IsTracking: false);
        await using var one = new RespNode(options.EndPoints[0], context);
        await using var other = new RespNode(new RespEndPoint("127.0.0.1", second.Port), context);
        await one.ConnectAsync(CancellationToken.None);
        await other.ConnectAsync(CancellationToken.None);
        var here = await first.AcceptAsync();
        var there = await second.AcceptAsync();

        var asked = Send(one, scheduler, new Router(other, scheduler), "a");
        var kept = Send(one, scheduler, null, "b");
        await here.ExchangeAsync(Wire.Error("ASK 12182 127.0.0.1:1"), "GET", "a");
        await here.ExchangeAsync(Wire.Bulk("of b"), "GET", "b");
        await there.ExchangeAsync(Wire.Ok, "ASKING");
        await there.ExchangeAsync(Wire.Bulk("of a"), "GET", "a");
        Assert.Equal("of a", await asked);
        Assert.Equal("of b", await kept);
        Assert.Equal(0, one.Diagnose().QueueDepth);
        Assert.Equal(0, other.Diagnose().QueueDepth);
    }

    private static Task<string?> Send(RespNode node, Scheduler scheduler, IRerouting? rerouting, string key)
    {
        var pending = Make(Replies.Text, scheduler, new RespCommand("GET", key));
        pending.Rerouting = rerouting;
        var task = pending.Task.AsTask();
        node.Send(pending);
        return task;
    }

    private static Pending<T> Make<T>(IRespDecoder<T> decoder, Scheduler scheduler, RespCommand command)
    {
        var pending = Pending<T>.Rent(decoder);
        pending.Scheduler = scheduler;
        pending.Add(in command, isOnlyOne: true);
        pending.Begin(scheduler.Clock.Now, scheduler.Clock.Now + 30_000);
        return pending;
    }

    private sealed class Router(RespNode other, Scheduler scheduler) : IRerouting
    {
        public bool TryReroute(Pending pending, RespReader error)
        {
            Assert.Equal("ASK 12182 127.0.0.1:1", error.GetString());
            scheduler.Start(() =>
            {
                pending.AskFirst();
                pending.ForgetReplies();
                other.Send(pending);
                return Task.CompletedTask;
            });
            return true;
        }

        public bool IsRefusal(Pending pending, RespReader error) => false;
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
