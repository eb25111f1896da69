using System.Diagnostics;
using Larder.Node.Histories;

namespace Larder.Integration.Tests.Histories;

/// <summary>
/// Checks what was answered against all changes that had completed before the call began, at the level of the run: at Strict every node's, at Bounded those of other
/// nodes that completed a lease before, at Eventual those of the node itself; and at the end, when everything has come to rest, all of them at every level.
/// </summary>
/// <remarks>
/// A Set that was under way together with a change may have taken effect after it, so its version is excused beside that change. One whose process was killed, or that
/// failed, may have been carried out, and counts as under way until the end of the run if its process is gone. A change that a replica which took over may lack binds
/// nobody (<see cref="Doubt"/>); neither is a read checked that began while there were two primaries.
/// </remarks>
internal sealed class HistoryCheck
{
    private const int LeastReads = 300;
    private const int LeastHits = 100;
    private const int LeastMemoryHits = 30;
    private const int LeastChanges = 30;
    private readonly CoherenceLevel _level;
    private readonly long _lease;
    private readonly ILookup<int, HistoryRecord> _sets;
    private readonly HistoryRecord[] _all;
    private readonly ILookup<int, HistoryRecord> _floors;
    private readonly HistoryRecord[] _reads;

    internal HistoryCheck(IEnumerable<HistoryRecord> records, CoherenceLevel level, TimeSpan lease)
    {
        _level = level;
        _lease = (long)(lease.TotalSeconds * Stopwatch.Frequency);
        _all = records.ToArray();
        (_reads, _floors) = ([.. _all.Where(static record => record.Kind == HistoryKind.Read)], FloorsOf(_all));
        _sets = WithEnds(_all).ToLookup(static set => set.Key);
    }

    /// <summary>What nothing is promised of.</summary>
    internal IReadOnlyCollection<Doubt> Doubts
    {
        init
        {
            _reads = [.. _all.Where(record => record.Kind == HistoryKind.Read && !value.Any(doubt => doubt.CoversRead(record)))];
            _floors = FloorsOf(_all.Where(record => !value.Any(doubt => doubt.Covers(record))));
        }
    }

    /// <summary>The moment from which times are counted in what is said.</summary>
    internal long Began { get; init; }

    /// <summary>Answers and changes that nothing is promised of.</summary>
    internal int Doubtful => _all.Count(static record => record.Kind is HistoryKind.Read or HistoryKind.Removed or HistoryKind.Expired or HistoryKind.Set) - Reads - Changes;

    /// <summary>How many answers there are.</summary>
    internal int Reads => _reads.Length;

    /// <summary>How many changes have completed.</summary>
    internal int Changes => _floors.Sum(static floors => floors.Count());

    /// <summary>Answers that came from a cache, not from the source: without them the check says little.</summary>
    internal int Hits => _reads.Count(static read => read.Status is CacheStatus.Hit or CacheStatus.Stale);

    /// <summary>Those of them that memory answered: a memory that is never used is never wrong.</summary>
    internal int MemoryHits => _reads.Count(static read => read is { Tier: CacheTier.Memory, IsFinal: false, Status: CacheStatus.Hit or CacheStatus.Stale });

    /// <summary>From when on everything is at rest: a final read that began before was too early.</summary>
    internal long Rest { get; init; }

    /// <summary>Whether there is enough to tell a good cache from a bad one.</summary>
    internal bool IsMeaningful => Reads > LeastReads && Hits > LeastHits && MemoryHits > LeastMemoryHits && Changes > LeastChanges;

    /// <summary>What was promised and not kept; empty when all is well.</summary>
    internal List<string> Violations()
    {
        var violations = new List<string>();
        foreach (var reads in _reads.GroupBy(static read => read.Key))
        {
            var floors = _floors[reads.Key].ToArray();
            var newest = NewestUntil(floors);
            foreach (var read in reads)
            {
                if (Broken(read, floors, newest) is { } floor)
                {
                    violations.Add(Describe(read, floor));
                }
            }
        }

        return violations;
    }

    /// <summary>For each change the largest version of all that had completed by then.</summary>
    private static long[] NewestUntil(HistoryRecord[] floors)
    {
        var newest = new long[floors.Length];
        var largest = 0L;
        for (var i = 0; i < floors.Length; i++)
        {
            newest[i] = largest = Math.Max(largest, floors[i].Version);
        }

        return newest;
    }

    private static ILookup<int, HistoryRecord> FloorsOf(IEnumerable<HistoryRecord> records) =>
        records.Where(static record => record.Kind is HistoryKind.Removed or HistoryKind.Expired or HistoryKind.Set).OrderBy(static record => record.Ended).ToLookup(static record => record.Key);

    private static IEnumerable<HistoryRecord> WithEnds(HistoryRecord[] all)
    {
        var ended = all.Where(static record => record.Kind is HistoryKind.Set or HistoryKind.SetFailed).ToDictionary(static record => (record.Node, record.Key, record.Version), static record => record.Ended);
        return all.Where(static record => record.Kind == HistoryKind.SetBegan)
            .Select(set => set with { Ended = ended.GetValueOrDefault((set.Node, set.Key, set.Version), long.MaxValue) });
    }

    private HistoryRecord? Broken(in HistoryRecord read, HistoryRecord[] floors, long[] newest)
    {
        for (var i = floors.Length - 1; i >= 0; i--)
        {
            if (newest[i] <= read.Version)
            {
                return null;
            }

            if (floors[i].Version > read.Version && Binds(floors[i], read) && !WasSetBeside(floors[i], read))
            {
                return floors[i];
            }
        }

        return null;
    }

    private bool Binds(in HistoryRecord floor, in HistoryRecord read)
    {
        if (floor.Ended >= read.Began || (floor.Kind == HistoryKind.Expired && read.Status is not (CacheStatus.Hit or CacheStatus.Miss)))
        {
            return false;
        }

        return IsAtRest(read) || floor.Node == read.Node || _level switch
        {
            CoherenceLevel.Strict => true,
            CoherenceLevel.Bounded => read.Began >= floor.Ended + _lease,
            _ => false,
        };
    }

    private bool IsAtRest(in HistoryRecord read) => read.IsFinal && read.Began >= Rest;

    private bool WasSetBeside(in HistoryRecord floor, in HistoryRecord read)
    {
        foreach (var set in _sets[read.Key])
        {
            if (set.Version == read.Version && set.Began <= floor.Ended && set.Ended >= floor.Began)
            {
                return true;
            }
        }

        return false;
    }

    private string Describe(in HistoryRecord read, in HistoryRecord floor) =>
        $"key {read.Key}: node {read.Node} answered version {read.Version} ({read.Status}{(IsAtRest(read) ? ", at rest" : "")}) to a call of {Seconds(read.Began - Began)} to {Seconds(read.Ended - Began)}, which began "
        + $"{Seconds(read.Began - floor.Ended)} after node {floor.Node} had completed version {floor.Version} ({floor.Kind}, {Seconds(floor.Began - Began)} to {Seconds(floor.Ended - Began)})";

    private static string Seconds(long ticks) => $"{(double)ticks / Stopwatch.Frequency:F4} s";
}
