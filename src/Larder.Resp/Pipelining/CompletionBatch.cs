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
    private PendingQueue _queue;
    private int _runners;
    private long _progress;
    private long _progressSeen = -1;

    internal int Count { get; private set; }

    /// <summary>Adds one; for the thread that fills it, before it runs.</summary>
    internal void Add(Pending pending)
    {
        _queue.Add(pending);
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
        var progress = Volatile.Read(ref _progress);
        var isStuck = progress == _progressSeen && HasMore();
        _progressSeen = progress;
        return isStuck;
    }

    private void RunAll()
    {
        var cork = Cork.Begin();
        try
        {
            var last = _owner.Clock.Now;
            while (Take() is { } pending)
            {
                pending.Publish();
                var now = _owner.Clock.Now;
                if (now != last)
                {
                    last = now;
                    cork.Flush();
                    if (HasMore())
                    {
                        _owner.Scheduler.Queue(this);
                    }
                }
            }
        }
        finally
        {
            cork.End();
        }
    }

    private Pending? Take()
    {
        lock (_owner)
        {
            _progress++;
            return _queue.Take();
        }
    }

    private bool HasMore()
    {
        lock (_owner)
        {
            return _queue.Count > 0;
        }
    }
}
