using Larder.Scheduling;
using Larder.Testing;

namespace Larder.Tests.Scheduling;

/// <summary>Many waits of one length, with one timer.</summary>
public sealed class DeadlinesTests
{
    private const long Limit = 1_000;

    private readonly FakeClock _clock = new();
    private readonly Deadlines _deadlines;

    public DeadlinesTests() => _deadlines = new Deadlines(new SystemScheduler(_clock), Limit);

    [Fact]
    public async Task Ends_InTime_IsTrueAndTheWaitServesAgain()
    {
        var task = new TaskCompletionSource();
        var wait = _deadlines.Rent();
        var ending = wait.EndsAsync(task.Task);
        Assert.False(ending.IsCompleted);

        task.SetResult();

        Assert.True(ending.IsCompletedSuccessfully);
        Assert.True(await ending);
        _deadlines.Return(wait);
        Assert.Same(wait, _deadlines.Rent());
    }

    [Fact]
    public async Task Ends_AfterAFailure_IsTrue()
    {
        var task = new TaskCompletionSource();
        var ending = _deadlines.Rent().EndsAsync(task.Task);

        task.SetException(new InvalidOperationException());

        Assert.True(await ending);
        Assert.NotNull(task.Task.Exception);
    }

    [Fact]
    public async Task Ends_NotInTime_IsFalseAtItsOwnMoment()
    {
        var never = new TaskCompletionSource();
        var first = _deadlines.Rent().EndsAsync(never.Task).AsTask();
        _clock.Advance(TimeSpan.FromMilliseconds(400));
        var second = _deadlines.Rent().EndsAsync(never.Task).AsTask();

        _clock.Advance(TimeSpan.FromMilliseconds(599));
        Assert.False(first.IsCompleted);
        _clock.Advance(TimeSpan.FromMilliseconds(1));
        Assert.False(await first.WaitAsync(TimeSpan.FromSeconds(20)));
        _clock.Advance(TimeSpan.FromMilliseconds(399));
        Assert.False(second.IsCompleted);
        _clock.Advance(TimeSpan.FromMilliseconds(1));
        Assert.False(await second.WaitAsync(TimeSpan.FromSeconds(20)));
    }

    [Fact]
    public async Task Ends_BehindOneThatEndedEarly_IsFalseAtItsOwnMoment()
    {
        var early = new TaskCompletionSource();
        var never = new TaskCompletionSource();
        var first = _deadlines.Rent().EndsAsync(early.Task);
        _clock.Advance(TimeSpan.FromMilliseconds(500));
        var second = _deadlines.Rent().EndsAsync(never.Task).AsTask();
        early.SetResult();
        Assert.True(await first);

        _clock.Advance(TimeSpan.FromMilliseconds(999));
        Assert.False(second.IsCompleted);
        _clock.Advance(TimeSpan.FromMilliseconds(1));
        Assert.False(await second.WaitAsync(TimeSpan.FromSeconds(20)));
    }

    [Fact]
    public async Task Return_OfOneThatWasCancelled_IsForgotten()
    {
        var wait = _deadlines.Rent();
        await wait.CancelAsync();
        _deadlines.Return(wait);

        Assert.NotSame(wait, _deadlines.Rent());
    }

    [Fact]
    public async Task Ends_OfATaskThatEndsAsTheWaitBegins_IsTrueAtOnce()
    {
        var task = new TaskCompletionSource();
        var deadlines = new Deadlines(new SystemScheduler(new ReadClock(_clock, task.SetResult)), Limit);

        var ending = deadlines.Rent().EndsAsync(task.Task);

        Assert.True(task.Task.IsCompleted);
        Assert.True(ending.IsCompletedSuccessfully);
        Assert.True(await ending);
    }

    [Fact]
    public async Task Ends_WhileTheTimeIsUp_EndsOnceEitherWay()
    {
        for (var round = 0; round < 500; round++)
        {
            var clock = new FakeClock();
            var deadlines = new Deadlines(new SystemScheduler(clock), Limit);
            var tasks = Enumerable.Range(0, 8).Select(static _ => new TaskCompletionSource()).ToArray();
            var waits = tasks.Select(task => deadlines.Rent().EndsAsync(task.Task).AsTask()).ToArray();
            using var start = new Barrier(2);

            var ending = Task.Run(() =>
            {
                start.SignalAndWait();
                foreach (var task in tasks)
                {
                    task.SetResult();
                }
            });
            start.SignalAndWait();
            clock.Advance(TimeSpan.FromMilliseconds(Limit));

            await ending;
            await Task.WhenAll(waits).WaitAsync(TimeSpan.FromSeconds(20));
        }
    }

    /// <summary>Something happens when the time is read.</summary>
    private sealed class ReadClock(FakeClock inner, Action onRead) : TimeProvider
    {
        public override long TimestampFrequency => inner.TimestampFrequency;

        public override long GetTimestamp()
        {
            onRead();
            return inner.GetTimestamp();
        }

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) => inner.CreateTimer(callback, state, dueTime, period);
    }
}
