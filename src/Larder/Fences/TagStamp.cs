namespace Larder.Fences;

/// <summary>A tag's fence and its stamp at the time when a load or a Set began.</summary>
internal readonly struct TagStamp(string tag, FenceCell cell)
{
    private readonly FenceCell _cell = cell;

    internal string Tag { get; } = tag;

    /// <summary>The state of the fence that is depended on.</summary>
    internal FenceStamp Stamp { get; } = cell.Stamp;

    internal bool IsCurrent => ReferenceEquals(_cell.Stamp, Stamp);

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

    /// <summary>
    /// The stamps, followed by those of tags that are not among them. Of two stamps of one tag the first is enough: they
    /// differ only if the tag was removed in between, and then the flight that has both is not current and stores nothing.
    /// </summary>
    internal static TagStamp[]? Union(TagStamp[]? stamps, ReadOnlySpan<TagStamp> more)
    {
        List<TagStamp>? union = null;
        foreach (ref readonly var stamp in more)
        {
            if (!Names(stamps, stamp.Tag) && (union is null || !union.Exists(Named(stamp.Tag))))
            {
                (union ??= [.. stamps ?? []]).Add(stamp);
            }
        }

        return union is null ? stamps : [.. union];
    }

    private static bool Names(TagStamp[]? stamps, string tag) => stamps is not null && Array.Exists(stamps, Named(tag));

    private static Predicate<TagStamp> Named(string tag) => stamp => stamp.Tag == tag;
}
