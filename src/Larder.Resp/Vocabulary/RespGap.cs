using System.Diagnostics.CodeAnalysis;

namespace Larder.Resp;

/// <summary>A connection was lost or made: what the server sent unasked in between is missing.</summary>
[SuppressMessage("Naming", "CA1710", Justification = "It is what handlers are told, and the data of an event only beside that.")]
public sealed class RespGap : EventArgs
{
    /// <summary>Where the server listens.</summary>
    public string EndPoint { get; init; } = "";

    /// <summary>The connection: every new one has a higher number than all before it in this process.</summary>
    public long Epoch { get; init; }

    /// <summary>True for a new connection, false for a lost one.</summary>
    public bool IsConnected { get; init; }

    /// <summary>
    /// True when the connection stands, but its node of a cluster has lost <see cref="Slots"/> to another one: nothing more is heard of their keys
    /// on it. It is told on the reader of the connection where the node itself said so, else by another thread.
    /// </summary>
    public bool IsMove { get; init; }

    /// <summary>In a cluster: the slots that the node owned, or, with <see cref="IsMove"/>, those that it has lost. Empty elsewhere.</summary>
    public IReadOnlyList<RespSlotRange> Slots { get; init; } = [];

    /// <summary>Why the connection was lost; null for a new one.</summary>
    public Exception? Reason { get; init; }
}
