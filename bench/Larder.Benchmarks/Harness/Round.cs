namespace Larder.Benchmarks.Harness;

/// <summary>One turn of one contestant.</summary>
/// <param name="NanosecondsPerOperation">The time of an operation, as the threads that worked saw it.</param>
/// <param name="OperationsPerSecond">What all threads did together.</param>
/// <param name="BytesPerOperation">What an operation allocated; null when it was not counted.</param>
internal readonly record struct Round(double NanosecondsPerOperation, double OperationsPerSecond, double? BytesPerOperation)
{
    private const double NanosecondsPerSecond = 1e9;

    /// <summary>A round of one thread.</summary>
    internal static Round Of(long operations, double nanoseconds, long allocatedBytes) =>
        new(
            nanoseconds / operations,
            operations * NanosecondsPerSecond / nanoseconds,
            (double)allocatedBytes / operations);

    /// <summary>The share of look-ups that were hits, in percent, where that was counted.</summary>
    internal double HitPercent { get; init; }

    /// <summary>A round that asks what an entry takes, not how long something lasts.</summary>
    internal static Round OfSize(double bytesPerEntry) => new(double.NaN, double.NaN, bytesPerEntry);

    internal double Read(Metric metric) => metric switch
    {
        Metric.Time => NanosecondsPerOperation,
        Metric.Throughput => OperationsPerSecond,
        Metric.Size => BytesPerOperation ?? double.NaN,
        _ => HitPercent,
    };
}
