namespace Larder.Resp.Framing;

/// <summary>What one reply may be at most. What goes beyond is refused before memory is taken for it.</summary>
/// <param name="bulkLength">The longest bulk in bytes.</param>
internal sealed class FrameLimits(int bulkLength = FrameLimits.DefaultBulkLength)
{
    internal const int DefaultBulkLength = 64 << 20;

    /// <summary>The longest line in bytes, its type and its line break included.</summary>
    internal const int LineLength = 64 << 10;

    /// <summary>Aggregates inside each other.</summary>
    internal const int Depth = 16;

    /// <summary>Elements of one aggregate; a map's keys and values count apart.</summary>
    internal const int AggregateLength = 1 << 20;

    private const long SmallestFrame = 256L << 20;

    internal int BulkLength { get; } = bulkLength;

    /// <summary>The longest whole reply in bytes: four of the longest bulks, but at least 256 MiB.</summary>
    internal int FrameLength { get; } = (int)Math.Min(Math.Max(SmallestFrame, 4L * bulkLength), Array.MaxLength);
}
