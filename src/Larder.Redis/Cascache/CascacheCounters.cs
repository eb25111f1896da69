using System.Diagnostics.Metrics;

namespace Larder.Redis.Cascache;

/// <summary>Counts for one store, and for the meter "Larder.Redis".</summary>
internal sealed class CascacheCounters(string space)
{
    private static readonly Meter Instruments = new("Larder.Redis", typeof(CascacheCounters).Assembly.GetName().Version?.ToString(3));

    private static readonly Counter<long> Lookups = Instruments.CreateCounter<long>(
        "larder.cascache.lookups", "{key}", "Keys looked up in a store of cascache, by result.");

    private static readonly Counter<long> Bulks = Instruments.CreateCounter<long>(
        "larder.cascache.bulks", "{bulk}", "Bulks that were there, by result.");

    private static readonly Counter<long> Refused = Instruments.CreateCounter<long>(
        "larder.cascache.corrupt", "{frame}", "Frames that were refused, by what was wrong with them.");

    private static readonly Counter<long> Failures = Instruments.CreateCounter<long>(
        "larder.cascache.failures", "{command}", "Commands that failed, by the error's first word.");

    private static readonly int Reasons = Enum.GetValues<CascacheReason>().Length;
    private static readonly int Outcomes = Enum.GetValues<CascacheOutcome>().Length;

    private readonly long[] _lookups = new long[Reasons];
    private readonly long[] _bulks = new long[Reasons];
    private readonly long[] _stores = new long[Outcomes];
    private long _healed;

    internal void LookedUp(CascacheReason reason)
    {
        Interlocked.Increment(ref _lookups[(int)reason]);
        Lookups.Add(1, new("namespace", space), new("result", NameOf(reason)));
    }

    internal void BulkSeen(CascacheReason reason)
    {
        Interlocked.Increment(ref _bulks[(int)reason]);
        Bulks.Add(1, new("namespace", space), new("result", NameOf(reason)));
    }

    internal void Refuse(FrameFault fault) => Refused.Add(1, new("namespace", space), new("fault", fault.ToString()));

    internal void Stored(CascacheOutcome outcome) => Interlocked.Increment(ref _stores[(int)outcome]);

    internal void Healed() => Interlocked.Increment(ref _healed);

    internal void Failed(string code) => Failures.Add(1, new("namespace", space), new("error", code));

    internal CascacheStatistics Read()
    {
        var lookups = Nonzero<CascacheReason>(_lookups);
        var bulks = Nonzero<CascacheReason>(_bulks);
        lookups.Remove(CascacheReason.None, out var hits);
        bulks.Remove(CascacheReason.None, out var bulkHits);
        return new CascacheStatistics
        {
            Hits = hits,
            Misses = lookups,
            BulkHits = bulkHits,
            BulkRejections = bulks,
            Stores = Nonzero<CascacheOutcome>(_stores),
            Healed = Interlocked.Read(ref _healed),
        };
    }

    private static string NameOf(CascacheReason reason) => reason == CascacheReason.None ? "Hit" : reason.ToString();

    private static Dictionary<TName, long> Nonzero<TName>(long[] counts)
        where TName : struct, Enum
    {
        var names = Enum.GetValues<TName>();
        var found = new Dictionary<TName, long>();
        for (var i = 0; i < counts.Length; i++)
        {
            if (Interlocked.Read(ref counts[i]) is var count and not 0)
            {
                found[names[i]] = count;
            }
        }

        return found;
    }
}
