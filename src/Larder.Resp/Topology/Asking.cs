using Larder.Resp.Connecting;
using Larder.Resp.Pipelining;
using Larder.Resp.Reading;

namespace Larder.Resp.Topology;

/// <summary>What the topology itself asks a node.</summary>
internal static class Asking
{
    /// <summary>Asks and waits for the answer, on one node only.</summary>
    internal static async Task<RespValue> AskAsync(this RespNode node, NodeContext context, RespCommand command, TimeSpan limit, PushAnswer? answeredBy = null)
    {
        var pending = Pending<RespValue>.Rent(Replies.Value);
        pending.Scheduler = context.Scheduler;
        pending.Add(command with { Flags = RespFlags.Repeatable | RespFlags.NeverResend }, isOnlyOne: true);
        pending.AnsweredBy = answeredBy;
        var now = context.Scheduler.Clock.Now;
        pending.Begin(now, now + (long)limit.TotalMilliseconds);
        var task = pending.Task;
        node.Send(pending);
        return await task.ConfigureAwait(false);
    }
}
