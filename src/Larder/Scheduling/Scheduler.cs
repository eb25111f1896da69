using System.Security.Cryptography;

namespace Larder.Scheduling;

/// <summary>
/// The one seam through which the engine waits or leaves its thread: clock, timers, hops to the thread pool, and the
/// way in which waiting callers are resumed. A simulation replaces it to run several caches step by step.
/// </summary>
internal abstract class Scheduler
{
    private protected Scheduler(TimeProvider timeProvider) => Clock = new Clock(timeProvider);

    internal Clock Clock { get; }

    /// <summary>Where jitter is drawn from.</summary>
    internal virtual Random Random => Random.Shared;

    /// <summary>Where tokens and identities are drawn from: hard to guess, and never the same on a machine that was copied while it ran.</summary>
    internal virtual Action<Span<byte>> FillRandom { get; } = RandomNumberGenerator.Fill;

    /// <summary>Runs the work elsewhere, soon, in an empty execution context.</summary>
    internal abstract void Queue(IThreadPoolWorkItem work);

    /// <summary>A completion whose waiters do not run on the thread that completes it.</summary>
    internal abstract TaskCompletionSource<T> CreateCompletion<T>();

    /// <summary>
    /// Completes it, unless it is completed already. The real thing does so at once; a simulation may let other things happen before the waiters learn of it.
    /// </summary>
    internal virtual void Complete<T>(TaskCompletionSource<T> completion, T result) => completion.TrySetResult(result);

    /// <summary>Calls back once after the given milliseconds, unless disposed before; without the caller's execution context.</summary>
    internal abstract ITimer StartTimer(TimerCallback callback, object state, long milliseconds);

    /// <summary>
    /// Waits for the task, but no longer than the given milliseconds (null: without limit) and only until cancelled.
    /// True when the task has ended; the task itself goes on in any case, and what it threw is not thrown here.
    /// </summary>
    internal Task<bool> EndsAsync(Task task, long? milliseconds, CancellationToken cancellationToken) =>
        BoundedWait.ForAsync(this, task, milliseconds, cancellationToken);

    /// <summary>Waits for the answer until cancelled, and throws then; the work itself goes on, and how it fails after that interests nobody.</summary>
    internal ValueTask<T> AnswerAsync<T>(ValueTask<T> pending, CancellationToken cancellationToken) =>
        pending.IsCompleted || !cancellationToken.CanBeCanceled ? pending : AnswerAsync(pending.AsTask(), cancellationToken);

    private async ValueTask<T> AnswerAsync<T>(Task<T> pending, CancellationToken cancellationToken)
    {
        if (!await EndsAsync(pending, milliseconds: null, cancellationToken).ConfigureAwait(false))
        {
            _ = pending.ContinueWith(
                static left => left.Exception, CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted | TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
            cancellationToken.ThrowIfCancellationRequested();
        }

        return await pending.ConfigureAwait(false);
    }

    // The longest time that a timer of .NET takes, a good 49 days.
    private protected const long LongestTimer = uint.MaxValue - 1;
}
