using System.Globalization;

namespace Larder.Resp.Options;

/// <summary>What a duration may be; the one place that both the settings in text and those in code are checked against.</summary>
internal sealed record DurationLimit(TimeSpan Minimum, TimeSpan Maximum, bool ZeroIsOff = false)
{
    private static readonly TimeSpan Day = TimeSpan.FromDays(1);
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);

    internal static DurationLimit Timeout { get; } = new(TimeSpan.FromMilliseconds(1), Day);

    internal static DurationLimit KeepAlive { get; } = new(TimeSpan.FromSeconds(1), Day, ZeroIsOff: true);

    internal static DurationLimit Heartbeat { get; } = new(TimeSpan.FromMilliseconds(10), Hour, ZeroIsOff: true);

    internal static DurationLimit Backoff { get; } = new(TimeSpan.FromMilliseconds(1), Hour);

    internal static DurationLimit TopologyRefresh { get; } = new(TimeSpan.FromSeconds(1), Day, ZeroIsOff: true);

    /// <summary>The limit in words, as the remedy of a message.</summary>
    internal string Remedy =>
        $"set it from {Text(Minimum)} to {Text(Maximum)}{(ZeroIsOff ? ", or to 0 to turn it off" : "")}";

    internal bool Allows(TimeSpan value) => (value >= Minimum && value <= Maximum) || (ZeroIsOff && value == TimeSpan.Zero);

    /// <summary>A duration as it is written in settings, with the largest unit that divides it.</summary>
    internal static string Text(TimeSpan value)
    {
        var ticks = value.Ticks;
        return ticks switch
        {
            0 => "0",
            _ when ticks % TimeSpan.TicksPerHour == 0 => Text(ticks / TimeSpan.TicksPerHour, "h"),
            _ when ticks % TimeSpan.TicksPerMinute == 0 => Text(ticks / TimeSpan.TicksPerMinute, "m"),
            _ when ticks % TimeSpan.TicksPerSecond == 0 => Text(ticks / TimeSpan.TicksPerSecond, "s"),
            _ => value.TotalMilliseconds.ToString("0.####", CultureInfo.InvariantCulture) + "ms",
        };
    }

    private static string Text(long count, string unit) => count.ToString(CultureInfo.InvariantCulture) + unit;
}
