namespace Larder.Resp.Framing;

/// <summary>What one reply may be at most. What goes beyond is refused before memory is taken for it.</summary>
internal sealed class FrameLimits
{
    internal const int LargestDepth = 128;
    private const long SmallestFrame = 256L << 20;

    /// <summary>The longest bulk in bytes.</summary>
    internal int BulkLength { get; init; } = 64 << 20;

    /// <summary>The longest line in bytes, its type included.</summary>
    internal int LineLength { get; init; } = 64 << 10;

    /// <summary>Aggregates inside each other, at most <see cref="LargestDepth"/>.</summary>
    internal int Depth { get; init; } = 16;

    /// <summary>Elements of one aggregate; a map's keys and values count apart.</summary>
    internal int AggregateLength { get; init; } = 1 << 20;

    /// <summary>The longest whole reply in bytes: four of the longest bulks, but at least 256 MiB.</summary>
    internal int FrameLength => (int)Math.Min(Math.Max(SmallestFrame, 4L * BulkLength), Array.MaxLength);
}
