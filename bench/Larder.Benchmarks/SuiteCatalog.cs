using Larder.Benchmarks.Harness;
using Larder.Benchmarks.Suites;

namespace Larder.Benchmarks;

/// <summary>The suites. A new one is a file in Suites, a line here, and its targets in <see cref="Targets"/>.</summary>
internal static class SuiteCatalog
{
    /// <summary>The name that stands for all suites.</summary>
    internal const string Everything = "all";

    internal static readonly IReadOnlyList<Suite> All =
    [
        new HitSuite(),
        new MissSuite(),
        new ThreadsSuite(),
        new StampedeSuite(),
        new RemoveSuite(),
        new ChainSuite(),
        new RespSuite(),
        new RedisSuite(),
        new MemorySuite(),
    ];
}
