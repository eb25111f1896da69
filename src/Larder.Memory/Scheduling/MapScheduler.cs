namespace Larder.Memory;

/// <summary>
/// Where a map sends the work that a caller should not have to wait for: what is left of a maintenance run after its
/// quota. A map works without it too, only later: every writer helps.
/// </summary>
/// <remarks>Work may be run late, twice at a time, or never; it must not be run inside <see cref="Schedule"/> by a scheduler that holds locks.</remarks>
public abstract class MapScheduler
{
    /// <summary>Runs work on the thread pool. The default.</summary>
    public static MapScheduler Pool { get; } = new PoolScheduler();

    /// <summary>Runs work at once on the calling thread: nothing happens in the background, for tests and simulations.</summary>
    public static MapScheduler Inline { get; } = new InlineScheduler();

    /// <summary>Runs the work, soon, preferably elsewhere. Called outside of all locks.</summary>
    /// <param name="work">What to run; it does not throw.</param>
    public abstract void Schedule(Action work);

    private sealed class PoolScheduler : MapScheduler
    {
        public override void Schedule(Action work) =>
            ThreadPool.UnsafeQueueUserWorkItem(static action => action(), work, preferLocal: false);
    }

    private sealed class InlineScheduler : MapScheduler
    {
        public override void Schedule(Action work)
        {
            ArgumentNullException.ThrowIfNull(work);
            work();
        }
    }
}
