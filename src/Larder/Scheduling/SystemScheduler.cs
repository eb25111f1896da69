namespace Larder.Scheduling;

/// <summary>The real thing: the thread pool, and the timers of a <see cref="TimeProvider"/>.</summary>
internal sealed class SystemScheduler(TimeProvider timeProvider) : Scheduler(timeProvider)
{
    internal override void Queue(IThreadPoolWorkItem work) => ThreadPool.UnsafeQueueUserWorkItem(work, preferLocal: false);

    internal override TaskCompletionSource<T> CreateCompletion<T>() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    internal override ITimer StartTimer(TimerCallback callback, object state, long milliseconds)
    {
        var due = TimeSpan.FromMilliseconds(Math.Clamp(milliseconds, 0, LongestTimer));
        if (ExecutionContext.IsFlowSuppressed())
        {
            return Clock.TimeProvider.CreateTimer(callback, state, due, Timeout.InfiniteTimeSpan);
        }

        // The timer outlives the caller: it must not keep the caller's execution context alive.
        using (ExecutionContext.SuppressFlow())
        {
            return Clock.TimeProvider.CreateTimer(callback, state, due, Timeout.InfiniteTimeSpan);
        }
    }
}
