using Larder.Scheduling;
using Larder.Tests.Support;

namespace Larder.Tests.Model;

/// <summary>A scheduler that does nothing by itself: queued work waits until the test runs it, timers until it moves the clock.</summary>
internal sealed class StepScheduler(FakeClock clock, int seed) : Scheduler(clock)
{
    private readonly List<IThreadPoolWorkItem> _queued = [];

    internal int QueuedCount => _queued.Count;

    internal override Random Random { get; } = new(seed);

    internal override void Queue(IThreadPoolWorkItem work) => _queued.Add(work);

    internal override TaskCompletionSource<T> CreateCompletion<T>() => new();

    internal override ITimer StartTimer(TimerCallback callback, object state, long milliseconds) =>
        clock.CreateTimer(callback, state, TimeSpan.FromMilliseconds(Math.Max(0, milliseconds)), Timeout.InfiniteTimeSpan);

    /// <summary>Runs one piece of the queued work, whichever the number picks.</summary>
    internal void RunOne(int pick)
    {
        if (_queued.Count > 0)
        {
            var work = _queued[pick % _queued.Count];
            _queued.Remove(work);
            work.Execute();
        }
    }
}
