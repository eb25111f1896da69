namespace Larder.Resp.Scheduling;

/// <summary>
/// The one seam through which the client waits or leaves its thread: clock, timers, hops to the thread pool, and
/// chance. A simulation replaces it.
/// </summary>
internal abstract class Scheduler
{
    private protected Scheduler(TimeProvider timeProvider) => Clock = new Clock(timeProvider);

    internal Clock Clock { get; }

    /// <summary>Where jitter is drawn from.</summary>
    internal virtual Random Random => Random.Shared;

    /// <summary>Runs the work elsewhere, soon, in an empty execution context.</summary>
    internal abstract void Queue(IThreadPoolWorkItem work);

    /// <summary>Runs an asynchronous work elsewhere, soon; it observes its own failures.</summary>
    internal abstract void Start(Func<Task> work);

    /// <summary>A completion whose waiters do not run on the thread that completes it.</summary>
    internal abstract TaskCompletionSource<T> CreateCompletion<T>();

    /// <summary>Calls back again and again until disposed; without the caller's execution context.</summary>
    internal abstract ITimer StartTicking(TimerCallback callback, object state, TimeSpan interval);

    /// <summary>Waits.</summary>
    internal abstract Task DelayAsync(TimeSpan time, CancellationToken cancellationToken);

    /// <summary>A source that cancels itself after a time, and when the other token does.</summary>
    internal abstract CancellationTokenSource CancelAfter(TimeSpan time, CancellationToken cancellationToken);

    /// <summary>Lets some microseconds pass without giving up the thread.</summary>
    internal abstract void SpinBriefly();

    /// <summary>How the thread pool stands.</summary>
    internal abstract PoolState ReadPool();
}
