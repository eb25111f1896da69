using System.Diagnostics;
using Larder.Node.Histories;

namespace Larder.Integration.Tests.Histories;

/// <summary>
/// A replica has taken the place of its primary without its consent. What the old one had confirmed, and had not handed on, is lost: nothing is promised of changes that
/// were under way or had just completed, unless replicas had to confirm them. When the old primary was halted and not dead, both were primaries for a moment, and nothing is promised of reads either.
/// </summary>
/// <param name="From">The first moment at which the two may have differed.</param>
/// <param name="To">The last moment at which a change may have begun that only the old primary was told of.</param>
/// <param name="HadTwoPrimaries">Whether the old primary lived on until <paramref name="To"/>.</param>
internal readonly record struct Doubt(long From, long To, bool HadTwoPrimaries)
{
    /// <summary>How far a replica that is in step may be behind.</summary>
    private static readonly TimeSpan Lag = TimeSpan.FromSeconds(1);

    /// <summary>A primary died at this moment, after its replicas had been cut off for some time.</summary>
    internal static Doubt Dead(long moment, TimeSpan alone) => new(Before(moment, Lag + alone), moment, HadTwoPrimaries: false);

    /// <summary>A primary stood still from this moment on, and is a replica now.</summary>
    internal static Doubt Halted(long moment, TimeSpan until) => new(Before(moment, Lag), Stopwatch.GetTimestamp() + Ticks(until), HadTwoPrimaries: true);

    /// <summary>Whether a change may have been lost.</summary>
    internal bool Covers(in HistoryRecord change) => change.Began <= To && change.Ended >= From;

    /// <summary>Whether nothing is promised of a read.</summary>
    internal bool CoversRead(in HistoryRecord read) => HadTwoPrimaries && read.Began <= To && read.Ended >= From;

    private static long Before(long moment, TimeSpan time) => moment - Ticks(time);

    private static long Ticks(TimeSpan time) => (long)(time.TotalSeconds * Stopwatch.Frequency);
}
