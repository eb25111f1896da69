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

        // A link that resumes callers does so where they may run.
        var completion = Line.ResumesCallers ? new TaskCompletionSource<T>() : Line.Scheduler.CreateCompletion<T>();
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

        return new ValueTask<T>(completion.Task);
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
            Line.Scheduler.Complete(TakeCompletion(), TakeResult());
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
        if (Volatile.Read(ref _state) == Resumable && Interlocked.Exchange(ref _completion, HasResult) is TaskCompletionSource<T> completion)
        {
            completion.TrySetResult(TakeResult());
        }
    }

    private protected override void Losing() => _isLost = true;

    private TaskCompletionSource<T> TakeCompletion() => (TaskCompletionSource<T>)Interlocked.Exchange(ref _completion, HasResult)!;

    private T TakeResult()
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

        var completion = (TaskCompletionSource<T>)_completion!;
        if (Line.ResumesCallers)
        {
            // Who cancels must not be held up by whoever waits.
            Line.Scheduler.Queue(new Cancellation(completion, token));
        }
        else
        {
            completion.TrySetCanceled(token);
        }
    }

    private sealed class Cancellation(TaskCompletionSource<T> completion, CancellationToken token) : IThreadPoolWorkItem
    {
        public void Execute() => completion.TrySetCanceled(token);
    }
}
