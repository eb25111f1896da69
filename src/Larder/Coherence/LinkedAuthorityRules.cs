using System.Globalization;
using Larder.Ports;

namespace Larder.Coherence;

/// <summary>What the settings of a <see cref="LinkedAuthority"/> must be.</summary>
internal static class LinkedAuthorityRules
{
    private static readonly TimeSpan ShortestLease = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan ShortestWriteLease = TimeSpan.FromMilliseconds(1);
    private static readonly TimeSpan Longest = TimeSpan.FromHours(1);
    private const int MostRanges = 1_024;

    /// <summary>Refuses what can not work, naming the setting, its value, the limit and the remedy.</summary>
    internal static void Check(LinkedAuthorityOptions options, IAuthorityLink link)
    {
        if (options.Name is { Length: 0 })
        {
            throw new ArgumentException("LinkedAuthorityOptions.Name is empty; give it a word such as \"redis\", or null for the name of the link.", nameof(options));
        }

        if (!Enum.IsDefined(options.Level))
        {
            throw new ArgumentException(
                string.Create(CultureInfo.InvariantCulture, $"LinkedAuthorityOptions.Level is {(int)options.Level}; set it to Eventual, Bounded or Strict."),
                nameof(options));
        }

        var problem = Outside(nameof(options.LeaseTime), options.LeaseTime, ShortestLease)
            ?? Outside(nameof(options.WriteLeaseTime), options.WriteLeaseTime, ShortestWriteLease);
        if (problem is not null)
        {
            throw new ArgumentException(problem, nameof(options));
        }

        if (options.LeaseTime.Ticks % TimeSpan.TicksPerMillisecond != 0)
        {
            throw new ArgumentException(
                string.Create(CultureInfo.InvariantCulture, $"LinkedAuthorityOptions.LeaseTime is {options.LeaseTime.TotalMilliseconds:0.####}ms, which nodes compare in whole milliseconds; leave the fraction out."),
                nameof(options));
        }

        if (!link.AnnouncesInOrder && options.Level != CoherenceLevel.Eventual)
        {
            throw new ArgumentException(
                $"LinkedAuthorityOptions.Level is {options.Level}, but the announcements of the link \"{link.Name}\" keep no order with its answers, which allows only Eventual:"
                + " set Level to Eventual, or use a transport that keeps the order (tracking).",
                nameof(options));
        }
    }

    /// <summary>The same for a store that is spread over several nodes.</summary>
    internal static void Check(LinkedAuthorityOptions options, IAuthorityShards shards)
    {
        if (shards.Count is < 1 or > MostRanges)
        {
            throw new ArgumentException(
                string.Create(CultureInfo.InvariantCulture, $"{shards.Name} has {shards.Count} ranges of keys; cut it into 1 to {MostRanges}."), nameof(shards));
        }

        var link = shards.Range(0);
        Check(options, link);
        if (!link.AnnouncesInOrder)
        {
            throw new ArgumentException(
                $"The announcements of {shards.Name} keep no order with its answers; a store in ranges needs that at every level: use a transport that keeps the order (tracking).", nameof(shards));
        }
    }

    /// <summary>The settings as they are now.</summary>
    internal static LinkedAuthorityOptions Copy(LinkedAuthorityOptions options) => new()
    {
        Name = options.Name,
        Level = options.Level,
        LeaseTime = options.LeaseTime,
        WriteLeaseTime = options.WriteLeaseTime,
    };

    private static string? Outside(string setting, TimeSpan value, TimeSpan least) =>
        value >= least && value <= Longest
            ? null
            : string.Create(
                CultureInfo.InvariantCulture,
                $"LinkedAuthorityOptions.{setting} is {value.TotalMilliseconds:0.####}ms; set it from {least.TotalMilliseconds:0}ms to {Longest.TotalHours:0} hour.");
}
