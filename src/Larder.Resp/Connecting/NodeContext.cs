using Larder.Resp.Scheduling;
using Microsoft.Extensions.Logging;

namespace Larder.Resp.Connecting;

/// <summary>What the nodes of a client share.</summary>
/// <param name="Options">How to connect.</param>
/// <param name="Scheduler">Clock, timers and the pool.</param>
/// <param name="Observer">Who is told of pushes and gaps.</param>
/// <param name="Logger">Where to log to.</param>
/// <param name="IsTracking">True when each connection turns on CLIENT TRACKING in OPTIN mode.</param>
internal sealed record NodeContext(RespOptions Options, Scheduler Scheduler, INodeObserver Observer, ILogger Logger, bool IsTracking);
