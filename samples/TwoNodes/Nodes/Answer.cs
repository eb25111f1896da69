namespace TwoNodes.Nodes;

/// <summary>What a node answered, how it found it, where, and how long that took.</summary>
internal sealed record Answer(string Price, string Status, string Tier, TimeSpan Time);
