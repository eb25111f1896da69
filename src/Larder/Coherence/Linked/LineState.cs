namespace Larder.Coherence;

/// <summary>How a connection is, and since when.</summary>
internal sealed record LineState(bool IsConnected, DateTimeOffset Since, string? Reason, Disagreement? Disagreement = null);
