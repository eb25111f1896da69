using System.Globalization;

namespace Larder.Resp;

/// <summary>How a connection and the thread pool stood at some moment: what to look at first when commands time out.</summary>
public sealed record RespDiagnostics
{
    /// <summary>Where the server listens.</summary>
    public string EndPoint { get; init; } = "";

    /// <summary>True when the connection was up.</summary>
    public bool IsConnected { get; init; }

    /// <summary>
    /// Why there was no connection: the message of what the last attempt or the connection itself ended with, of an exception of another library its type alone. In a cluster whose slots nobody has told yet: why not. Null while there was one, or while the first attempt went on.
    /// </summary>
    public string? LastFailure { get; init; }

    /// <summary>Commands without a reply.</summary>
    public int QueueDepth { get; init; }

    /// <summary>Of these, commands that had not been handed to the operating system.</summary>
    public int Unsent { get; init; }

    /// <summary>Commands that waited for a connection.</summary>
    public int Backlog { get; init; }

    /// <summary>How long the oldest command without a reply had waited.</summary>
    public TimeSpan OldestPendingAge { get; init; }

    /// <summary>Bytes sent on this connection.</summary>
    public long BytesSent { get; init; }

    /// <summary>Bytes received on this connection.</summary>
    public long BytesReceived { get; init; }

    /// <summary>How long ago the last bytes came.</summary>
    public TimeSpan SinceLastReceived { get; init; }

    /// <summary>Threads of the pool.</summary>
    public int PoolThreads { get; init; }

    /// <summary>Of these, threads that were at work.</summary>
    public int PoolBusy { get; init; }

    /// <summary>Work that waited for a thread of the pool. Much of it means that the pool, not the server, is slow.</summary>
    public long PoolQueued { get; init; }

    /// <inheritdoc/>
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"[{EndPoint}, connected: {(IsConnected ? "yes" : "no")}, queue depth: {QueueDepth} ({Unsent} unsent, {Backlog} in the backlog), oldest pending: {OldestPendingAge.TotalMilliseconds:0} ms, bytes out: {BytesSent}, bytes in: {BytesReceived} (last {SinceLastReceived.TotalMilliseconds:0} ms ago), thread pool: {PoolBusy} of {PoolThreads} threads busy, {PoolQueued} queued]");
}
