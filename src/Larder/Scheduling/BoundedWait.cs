namespace Larder.Scheduling;

/// <summary>Waits for a task, but no longer than a time and only until cancelled. The task itself goes on.</summary>
internal sealed class BoundedWait
{
    private readonly TaskCompletionSource<bool> _ended;
    private CancellationTokenRegistration _cancellation;
    private ITimer? _timer;

    private BoundedWait(TaskCompletionSource<bool> ended) => _ended = ended;

    /// <summary>True when the task has ended, false when the time was up or the wait was cancelled. Never throws.</summary>
    internal static Task<bool> ForAsync(Scheduler scheduler, Task task, long? milliseconds, CancellationToken cancellationToken)
    {
        if (task.IsCompleted)
        {
            return Task.FromResult(true);
        }

        if (milliseconds <= 0 || cancellationToken.IsCancellationRequested)
        {
            return Task.FromResult(false);
        }

        var wait = new BoundedWait(scheduler.CreateCompletion<bool>());
        wait.Start(scheduler, task, milliseconds, cancellationToken);
        return wait._ended.Task;
    }

    private void Start(Scheduler scheduler, Task task, long? milliseconds, CancellationToken cancellationToken)
    {
        if (milliseconds is { } limit)
        {
            Volatile.Write(ref _timer, scheduler.StartTimer(static wait => ((BoundedWait)wait!).End(hasEnded: false), this, limit));
        }

        _cancellation = cancellationToken.UnsafeRegister(static wait => ((BoundedWait)wait!).End(hasEnded: false), this);
        _ = task.ContinueWith(
            static (_, wait) => ((BoundedWait)wait!).End(hasEnded: true),
            this,
            CancellationToken.None,
            TaskContinuationOptions.ExecuteSynchronously | TaskContinuationOptions.DenyChildAttach,
            TaskScheduler.Default);
        if (_ended.Task.IsCompleted)
        {
            CleanUp();
        }
    }

    private void End(bool hasEnded)
    {
        _ended.TrySetResult(hasEnded);
        CleanUp();
    }

    // Called by whoever ends the wait, and once more by the one who started it, so that neither misses what the other set.
    private void CleanUp()
    {
        Volatile.Read(ref _timer)?.Dispose();
        _cancellation.Unregister();
    }
}
