namespace Larder.Benchmarks.Harness;

/// <summary>What is read off a round.</summary>
internal enum Metric
{
    /// <summary>Nanoseconds an operation; less is better.</summary>
    Time,

    /// <summary>Operations a second of all threads together; more is better.</summary>
    Throughput,
}
