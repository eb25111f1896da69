namespace Larder.Benchmarks.Harness;

/// <summary>One line of a report: a row of ours, alone or beside one peer.</summary>
/// <param name="Id">The row, such as "hit/async"; for a peer's own figures its name.</param>
/// <param name="Metric">What the value is.</param>
/// <param name="Value">The value over all rounds.</param>
/// <param name="Bytes">Allocated bytes per operation; null when unknown.</param>
/// <param name="To">The peer; null for a row that stands alone.</param>
/// <param name="Ratio">The value divided by the peer's, round by round; null without a peer.</param>
internal sealed record Row(string Id, Metric Metric, Spread Value, double? Bytes, string? To, double? Ratio);
