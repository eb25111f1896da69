namespace Larder.Coherence;

/// <summary>A round with somebody waiting for its result, who may leave. An answer that comes while it is being sent costs no task: nobody waits yet.</summary>
internal abstract class Round<T>(Line line, long epoch) : Round(line, epoch), IThreadPoolWorkItem
{
    private const int Running = 0;
    private const int Over = 1;

    // There is a result, and the link is to say when the waiter may go on.
    private const int Resumable = 2;

    // In the place of a completion once the result is there.
    private static readonly object HasResult = new();

    // What is awaited, if anybody waits: a RoundWaiter where the link resumes callers, which it does where they may run; otherwise a task that hops.
    private object? _completion;
    private CancellationTokenRegistration _cancellation;
    private T? _result;
    private int _state;
    private bool _isLost;

    /// <summary>True when nobody waits any more.</summary>
    protected bool IsOver => Volatile.Read(ref _state) != Running;

    /// <summary>The result, to be asked for once, after the sending. Cancelling ends the waiting alone: what was sent was sent.</summary>
    internal ValueTask<T> ResultAsync(CancellationToken cancellationToken)
    {
        if (ReferenceEquals(Volatile.Read(ref _completion), HasResult))
        {
            return new ValueTask<T>(TakeResult());
        }

        var completion = Line.ResumesCallers ? RoundWaiter<T>.Of(this) : (object)Line.Scheduler.CreateCompletion<T>();
        if (Interlocked.CompareExchange(ref _completion, completion, null) is not null)
        {
            return new ValueTask<T>(TakeResult());
        }

        if (cancellationToken.CanBeCanceled && !IsOver)
        {
            _cancellation = cancellationToken.UnsafeRegister(static (round, token) => ((Round<T>)round!).Cancel(token), this);
            if (IsOver)
            {
                _cancellation.Unregister();
            }
        }

        return completion is RoundWaiter<T> waiter ? waiter.Result : new ValueTask<T>(((TaskCompletionSource<T>)completion).Task);
    }

    /// <summary>Gives the result to whoever waits. False when nobody does: the result is the caller's to give back.</summary>
    protected bool TryEnd(T result)
    {
        if (Interlocked.CompareExchange(ref _state, Over, Running) != Running)
        {
            return false;
        }

        _result = result;
        if (Interlocked.CompareExchange(ref _completion, HasResult, null) is null)
        {
            return true;
        }

        _cancellation.Unregister();
        Volatile.Write(ref _state, Resumable);
        if (!Line.ResumesCallers)
        {
            Line.Scheduler.Complete((TaskCompletionSource<T>)Interlocked.Exchange(ref _completion, HasResult)!, TakeResult());
        }
        else if (_isLost)
        {
            // Perhaps nobody will say that the waiter may go on.
            Line.Scheduler.Queue(this);
        }

        return true;
    }

    /// <inheritdoc/>
    public override void Resume(int index) => Execute();

    /// <summary>Lets the waiter go on, on this thread, once there is a result.</summary>
    public void Execute()
    {
        if (Volatile.Read(ref _state) == Resumable && Interlocked.Exchange(ref _completion, HasResult) is RoundWaiter<T> waiter)
        {
            waiter.End();
        }
    }

    private protected override void Losing() => _isLost = true;

    /// <summary>The result, once.</summary>
    internal T TakeResult()
    {
        var result = _result!;
        _result = default;
        return result;
    }

    private void Cancel(CancellationToken token)
    {
        if (Interlocked.CompareExchange(ref _state, Over, Running) != Running)
        {
            return;
        }

        if (_completion is TaskCompletionSource<T> completion)
        {
            completion.TrySetCanceled(token);
        }
        else
        {
            // Who cancels must not be held up by whoever waits.
            Line.Scheduler.Queue(new Cancellation((RoundWaiter<T>)_completion!, token));
        }
    }

    private sealed class Cancellation(RoundWaiter<T> waiter, CancellationToken token) : IThreadPoolWorkItem
    {
        public void Execute() => waiter.Cancel(token);
    }
}
