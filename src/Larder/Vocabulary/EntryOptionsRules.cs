using System.Globalization;

namespace Larder;

/// <summary>The ranges of <see cref="EntryOptions"/>. Each problem names the setting, its value, the limit and the remedy.</summary>
internal static class EntryOptionsRules
{
    /// <summary>Longer durations are refused: they would overflow somewhere, and mean "for ever" anyway.</summary>
    internal static readonly TimeSpan LongestDuration = TimeSpan.FromDays(36_500);

    private const CacheSkip KnownSkips = CacheSkip.Memory | CacheSkip.Disk | CacheSkip.Remote | CacheSkip.Source;

    internal static List<string> Problems(EntryOptions options, string path)
    {
        var problems = new List<string>();
        Duration(nameof(options.FreshFor), options.FreshFor);
        Duration(nameof(options.StaleFor), options.StaleFor);
        Duration(nameof(options.FallbackFor), options.FallbackFor);
        Duration(nameof(options.MemoryFor), options.MemoryFor);
        Duration(nameof(options.SlidingFor), options.SlidingFor);
        Duration(nameof(options.NotFoundFor), options.NotFoundFor);
        Duration(nameof(options.SourceSoftTimeout), options.SourceSoftTimeout);
        Duration(nameof(options.SourceTimeout), options.SourceTimeout);
        Duration(nameof(options.RefreshTimeout), options.RefreshTimeout);
        Duration(nameof(options.FailureThrottle), options.FailureThrottle);
        Share(nameof(options.Jitter), options.Jitter, "set it from 0 to 1", largest: 1);
        Share(nameof(options.RefreshAhead), options.RefreshAhead, "set it from 0 (off) to less than 1, such as 0.8", Math.BitDecrement(1.0));

        if (options.Size is < 0)
        {
            problems.Add(Invariant($"{path}{nameof(options.Size)} is {options.Size}; set it to zero or more bytes."));
        }

        if (options.Skip is { } skip && (skip & ~KnownSkips) != CacheSkip.None)
        {
            problems.Add(Invariant($"{path}{nameof(options.Skip)} is {(int)skip}; combine only the named values of {nameof(CacheSkip)}."));
        }

        return problems;

        void Duration(string name, TimeSpan? value)
        {
            if (value is { } given)
            {
                AddDurationProblem(problems, path + name, given);
            }
        }

        void Share(string name, double? value, string remedy, double largest)
        {
            if (value is { } given && !(given >= 0 && given <= largest))
            {
                problems.Add(Invariant($"{path}{name} is {given}; {remedy}."));
            }
        }
    }

    internal static void AddDurationProblem(List<string> problems, string name, TimeSpan value)
    {
        if (value < TimeSpan.Zero)
        {
            var zero = name.EndsWith("SourceTimeout", StringComparison.Ordinal) || name.EndsWith("RefreshTimeout", StringComparison.Ordinal)
                ? " (zero: no limit)"
                : "";
            problems.Add($"{name} is {InWords(value)}; set it to zero or more{zero}.");
        }
        else if (value > LongestDuration)
        {
            problems.Add(Invariant($"{name} is {InWords(value)}; set it to at most {LongestDuration.TotalDays:0} days."));
        }
    }

    private static string InWords(TimeSpan value)
    {
        if (value == TimeSpan.MaxValue)
        {
            return "TimeSpan.MaxValue";
        }

        return Math.Abs(value.TotalDays) >= 1 ? Invariant($"{value.TotalDays:0.##} days")
            : Math.Abs(value.TotalSeconds) >= 1 ? Invariant($"{value.TotalSeconds:0.###}s")
            : Invariant($"{value.TotalMilliseconds:0.####}ms");
    }

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
