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

    internal double Read(Metric metric) => metric == Metric.Time ? NanosecondsPerOperation : OperationsPerSecond;
}
