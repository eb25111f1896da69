using System.Diagnostics;

namespace Larder.Benchmarks.Harness;

/// <summary>The time that everybody's clock shows, in nanoseconds: a <see cref="TimeSpan"/> would round to 100 of them.</summary>
internal static class WallTime
{
    private const double NanosecondsPerSecond = 1e9;

    internal static double Now() => Stopwatch.GetTimestamp() * (NanosecondsPerSecond / Stopwatch.Frequency);
}
