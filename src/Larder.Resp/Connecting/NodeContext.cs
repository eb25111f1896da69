using Larder.Resp.Pipelining;
using Larder.Resp.Scheduling;
using Microsoft.Extensions.Logging;

namespace Larder.Resp.Connecting;

/// <summary>What the nodes of a client share.</summary>
/// <param name="Options">How to connect.</param>
/// <param name="Scheduler">Clock, timers and the pool.</param>
/// <param name="Observer">Who is told of pushes and gaps.</param>
/// <param name="Logger">Where to log to.</param>
/// <param name="IsTracking">True when each connection turns on CLIENT TRACKING in OPTIN mode.</param>
internal sealed record NodeContext(RespOptions Options, Scheduler Scheduler, INodeObserver Observer, ILogger Logger, bool IsTracking)
{
    /// <summary>
    /// Who takes what a lost connection leaves to be sent again, because another node may answer for it by then. Null, the default: it waits for
    /// the next connection of its node.
    /// </summary>
    internal Action<RespNode, PendingQueue>? Stranded { get; init; }

    /// <summary>Told when a later dial finds a member of a cluster where none was expected; the node dials no more then. Null, the default: nobody.</summary>
    internal Action? ClusterFound { get; init; }

    /// <summary>True when each connection says READONLY, without which the replicas of a cluster send readers away.</summary>
    internal bool IsReadOnly { get; init; }
}
