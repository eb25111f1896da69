namespace Larder.Scheduling;

/// <summary>Lets one after the other in, in the order in which they came, without holding a thread.</summary>
internal sealed class AsyncTurn
{
    private readonly object _gate = new();
    private readonly Queue<TaskCompletionSource<bool>> _waiting = new();
    private bool _isTaken;

    /// <summary>Ends when it is the caller's turn, who then calls <see cref="Leave"/> once.</summary>
    internal ValueTask EnterAsync(Scheduler scheduler)
    {
        lock (_gate)
        {
            if (!_isTaken)
            {
                _isTaken = true;
                return ValueTask.CompletedTask;
            }

            var turn = scheduler.CreateCompletion<bool>();
            _waiting.Enqueue(turn);
            return new ValueTask(turn.Task);
        }
    }

    /// <summary>True when somebody is in, or waits.</summary>
    internal bool IsTaken
    {
        get
        {
            lock (_gate)
            {
                return _isTaken;
            }
        }
    }

    internal void Leave()
    {
        TaskCompletionSource<bool>? next;
        lock (_gate)
        {
            if (!_waiting.TryDequeue(out next))
            {
                _isTaken = false;
                return;
            }
        }

        next.TrySetResult(true);
    }
}
