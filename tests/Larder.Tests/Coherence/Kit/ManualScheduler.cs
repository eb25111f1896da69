using System.Buffers.Binary;
using Larder.Scheduling;

namespace Larder.Tests.Coherence.Kit;

/// <summary>
/// Runs nothing by itself: queued work and the waiters of what is completed go on when the test says so, timers when it moves the clock. Tokens are counted, so that a run is the same every time.
/// </summary>
internal sealed class ManualScheduler(FakeClock clock, int node) : Scheduler(clock)
{
    private readonly Queue<Action> _queued = new();
    private long _tokens;

    internal override Action<Span<byte>> FillRandom => bytes =>
    {
        BinaryPrimitives.WriteInt64BigEndian(bytes, node);
        BinaryPrimitives.WriteInt64BigEndian(bytes[sizeof(long)..], ++_tokens);
    };

    internal override void Queue(IThreadPoolWorkItem work) => _queued.Enqueue(work.Execute);

    internal override TaskCompletionSource<T> CreateCompletion<T>() => new();

    internal override void Complete<T>(TaskCompletionSource<T> completion, T result) => _queued.Enqueue(() => completion.TrySetResult(result));

    internal override ITimer StartTimer(TimerCallback callback, object state, long milliseconds) =>
        clock.CreateTimer(callback, state, TimeSpan.FromMilliseconds(Math.Max(0, milliseconds)), Timeout.InfiniteTimeSpan);

    /// <summary>Runs what is queued, and what that queues. True when there was anything.</summary>
    internal bool RunQueued()
    {
        var any = false;
        for (var i = 0; _queued.TryDequeue(out var work); i++)
        {
            Assert.True(i < 10_000, "The work goes in circles.");
            work();
            any = true;
        }

        return any;
    }
}
