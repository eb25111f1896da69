using System.Collections.Concurrent;

namespace Larder.Fences;

/// <summary>
/// The tag fences of one cache by name. Names are held weakly: entries and loads keep the fences that they depend on
/// alive, and a fence that nobody depends on is worth nothing. So a tag costs memory only while something carries it,
/// and no marker can expire before the entries that it should have removed.
/// </summary>
internal sealed class TagFences
{
    private const int FirstSweepAt = 1_024;
    private readonly ConcurrentDictionary<string, WeakReference<FenceCell>> _cells = new(StringComparer.Ordinal);
    private int _sweepAt = FirstSweepAt;

    /// <summary>
    /// Moves with every tag removal, before the tag's own fence does. A load that finds out only in its factory which
    /// tags it carries compares this one with the stamp it took before it began.
    /// </summary>
    internal FenceCell AnyTag { get; } = new();

    /// <summary>
    /// Moves with every tag removal, after the tag's own fence did. While it stands still no tag has been removed, so an
    /// entry whose tags were found current under it needs no second look at them.
    /// </summary>
    internal FenceCell Removals { get; } = new();

    /// <summary>Names known at the moment, those not swept yet included.</summary>
    internal int Count => _cells.Count;

    /// <summary>The current stamps of the tags, followed by that of one more tag, if given; null when there are none.</summary>
    internal TagStamp[]? Stamp(ReadOnlySpan<string> tags, string? oneMore)
    {
        var count = tags.Length + (oneMore is null ? 0 : 1);
        if (count == 0)
        {
            return null;
        }

        var stamps = new TagStamp[count];
        for (var i = 0; i < tags.Length; i++)
        {
            stamps[i] = new TagStamp(tags[i], Cell(tags[i]));
        }

        if (oneMore is not null)
        {
            stamps[^1] = new TagStamp(oneMore, Cell(oneMore));
        }

        return stamps;
    }

    /// <summary>Makes every entry and every running load that carries the tag invalid.</summary>
    internal void Move(string tag)
    {
        // The order matters to late tags: a load reads the tag's fence first and the any-tag fence second, so it sees
        // at least one of the two moved.
        AnyTag.Move();
        if (_cells.TryGetValue(tag, out var weak) && weak.TryGetTarget(out var cell))
        {
            cell.Move();
        }

        Removals.Move();
    }

    private FenceCell Cell(string tag)
    {
        while (true)
        {
            if (!_cells.TryGetValue(tag, out var weak))
            {
                var made = new FenceCell();
                if (_cells.TryAdd(tag, new WeakReference<FenceCell>(made)))
                {
                    SweepWhenDue();
                    return made;
                }
            }
            else if (weak.TryGetTarget(out var cell))
            {
                return cell;
            }
            else
            {
                var made = new FenceCell();
                if (_cells.TryUpdate(tag, new WeakReference<FenceCell>(made), weak))
                {
                    return made;
                }
            }
        }
    }

    /// <summary>Drops the names of collected fences each time their number has doubled, so that it costs O(1) a name.</summary>
    private void SweepWhenDue()
    {
        var due = Volatile.Read(ref _sweepAt);
        if (_cells.Count < due || Interlocked.CompareExchange(ref _sweepAt, int.MaxValue, due) != due)
        {
            return;
        }

        foreach (var pair in _cells)
        {
            if (!pair.Value.TryGetTarget(out _))
            {
                _cells.TryRemove(pair);
            }
        }

        Volatile.Write(ref _sweepAt, Math.Max(FirstSweepAt, _cells.Count * 2));
    }
}
