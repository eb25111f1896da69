using Larder.Resp.Connecting;
using Larder.Resp.Pipelining;

namespace Larder.Resp.Topology;

/// <summary>
/// Brings the news of a move onto the reader of the connection that has lost the slots, when somebody else told it: behind a PING, so after the replies
/// to everything that was sent there before the slots had another owner.
/// </summary>
internal sealed class MoveNotice : IRespReplyHandler
{
    private readonly SlotMove _move;
    private readonly long _epoch;
    private readonly Action<SlotMove, long> _tell;

    private MoveNotice(SlotMove move, long epoch, Action<SlotMove, long> tell)
    {
        _move = move;
        _epoch = epoch;
        _tell = tell;
    }

    /// <summary>Tells of a move.</summary>
    /// <param name="move">The move.</param>
    /// <param name="context">What the nodes of the client share.</param>
    /// <param name="tell">Who is told, with the number of the connection, which is 0 if there is none.</param>
    internal static void Send(SlotMove move, NodeContext context, Action<SlotMove, long> tell)
    {
        var epoch = move.From.Node.Epoch;
        if (epoch == 0)
        {
            tell(move, 0);
            return;
        }

        var ping = Posted.Rent(new MoveNotice(move, epoch, tell), context.Logger);
        ping.Scheduler = context.Scheduler;
        ping.Add(new RespCommand("PING") { Flags = RespFlags.NeverResend, Epoch = epoch }, isOnlyOne: true);

        // Without a deadline of its own: told by the clock it could come while the reader is at a delivery, and be overtaken by what that stores.
        ping.Begin(context.Scheduler.Clock.Now, long.MaxValue);
        move.From.Node.Send(ping);
    }

    public void OnReply(ref RespReader reply) => _tell(_move, _epoch);

    public void OnError(RespServerException error, long epoch) => _tell(_move, _epoch);

    // The connection is lost, which voids everything that came on it, or there was no room on it. Then it has to go, because nothing else is certain to come after its deliveries.
    public void OnFailure(Exception failure)
    {
        _move.From.Node.GiveUp(_epoch, "It was too busy to be told of slots that have moved.");
        _tell(_move, _epoch);
    }
}
