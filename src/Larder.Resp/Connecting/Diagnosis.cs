using Larder.Resp.Scheduling;

namespace Larder.Resp.Connecting;

/// <summary>Says how a node, its connection and the thread pool stand.</summary>
internal static class Diagnosis
{
    internal static RespDiagnostics Of(RespNode node, int backlog, Exception? lastFailure, Scheduler scheduler)
    {
        var connection = node.Current;
        var now = scheduler.Clock.Now;
        var pool = scheduler.ReadPool();
        return new RespDiagnostics
        {
            EndPoint = node.EndPointName,
            IsConnected = connection is not null,
            LastFailure = connection is null ? Text(lastFailure) : null,
            QueueDepth = connection?.Outbox.Depth ?? 0,
            Unsent = connection?.Outbox.Unsent ?? 0,
            Backlog = backlog,
            OldestPendingAge = TimeSpan.FromMilliseconds(Math.Max(0, now - (connection?.Outbox.OldestStart() ?? now))),
            BytesSent = connection?.Outbox.BytesSent ?? 0,
            BytesReceived = connection?.BytesReceived ?? 0,
            SinceLastReceived = TimeSpan.FromMilliseconds(Math.Max(0, now - (connection?.LastReceived ?? now))),
            PoolThreads = pool.Threads,
            PoolBusy = pool.Busy,
            PoolQueued = pool.Queued,
        };
    }
    // What other code throws may quote anything.
    private static string? Text(Exception? failure) => failure is null or RespException ? failure?.Message : failure.GetType().Name;
}
