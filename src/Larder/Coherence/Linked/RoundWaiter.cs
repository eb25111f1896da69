using System.Threading.Tasks.Sources;
using Larder.Scheduling;

namespace Larder.Coherence;

/// <summary>What somebody awaits who waits for a round on a link that resumes callers. Goes on where it is told of the end, and is used again afterwards.</summary>
internal sealed class RoundWaiter<T> : IValueTaskSource<T>
{
    // The result stays with the round until it is taken.
    private ManualResetValueTaskSourceCore<bool> _end;
    private Round<T>? _round;

    private RoundWaiter()
    {
    }

    internal static RoundWaiter<T> Of(Round<T> round)
    {
        var waiter = Idle<RoundWaiter<T>>.Take() ?? new RoundWaiter<T>();
        waiter._round = round;
        return waiter;
    }

    /// <summary>To be awaited once.</summary>
    internal ValueTask<T> Result => new(this, _end.Version);

    /// <summary>The round has its result. Either this or <see cref="Cancel"/> is called, once.</summary>
    internal void End() => _end.SetResult(true);

    internal void Cancel(CancellationToken token) => _end.SetException(new OperationCanceledException(token));

    T IValueTaskSource<T>.GetResult(short token)
    {
        if (_end.GetStatus(token) == ValueTaskSourceStatus.Pending)
        {
            throw new InvalidOperationException("The result is not there yet; await it.");
        }

        var round = _round!;
        try
        {
            _end.GetResult(token);
            return round.TakeResult();
        }
        finally
        {
            _round = null;
            _end.Reset();
            Idle<RoundWaiter<T>>.Give(this);
        }
    }

    ValueTaskSourceStatus IValueTaskSource<T>.GetStatus(short token) => _end.GetStatus(token);

    void IValueTaskSource<T>.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _end.OnCompleted(continuation, state, token, flags);
}
