using System.Diagnostics;
using QuickStart.Showing;

namespace TwoNodes;

/// <summary>What came of removals on one node while another one asked its memory without a pause.</summary>
internal sealed class Race(int rounds)
{
    private readonly List<TimeSpan> _removals = [];
    private TimeSpan _longest;

    /// <summary>In how many rounds the old price was seen in memory at all, so that the round says something.</summary>
    internal int Watched { get; private set; }

    /// <summary>In how many rounds memory was asked after the removal had completed, and had the old price still.</summary>
    internal int Old { get; private set; }

    /// <summary>In how many rounds the old price stayed, or the next answer was not the new one.</summary>
    internal int Wrong { get; private set; }

    /// <summary>A removal has ended, and so has the watch over the memory of the other node.</summary>
    /// <param name="took">How long the removal took.</param>
    /// <param name="completed">The moment at which it had completed.</param>
    /// <param name="lastOld">The moment at which memory was last asked and had the old price; 0 for never, null for always.</param>
    internal void Removed(TimeSpan took, long completed, long? lastOld)
    {
        _removals.Add(took);
        Watched += lastOld != 0 ? 1 : 0;
        Wrong += lastOld is null ? 1 : 0;
        if (lastOld is null || lastOld > completed)
        {
            Old++;
        }

        if (lastOld > completed && Stopwatch.GetElapsedTime(completed, lastOld.Value) is var late && late > _longest)
        {
            _longest = late;
        }
    }

    internal void Answered(bool isNew) => Wrong += isNew ? 0 : 1;

    public override string ToString()
    {
        var median = _removals.Order().ElementAt(_removals.Count / 2);
        return $"old after the removal in {Old} of {rounds} rounds{(_longest > TimeSpan.Zero ? $", for {Figures.Of(_longest)} at most" : "")}; a removal takes {Figures.Of(median)}";
    }
}
