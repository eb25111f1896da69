namespace Larder.Coherence;

/// <summary>How a connection is, and since when; and why the last one was lost, if anybody said.</summary>
internal sealed record LineState(bool IsConnected, DateTimeOffset Since, string? Reason, Disagreement? Disagreement = null);
