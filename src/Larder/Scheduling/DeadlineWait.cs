namespace Larder.Scheduling;

/// <summary>One wait of <see cref="Deadlines"/>, and the source of the token that tells the call that nobody waits any more.</summary>
internal abstract class DeadlineWait : CancellationTokenSource, IThreadPoolWorkItem
{
    /// <summary>When its time is up. This and what follows is guarded by the lock of <see cref="Deadlines"/>.</summary>
    internal long Due { get; set; }

    internal DeadlineWait? Before { get; set; }

    internal DeadlineWait? After { get; set; }

    internal bool IsListed { get; set; }

    /// <summary>The time is up. Runs on the thread pool.</summary>
    public abstract void Execute();
}
