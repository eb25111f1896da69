namespace Larder.Coherence;

/// <summary>A round with somebody waiting for its result, who may leave. An answer that comes while it is being sent costs no task: nobody waits yet.</summary>
internal abstract class Round<T>(Line line, long epoch) : Round(line, epoch)
{
    // In the place of a completion once the result is there.
    private static readonly object HasResult = new();

    private object? _completion;
    private CancellationTokenRegistration _cancellation;
    private T? _result;
    private int _isOver;

    /// <summary>True when nobody waits any more.</summary>
    protected bool IsOver => Volatile.Read(ref _isOver) != 0;

    /// <summary>The result, to be asked for once, after the sending. Cancelling ends the waiting alone: what was sent was sent.</summary>
    internal ValueTask<T> ResultAsync(CancellationToken cancellationToken)
    {
        if (ReferenceEquals(Volatile.Read(ref _completion), HasResult))
        {
            return new ValueTask<T>(TakeResult());
        }

        var completion = Line.Scheduler.CreateCompletion<T>();
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
        if (Interlocked.Exchange(ref _isOver, 1) != 0)
        {
            return false;
        }

        _result = result;
        if (Interlocked.Exchange(ref _completion, HasResult) is TaskCompletionSource<T> completion)
        {
            _cancellation.Unregister();
            Line.Scheduler.Complete(completion, TakeResult());
        }

        return true;
    }

    private T TakeResult()
    {
        var result = _result!;
        _result = default;
        return result;
    }

    private void Cancel(CancellationToken token)
    {
        if (Interlocked.Exchange(ref _isOver, 1) == 0)
        {
            ((TaskCompletionSource<T>)_completion!).TrySetCanceled(token);
        }
    }
}
