namespace Larder.Resp.Pipelining;

/// <summary>
/// Commands that have ended and whose callers are to be told: one hop to the thread pool for all of them, because a hop for
/// each costs more than everything else that a small command does.
/// </summary>
/// <remarks>
/// The callers run one after another, which must not make one of them wait for another: a thread that notices that time
/// has passed asks for a second thread, which takes from the same batch and does likewise; and where a caller blocks
/// (so that nobody notices anything), the tick of the connection asks for one. What the callers send
/// meanwhile is held back until the batch is through, and then goes out in one piece.
/// </remarks>
internal sealed class CompletionBatch(Completions owner) : IThreadPoolWorkItem
{
    private readonly Completions _owner = owner;
    private const int ToldBetweenLooks = 4;
    private Pending? _first;
    private Pending? _last;
    private Pending? _firstSeen;
    private int _runners;

    internal int Count { get; private set; }

    /// <summary>Adds one; for the thread that fills it, before it runs.</summary>
    internal void Add(Pending pending)
    {
        pending.Next = null;
        if (_last is null)
        {
            _first = pending;
        }
        else
        {
            _last.Next = pending;
        }

        _last = pending;
        Count++;
    }

    /// <inheritdoc/>
    public void Execute()
    {
        Interlocked.Increment(ref _runners);
        if (Count == 1)
        {
            // Nobody waits behind it, so what it sends goes out at once.
            Take()?.Publish();
        }
        else
        {
            RunAll();
        }

        if (Interlocked.Decrement(ref _runners) == 0)
        {
            _owner.Ended(this);
        }
    }

    /// <summary>True when nothing has moved since the last question although something is left.</summary>
    internal bool IsStuck()
    {
        var first = Volatile.Read(ref _first);
        var isStuck = first is not null && ReferenceEquals(first, _firstSeen);
        _firstSeen = first;
        return isStuck;
    }

    private void RunAll()
    {
        using var cork = Cork.Begin();
        var last = _owner.Clock.Now;
        for (var told = 1; Take() is { } pending; told++)
        {
            pending.Publish();
            if (told % ToldBetweenLooks != 0)
            {
                continue;
            }

            var now = _owner.Clock.Now;
            if (now != last)
            {
                last = now;
                cork.Flush();
                if (Volatile.Read(ref _first) is not null)
                {
                    _owner.Scheduler.Queue(this);
                }
            }
        }
    }

    // Nothing comes back into a batch, so the first one is the same one only if nobody has taken it meanwhile.
    internal Pending? Take()
    {
        while (Volatile.Read(ref _first) is { } first)
        {
            var next = first.Next;
            if (Interlocked.CompareExchange(ref _first, next, first) == first)
            {
                first.Next = null;
                return first;
            }
        }

        return null;
    }
}
