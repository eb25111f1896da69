using Larder.Resp.Scheduling;

namespace Larder.Resp.Pipelining;

/// <summary>Gathers the commands of a connection that have ended, and sees to it that their callers are told in batches.</summary>
internal sealed class Completions(Scheduler scheduler)
{
    // Callers that compute spread over more threads than this only through the batches' own requests.
    private const int MostInOneBatch = 128;
    private readonly List<CompletionBatch> _running = [];
    private CompletionBatch? _filling;

    internal Scheduler Scheduler { get; } = scheduler;

    /// <summary>How many have been gathered.</summary>
    internal int FilledCount => _filling?.Count ?? 0;

    internal Clock Clock => Scheduler.Clock;

    /// <summary>Adds one that has ended. For one thread at a time.</summary>
    internal void Add(Pending pending)
    {
        _filling ??= new CompletionBatch(this);
        _filling.Add(pending);
        if (_filling.Count >= MostInOneBatch)
        {
            QueueFilled();
        }
    }

    /// <summary>What was gathered, to be run by the caller on its own thread; null when there is nothing.</summary>
    internal CompletionBatch? TakeFilled()
    {
        var filled = _filling;
        _filling = null;
        if (filled is { Count: > 1 })
        {
            lock (_running)
            {
                _running.Add(filled);
            }
        }

        return filled;
    }

    /// <summary>Sends what was gathered to the pool.</summary>
    internal void QueueFilled()
    {
        if (TakeFilled() is { } batch)
        {
            Scheduler.Queue(batch);
        }
    }

    /// <summary>
    /// Sends commands that ended without a reply to the pool, from any thread. One by one, because nobody would notice that a caller blocks whom others stand behind.
    /// </summary>
    internal static void QueueAll(IReadOnlyList<Pending> ended, Scheduler scheduler)
    {
        foreach (var pending in ended)
        {
            scheduler.Queue(pending);
        }
    }

    /// <summary>There will be no more ticks: what was gathered, and what waits in batches that run, goes to the pool one by one. For the thread that fills.</summary>
    internal void Scatter()
    {
        if (TakeFilled() is { Count: 1 } single)
        {
            Scheduler.Queue(single);
        }

        lock (_running)
        {
            foreach (var batch in _running)
            {
                while (batch.Take() is { } pending)
                {
                    Scheduler.Queue(pending);
                }
            }
        }
    }

    /// <summary>Looks for batches whose callers block, and gets them a further thread. True while any are running.</summary>
    internal bool Tick()
    {
        lock (_running)
        {
            foreach (var batch in _running)
            {
                if (batch.IsStuck())
                {
                    Scheduler.Queue(batch);
                }
            }

            return _running.Count > 0;
        }
    }

    internal void Ended(CompletionBatch batch)
    {
        if (batch.Count > 1)
        {
            lock (_running)
            {
                _running.Remove(batch);
            }
        }
    }
}
