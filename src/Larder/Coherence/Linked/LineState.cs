namespace Larder.Coherence;

/// <summary>How a connection is, and since when.</summary>
internal sealed record LineState(bool IsConnected, bool IsForeign, DateTimeOffset Since, string? Reason);
