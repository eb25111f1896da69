namespace Larder.Scheduling;

/// <summary>
/// Waits of one length for what others complete, many at once: one list in the order in which they end, and one timer for the first of it. A wait that ends well costs two short locks and no timer.
/// </summary>
/// <remarks>A wait ends in one of two ways, and never in both: whoever has the answer removes it, or it runs on the thread pool when its time is up.</remarks>
internal sealed class Deadlines(Scheduler scheduler, long milliseconds)
{
    private readonly object _listing = new();
    private DeadlineWait? _first;
    private DeadlineWait? _last;
    private ITimer? _timer;

    /// <summary>Begins a wait.</summary>
    internal void Add(DeadlineWait wait)
    {
        lock (_listing)
        {
            wait.Due = scheduler.Clock.Now + milliseconds;
            wait.Before = _last;
            if (_last is null)
            {
                _first = wait;
            }
            else
            {
                _last.After = wait;
            }

            _last = wait;
            wait.IsListed = true;

            // One that is there already fires no later than this.
            _timer ??= Start(milliseconds);
        }
    }

    /// <summary>Ends a wait; false when its time was up before.</summary>
    internal bool TryRemove(DeadlineWait wait)
    {
        lock (_listing)
        {
            if (!wait.IsListed)
            {
                return false;
            }

            Unlink(wait);
            return true;
        }
    }

    private void TimeHasCome()
    {
        DeadlineWait? ended = null;
        lock (_listing)
        {
            _timer?.Dispose();
            _timer = null;
            var now = scheduler.Clock.Now;
            while (_first is { } first && first.Due <= now)
            {
                Unlink(first);
                first.After = ended;
                ended = first;
            }

            if (_first is { } next)
            {
                _timer = Start(next.Due - now);
            }
        }

        while (ended is { } wait)
        {
            ended = wait.After;
            wait.After = null;
            scheduler.Queue(wait);
        }
    }

    private ITimer Start(long left) => scheduler.StartTimer(static self => ((Deadlines)self!).TimeHasCome(), this, left);

    private void Unlink(DeadlineWait wait)
    {
        if (wait.Before is { } before)
        {
            before.After = wait.After;
        }
        else
        {
            _first = wait.After;
        }

        if (wait.After is { } after)
        {
            after.Before = wait.Before;
        }
        else
        {
            _last = wait.Before;
        }

        (wait.Before, wait.After, wait.IsListed) = (null, null, false);
    }
}
