namespace Larder.Testing;

/// <summary>
/// What the receiver of numbered messages knows: a number that was skipped is a gap, a skipped message that comes late still counts, and one that
/// comes twice does not.
/// </summary>
internal sealed class MessageNumbers
{
    /// <summary>Beyond this many skipped numbers the oldest are taken for lost.</summary>
    private const int MostSkipped = 1_024;

    private readonly SortedSet<long> _skipped = [];
    private long _last;

    /// <summary>Takes a message.</summary>
    /// <returns>Whether it is to be handled, and whether messages before it are missing.</returns>
    internal (bool IsNew, bool IsGap) Take(long number)
    {
        if (number <= _last)
        {
            return (_skipped.Remove(number), false);
        }

        var isGap = Skip(number - 1);
        _last = number;
        return (true, isGap);
    }

    /// <summary>Learns the number of the last message that was sent. True when messages are missing.</summary>
    internal bool Reaches(long number) => Skip(number);

    private bool Skip(long until)
    {
        var isGap = _last < until;
        for (var number = Math.Max(_last + 1, until - MostSkipped + 1); number <= until; number++)
        {
            _skipped.Add(number);
        }

        _last = Math.Max(_last, until);
        while (_skipped.Count > MostSkipped)
        {
            _skipped.Remove(_skipped.Min);
        }

        return isGap;
    }
}
