namespace Larder.Benchmarks.Harness;

/// <summary>What a row is meant to reach. Null fields ask for nothing.</summary>
/// <param name="Id">The row.</param>
/// <param name="To">The peer that the target speaks of; null when it stands alone.</param>
internal sealed record Target(string Id, string? To)
{
    private const double NanosecondsPerMicrosecond = 1_000;

    /// <summary>The value is at most this many times the peer's.</summary>
    internal double? RatioAtMost { get; init; }

    /// <summary>The value is at least this many times the peer's.</summary>
    internal double? RatioAtLeast { get; init; }

    /// <summary>An operation takes at most this long.</summary>
    internal double? NanosecondsAtMost { get; init; }

    /// <summary>An operation allocates at most this much.</summary>
    internal double? BytesAtMost { get; init; }

    /// <summary>A figure is compared as it is shown: what rounds to the limit is the limit.</summary>
    internal bool IsMet(Row row) =>
        (RatioAtMost is not { } most || Math.Round(row.Ratio ?? double.NaN, 2) <= most)
        && (RatioAtLeast is not { } least || Math.Round(row.Ratio ?? double.NaN, 2) >= least)
        && (NanosecondsAtMost is not { } nanoseconds || row.Value.Median <= nanoseconds)
        && (BytesAtMost is not { } bytes || Math.Round(row.Bytes ?? double.NaN, 1) <= bytes);

    public override string ToString()
    {
        var parts = new List<string>();
        Add(RatioAtMost, static ratio => $"≤ {ratio:0.0#}×");
        Add(RatioAtLeast, static ratio => $"≥ {ratio:0.0#}×");
        Add(NanosecondsAtMost, static time => $"≤ {time / NanosecondsPerMicrosecond:0.0##} µs");
        Add(BytesAtMost, static bytes => bytes == 0 ? "0 B" : $"≤ {bytes:0} B");
        return string.Join(", ", parts);

        void Add(double? value, Func<double, string> show)
        {
            if (value is { } given)
            {
                parts.Add(show(given));
            }
        }
    }
}
