namespace Larder.Benchmarks.Harness;

/// <summary>What a suite has measured: the rows, and the peers' own figures for whoever wants to see absolute numbers.</summary>
internal sealed record SuiteResult(IReadOnlyList<Row> Rows, IReadOnlyList<Row> Peers);
