namespace Larder.Fences;

/// <summary>A tag's fence and its stamp at the time when a load or a Set began.</summary>
internal readonly struct TagStamp(string tag, FenceCell cell)
{
    private readonly FenceCell _cell = cell;
    private readonly object _stamp = cell.Stamp;

    internal string Tag { get; } = tag;

    internal bool IsCurrent => ReferenceEquals(_cell.Stamp, _stamp);

    internal static bool AllCurrent(TagStamp[] stamps)
    {
        foreach (ref readonly var stamp in stamps.AsSpan())
        {
            if (!stamp.IsCurrent)
            {
                return false;
            }
        }

        return true;
    }
}
