namespace Larder.Fences;

/// <summary>
/// The current fence of a tag or of a whole cache. Entries and loads keep the stamp that was current before they
/// read their source; they are valid only while it still is, so removing everything under a fence is one write,
/// however many entries there are. A stamp is an object that is compared by reference: no counter, no clock.
/// </summary>
internal sealed class FenceCell
{
    private static readonly FenceStamp ClosedStamp = new();
    private volatile FenceStamp _stamp = new();

    internal FenceStamp Stamp => _stamp;

    internal bool IsClosed => ReferenceEquals(_stamp, ClosedStamp);

    /// <summary>Makes everything that was stamped before invalid, for ever.</summary>
    internal void Move()
    {
        var before = _stamp;
        if (!ReferenceEquals(before, ClosedStamp))
        {
            // When this fails somebody else has just moved or closed it, which invalidates the same.
            Interlocked.CompareExchange(ref _stamp, new FenceStamp(), before);
        }
    }

    /// <summary>Makes everything invalid, and all that asks for the stamp from now on sees a closed fence. False when it was closed before.</summary>
    internal bool Close() => !ReferenceEquals(Interlocked.Exchange(ref _stamp, ClosedStamp), ClosedStamp);
}
