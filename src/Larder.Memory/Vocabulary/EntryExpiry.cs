using System.Runtime.InteropServices;

namespace Larder.Memory;

/// <summary>When an entry expires: after a fixed time, after a time without reads, or at the earlier of both.</summary>
/// <remarks>The default value means that the entry does not expire. Times are kept in whole milliseconds, rounded up.</remarks>
[StructLayout(LayoutKind.Auto)]
public readonly record struct EntryExpiry
{
    /// <summary>The entry does not expire.</summary>
    public static readonly EntryExpiry Never;

    /// <summary>Says when an entry expires.</summary>
    /// <param name="after">The time from the write to the end; null for no such end.</param>
    /// <param name="sliding">The time from the last read or write to the end; null for no such end.</param>
    /// <exception cref="ArgumentOutOfRangeException">A time is zero or less.</exception>
    public EntryExpiry(TimeSpan? after, TimeSpan? sliding = null)
    {
        AfterMilliseconds = Milliseconds(after, nameof(after));
        SlidingMilliseconds = Milliseconds(sliding, nameof(sliding));
    }

    /// <summary>True when the entry expires at all.</summary>
    public bool IsTimed => (AfterMilliseconds | SlidingMilliseconds) != 0;

    internal long AfterMilliseconds { get; }

    internal long SlidingMilliseconds { get; }

    /// <summary>True when the map drops the entry in time, but reads do not look.</summary>
    internal bool IsLenient { get; private init; }

    /// <summary>The entry expires this long after it was written.</summary>
    /// <param name="time">More than zero.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="time"/> is zero or less.</exception>
    public static EntryExpiry After(TimeSpan time) => new(time);

    /// <summary>The entry expires this long after it was last read or written.</summary>
    /// <param name="time">More than zero.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="time"/> is zero or less.</exception>
    public static EntryExpiry Sliding(TimeSpan time) => new(null, time);

    /// <summary>
    /// The entry is dropped this long after it was written, about a second late; until then every read finds it. For values that know
    /// themselves when their time is over: a read of such an entry costs no look at the clock.
    /// </summary>
    /// <param name="time">More than zero.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="time"/> is zero or less.</exception>
    public static EntryExpiry DroppedAfter(TimeSpan time) => new(time) { IsLenient = true };

    private static long Milliseconds(TimeSpan? time, string name)
    {
        if (time is not { } span)
        {
            return 0;
        }

        if (span <= TimeSpan.Zero)
        {
            throw new ArgumentOutOfRangeException(name, span, $"EntryExpiry: {name} is {span}; it must be more than zero, or null for none.");
        }

        return ((span.Ticks - 1) / TimeSpan.TicksPerMillisecond) + 1;
    }
}
