namespace Larder.Fences;

/// <summary>
/// One state of a fence: compared by reference, so that no counter wraps and no clock lags. A cache with lower tiers also remembers here under which
/// token the authority knows this state. What was learnt counts only in its era, the time between two moments at which announcements of the authority may have
/// been missed; the era is the present stamp of the cache's own fence, which moves at each of them.
/// </summary>
internal sealed class FenceStamp
{
    private volatile Known? _known;

    /// <summary>The authority's token of this state, if it is known in this era.</summary>
    internal bool TryGetToken(FenceStamp era, out FenceToken token)
    {
        if (_known is { } known && ReferenceEquals(known.Era, era))
        {
            token = known.Token;
            return true;
        }

        token = default;
        return false;
    }

    /// <summary>
    /// Remembers the authority's token. It must have been asked for while this was the fence's present stamp. If the fence has moved meanwhile nobody
    /// looks at this stamp any more, so a late answer does no harm.
    /// </summary>
    internal void Learn(FenceToken token, FenceStamp era) => _known = new Known(token, era);

    private sealed record Known(FenceToken Token, FenceStamp Era);
}
