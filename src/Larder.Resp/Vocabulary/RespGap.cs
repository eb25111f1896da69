using System.Diagnostics.CodeAnalysis;

namespace Larder.Resp;

/// <summary>A connection was lost or made: what the server sent unasked in between is missing.</summary>
[SuppressMessage("Naming", "CA1710", Justification = "It is what handlers are told, and the data of an event only beside that.")]
public sealed class RespGap : EventArgs
{
    /// <summary>Where the server listens.</summary>
    public string EndPoint { get; init; } = "";

    /// <summary>
    /// The connection: every new one has a higher number than all before it in this process. 0 with <see cref="IsMove"/> when the node had no connection any more.
    /// </summary>
    public long Epoch { get; init; }

    /// <summary>True for a new connection, false for a lost one.</summary>
    public bool IsConnected { get; init; }

    /// <summary>
    /// True when its node of a cluster has lost <see cref="Slots"/> to another one: nothing more is heard of their keys on this connection. While
    /// the connection stands it is told on its reader, after the client has begun to send commands for these slots to the new owner. When the connection is lost meanwhile, the loss is told on its reader
    /// and the move by another thread.
    /// </summary>
    public bool IsMove { get; init; }

    /// <summary>With <see cref="IsMove"/>: where the new owner of the slots listens. Empty otherwise.</summary>
    public string NewEndPoint { get; init; } = "";

    /// <summary>With <see cref="IsMove"/>: the number of the connection to the new owner; 0 while there is none, and otherwise.</summary>
    public long NewEpoch { get; init; }

    /// <summary>In a cluster: the slots that the node owned, or, with <see cref="IsMove"/>, those that it has lost. Empty elsewhere.</summary>
    public IReadOnlyList<RespSlotRange> Slots { get; init; } = [];

    /// <summary>Why the connection was lost; null for a new one.</summary>
    public Exception? Reason { get; init; }
}
