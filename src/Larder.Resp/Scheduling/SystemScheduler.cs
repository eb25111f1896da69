namespace Larder.Resp.Scheduling;

/// <summary>The real thing: the thread pool, and the timers of a <see cref="TimeProvider"/>.</summary>
internal sealed class SystemScheduler(TimeProvider timeProvider) : Scheduler(timeProvider)
{
    private const int BriefSpins = 150;

    internal override void Queue(IThreadPoolWorkItem work) => ThreadPool.UnsafeQueueUserWorkItem(work, preferLocal: false);

    internal override void Start(Func<Task> work) =>
        ThreadPool.UnsafeQueueUserWorkItem(static work => _ = RunAsync(work), work, preferLocal: false);

    internal override TaskCompletionSource<T> CreateCompletion<T>() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    internal override ITimer StartTicking(TimerCallback callback, object state, TimeSpan interval)
    {
        if (ExecutionContext.IsFlowSuppressed())
        {
            return Clock.TimeProvider.CreateTimer(callback, state, interval, interval);
        }

        // The timer outlives the caller: it must not keep the caller's execution context alive.
        using (ExecutionContext.SuppressFlow())
        {
            return Clock.TimeProvider.CreateTimer(callback, state, interval, interval);
        }
    }

    internal override Task DelayAsync(TimeSpan time, CancellationToken cancellationToken) =>
        Task.Delay(time, Clock.TimeProvider, cancellationToken);

    internal override CancellationTokenSource CancelAfter(TimeSpan time, CancellationToken cancellationToken)
    {
        var timed = new CancellationTokenSource(time, Clock.TimeProvider);
        if (!cancellationToken.CanBeCanceled)
        {
            return timed;
        }

        return new LinkedSource(timed, cancellationToken);
    }

    internal override void SpinBriefly() => Thread.SpinWait(BriefSpins);

    internal override PoolState ReadPool()
    {
        ThreadPool.GetMaxThreads(out var most, out _);
        ThreadPool.GetAvailableThreads(out var free, out _);
        return new PoolState(ThreadPool.ThreadCount, most - free, ThreadPool.PendingWorkItemCount);
    }

    private sealed class LinkedSource : CancellationTokenSource
    {
        private readonly CancellationTokenSource _timed;
        private readonly CancellationTokenRegistration _time;
        private readonly CancellationTokenRegistration _other;

        internal LinkedSource(CancellationTokenSource timed, CancellationToken other)
        {
            _timed = timed;
            _time = timed.Token.UnsafeRegister(static self => ((LinkedSource)self!).Cancel(), this);
            _other = other.UnsafeRegister(static self => ((LinkedSource)self!).Cancel(), this);
        }

        protected override void Dispose(bool disposing)
        {
            if (disposing)
            {
                _time.Dispose();
                _other.Dispose();
                _timed.Dispose();
            }

            base.Dispose(disposing);
        }
    }

    // What is thrown before the first await belongs to the task too: on a thread of the pool it would end the process.
    private static async Task RunAsync(Func<Task> work) => await work().ConfigureAwait(false);
}
