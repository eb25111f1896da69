namespace Larder.Coherence;

/// <summary>A round with somebody waiting for its result, who may leave.</summary>
internal abstract class Round<T> : Round
{
    private readonly TaskCompletionSource<T> _completion;
    private CancellationTokenRegistration _cancellation;
    private CancellationToken _token;
    private int _isOver;

    protected Round(Line line, long epoch)
        : base(line, epoch) => _completion = line.Scheduler.CreateCompletion<T>();

    /// <summary>True when nobody waits any more.</summary>
    protected bool IsOver => Volatile.Read(ref _isOver) != 0;

    /// <summary>The result. Cancelling ends the waiting alone: what was sent was sent.</summary>
    internal Task<T> ResultAsync(CancellationToken cancellationToken)
    {
        if (cancellationToken.CanBeCanceled && !IsOver)
        {
            _token = cancellationToken;
            _cancellation = cancellationToken.UnsafeRegister(static round => ((Round<T>)round!).Cancel(), this);
            if (IsOver)
            {
                _cancellation.Unregister();
            }
        }

        return _completion.Task;
    }

    /// <summary>Gives the result to whoever waits. False when nobody does: the result is the caller's to give back.</summary>
    protected bool TryEnd(T result)
    {
        if (Interlocked.Exchange(ref _isOver, 1) != 0)
        {
            return false;
        }

        _cancellation.Unregister();
        Line.Scheduler.Complete(_completion, result);
        return true;
    }

    private void Cancel()
    {
        if (Interlocked.Exchange(ref _isOver, 1) == 0)
        {
            _completion.TrySetCanceled(_token);
        }
    }
}
