namespace Larder.Resp;

/// <summary>
/// How much of a reply is believed. A reply beyond a limit ends the connection, because nothing after it could be
/// matched to its caller; only a string beyond <see cref="MaximumBulk"/> is skipped, and an error of its own. Memory is never taken for a length that was only declared.
/// </summary>
public sealed record RespLimits
{
    internal const int LargestDepth = 128;
    private const long SmallestFrame = 256L << 20;

    /// <summary>
    /// The longest string in a reply, in bytes; the default is 64 MiB, from 1 KiB to 512 MiB (the server's own limit). A longer one is received and dropped: its command fails with a <see cref="RespServerException"/> whose code is TOOLARGE, in a
    /// list of values it stands as an error among them, and the connection goes on. A length beyond 1 GiB is not believed, and ends the connection.
    /// </summary>
    public int MaximumBulk { get; init; } = 64 * 1024 * 1024;

    /// <summary>The longest line (simple strings, errors, numbers), in bytes; the default is 64 KiB, from 64 B to 1 MiB.</summary>
    public int MaximumLine { get; init; } = 64 * 1024;

    /// <summary>How deep replies may be nested; the default is 16, from 1 to 128.</summary>
    public int MaximumDepth { get; init; } = 16;

    /// <summary>The most members of one array, map, set or push (a map's pairs count twice); the default is 1,048,576, at most 16,777,216.</summary>
    public int MaximumAggregate { get; init; } = 1024 * 1024;

    /// <summary>The longest whole reply in bytes: four of the longest strings, but at least 256 MiB.</summary>
    internal int FrameLength => (int)Math.Min(Math.Max(SmallestFrame, 4L * MaximumBulk), Array.MaxLength);
}
