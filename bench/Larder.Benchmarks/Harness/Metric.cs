namespace Larder.Benchmarks.Harness;

/// <summary>What is read off a round.</summary>
internal enum Metric
{
    /// <summary>Nanoseconds an operation; less is better.</summary>
    Time,

    /// <summary>Operations a second of all threads together; more is better.</summary>
    Throughput,

    /// <summary>Bytes an entry takes; less is better.</summary>
    Size,

    /// <summary>The share of look-ups that were hits, in percent; more is better.</summary>
    HitRatio,
}
