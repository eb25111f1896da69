using System.Threading.Tasks.Sources;

namespace Larder.Scheduling;

/// <summary>One wait of <see cref="Deadlines"/>, and the source of the token that tells the call that nobody waits any more. Used again after a call that ended in time; one whose time was up is not, because its call still knows it.</summary>
internal sealed class DeadlineWait : CancellationTokenSource, IValueTaskSource<bool>, IThreadPoolWorkItem
{
    private readonly Deadlines _deadlines;
    private readonly Action _onEnded;
    private ManualResetValueTaskSourceCore<bool> _core;

    internal DeadlineWait(Deadlines deadlines)
    {
        _deadlines = deadlines;
        _onEnded = OnEnded;
    }

    /// <summary>When its time is up. This and what follows is guarded by the lock of <see cref="Deadlines"/>.</summary>
    internal long Due { get; set; }

    internal DeadlineWait? Before { get; set; }

    internal DeadlineWait? After { get; set; }

    internal bool IsListed { get; set; }

    /// <summary>True when the task has ended, false when the time was up. Awaited at once, and once.</summary>
    internal ValueTask<bool> EndsAsync(Task task)
    {
        if (task.IsCompleted)
        {
            return new ValueTask<bool>(true);
        }

        _core.Reset();
        _deadlines.Add(this);

        // A task that has ended meanwhile takes no continuation: it would send this one to the thread pool, which nobody needs, and which a simulated world can not follow.
        if (task.IsCompleted && _deadlines.TryRemove(this))
        {
            return new ValueTask<bool>(true);
        }

        task.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing).GetAwaiter().UnsafeOnCompleted(_onEnded);
        return new ValueTask<bool>(this, _core.Version);
    }

    /// <summary>The time is up.</summary>
    public void Execute() => _core.SetResult(false);

    bool IValueTaskSource<bool>.GetResult(short token) => _core.GetResult(token);

    ValueTaskSourceStatus IValueTaskSource<bool>.GetStatus(short token) => _core.GetStatus(token);

    void IValueTaskSource<bool>.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _core.OnCompleted(continuation, state, token, flags);

    private void OnEnded()
    {
        if (_deadlines.TryRemove(this))
        {
            _core.SetResult(true);
        }
    }
}
