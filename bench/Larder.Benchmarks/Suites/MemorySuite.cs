using Larder.Benchmarks.Harness;

namespace Larder.Benchmarks.Suites;

/// <summary>
/// The bounded map of Larder.Memory by itself, beside the dictionary and the memory cache. What each row does is said
/// where it is measured: <see cref="MapHits"/>, <see cref="MapZipf"/>, <see cref="MapInsert"/>, <see cref="MapMillion"/>,
/// <see cref="MapLock"/>.
/// </summary>
internal sealed class MemorySuite : Suite
{
    internal override string Name => "memory";

    internal override string Description => "The bounded map by itself.";

    internal override SuiteResult Run()
    {
        // The small maps come first: a large heap makes the collections longer that fall into the others' turns.
        Func<SuiteResult>[] parts =
        [
            MapHits.Run,
            static () => MapZipf.Run("memory/zipf", 100_000),
            static () => MapZipf.Run("memory/zipf-10k", 10_000),
            static () => MapZipf.Run("memory/zipf-1k", 1_000),
            MapInsert.Run,
            MapLock.Run,
            MapMillion.Overhead,
            MapMillion.Collection,
        ];
        var rows = new List<Row>();
        var peers = new List<Row>();
        foreach (var part in parts)
        {
            var result = part();
            rows.AddRange(result.Rows);
            peers.AddRange(result.Peers);
        }

        return new SuiteResult(rows, peers);
    }
}
