namespace Larder.Resp.Pipelining;

/// <summary>
/// Holds back what the current thread sends until it has sent everything that it will send for now, so that it goes
/// out in one piece.
/// </summary>
/// <remarks>Nothing is held back for long: every so many commands are let through, and the tick of each connection lets through the rest.</remarks>
internal sealed class Cork : IDisposable
{
    private const int MostHeldBack = 64;

    [ThreadStatic]
    private static Cork? OfThread;

    private readonly List<Outbox> _held = [];
    private Outbox? _latest;
    private int _depth;
    private int _count;

    /// <summary>Begins to hold back; to be disposed of on the same thread.</summary>
    internal static Cork Begin()
    {
        var cork = OfThread ??= new Cork();
        cork._depth++;
        return cork;
    }

    /// <summary>True when the thread's sending is held back, so that the outbox need not be flushed now.</summary>
    internal static bool Holds(Outbox outbox)
    {
        var cork = OfThread;
        if (cork is null || cork._depth == 0)
        {
            return false;
        }

        if (++cork._count % MostHeldBack == 0)
        {
            return false;
        }

        if (!ReferenceEquals(cork._latest, outbox))
        {
            cork._latest = outbox;
            if (!cork._held.Contains(outbox))
            {
                cork._held.Add(outbox);
            }
        }

        return true;
    }

    /// <summary>Ends it, and sends what was held back, unless it was begun several times.</summary>
    public void Dispose()
    {
        if (--_depth == 0)
        {
            Flush();
        }
    }

    /// <summary>Sends what was held back so far.</summary>
    internal void Flush()
    {
        _count = 0;
        _latest = null;
        foreach (var outbox in _held)
        {
            outbox.Flush();
        }

        _held.Clear();
    }
}
