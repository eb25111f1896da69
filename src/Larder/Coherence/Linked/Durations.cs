namespace Larder.Coherence;

/// <summary>Durations as the store counts them.</summary>
internal static class Durations
{
    /// <summary>Whole milliseconds, at least one: less would be never, or would remove the key.</summary>
    internal static long Milliseconds(TimeSpan time) => Math.Max(1, (long)Math.Ceiling(time.TotalMilliseconds));
}
