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

    /// <summary>Why the connection was lost; null for a new one.</summary>
    public Exception? Reason { get; init; }
}
