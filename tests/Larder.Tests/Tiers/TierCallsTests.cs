using Larder.Scheduling;
using Larder.Testing;
using Larder.Tiers;

namespace Larder.Tests.Tiers;

/// <summary>Calls of a tier that answers later, or not in time. All of them have one timer.</summary>
public sealed class TierCallsTests
{
    private const int Limit = 1_000;
    private const int Unavailable = -1;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly FakeClock _clock = new();
    private readonly List<Exception?> _failures = [];
    private readonly List<int> _late = [];
    private readonly List<CancellationToken> _tokens = [];
    private readonly TierCall<Task<int>, int> _call;
    private readonly TierCalls _calls;

    public TierCallsTests()
    {
        _calls = new TierCalls(new SystemScheduler(_clock), Limit, (failure, _) => _failures.Add(failure));
        _call = Call((task, token) =>
        {
            _tokens.Add(token);
            return new ValueTask<int>(task);
        });
    }

    [Fact]
    public async Task Call_AnsweredInTime_GivesTheAnswerAndItsWaitServesAgain()
    {
        for (var i = 0; i < 3; i++)
        {
            var answer = new TaskCompletionSource<int>();
            var calling = _calls.CallAsync(_call, answer.Task);
            Assert.False(calling.IsCompleted);

            answer.SetResult(i);

            Assert.True(calling.IsCompletedSuccessfully);
            Assert.Equal(i, await calling);
        }

        Assert.Single(_tokens.Distinct());
        Assert.Empty(_failures);
    }

    [Fact]
    public async Task Call_AnsweredAtOnce_GivesTheAnswerAndItsWaitServesAgain()
    {
        Assert.Equal(7, await _calls.CallAsync(_call, Task.FromResult(7)));
        Assert.Equal(8, await _calls.CallAsync(_call, Task.FromResult(8)));

        Assert.Single(_tokens.Distinct());
    }

    [Fact]
    public async Task Call_AnsweredAsTheWaitBegins_GivesTheAnswerAtOnce()
    {
        var answer = new TaskCompletionSource<int>();
        var calls = new TierCalls(new SystemScheduler(new ReadClock(_clock, () => _ = _tokens.Count > 0 && answer.TrySetResult(3))), Limit, (failure, _) => _failures.Add(failure));

        var calling = calls.CallAsync(_call, answer.Task);

        Assert.True(answer.Task.IsCompleted);
        Assert.True(calling.IsCompletedSuccessfully);
        Assert.Equal(3, await calling);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Call_ThatFails_IsUnavailableAndTheFailureIsTold(bool atOnce)
    {
        var answer = new TaskCompletionSource<int>();
        var failure = new InvalidOperationException();
        if (atOnce)
        {
            answer.SetException(failure);
        }

        var calling = _calls.CallAsync(_call, answer.Task);
        answer.TrySetException(failure);

        Assert.Equal(Unavailable, await calling);
        Assert.Same(failure, Assert.Single(_failures));
    }

    [Fact]
    public async Task Call_ThatThrows_IsUnavailableAndItsTokenServesNobodyElse()
    {
        var call = Call((_, token) =>
        {
            _tokens.Add(token);
            throw new InvalidOperationException();
        });

        Assert.Equal(Unavailable, await _calls.CallAsync(call, Task.FromResult(0)));
        await _calls.CallAsync(_call, Task.FromResult(0));

        Assert.IsType<InvalidOperationException>(Assert.Single(_failures));
        Assert.NotEqual(_tokens[0], _tokens[1]);
    }

    [Fact]
    public async Task Call_NotAnsweredInTime_IsUnavailableAtItsOwnMoment()
    {
        var never = new TaskCompletionSource<int>();
        var first = _calls.CallAsync(_call, never.Task).AsTask();
        _clock.Advance(TimeSpan.FromMilliseconds(400));
        var second = _calls.CallAsync(_call, never.Task).AsTask();

        _clock.Advance(TimeSpan.FromMilliseconds(599));
        Assert.False(first.IsCompleted);
        _clock.Advance(TimeSpan.FromMilliseconds(1));
        Assert.Equal(Unavailable, await first.WaitAsync(Patience));
        Assert.True(_tokens[0].IsCancellationRequested);
        _clock.Advance(TimeSpan.FromMilliseconds(399));
        Assert.False(second.IsCompleted);
        Assert.False(_tokens[1].IsCancellationRequested);
        _clock.Advance(TimeSpan.FromMilliseconds(1));
        Assert.Equal(Unavailable, await second.WaitAsync(Patience));
        Assert.All(_failures, failure => Assert.IsAssignableFrom<TimeoutException>(failure));
    }

    [Fact]
    public async Task Call_BehindOneThatWasAnsweredEarly_IsUnavailableAtItsOwnMoment()
    {
        var early = new TaskCompletionSource<int>();
        var never = new TaskCompletionSource<int>();
        var first = _calls.CallAsync(_call, early.Task);
        _clock.Advance(TimeSpan.FromMilliseconds(500));
        var second = _calls.CallAsync(_call, never.Task).AsTask();
        early.SetResult(1);
        Assert.Equal(1, await first);

        _clock.Advance(TimeSpan.FromMilliseconds(999));
        Assert.False(second.IsCompleted);
        _clock.Advance(TimeSpan.FromMilliseconds(1));
        Assert.Equal(Unavailable, await second.WaitAsync(Patience));
    }

    [Fact]
    public async Task Call_AnsweredAfterItsTime_GivesTheAnswerBackAndItsTokenServesNobodyElse()
    {
        var answer = new TaskCompletionSource<int>();
        var calling = _calls.CallAsync(_call, answer.Task).AsTask();
        _clock.Advance(TimeSpan.FromMilliseconds(Limit));
        Assert.Equal(Unavailable, await calling.WaitAsync(Patience));

        answer.SetResult(5);

        Assert.Equal([5], _late);
        await _calls.CallAsync(_call, Task.FromResult(0));
        Assert.NotEqual(_tokens[0], _tokens[1]);
    }

    [Fact]
    public async Task Call_WhoseTokenThrowsWhenItIsCancelled_IsUnavailableAllTheSame()
    {
        var never = new TaskCompletionSource<int>();
        var calling = _calls.CallAsync(_call, never.Task).AsTask();
        await using var throwing = _tokens[0].UnsafeRegister(static _ => throw new InvalidOperationException(), null);

        _clock.Advance(TimeSpan.FromMilliseconds(Limit));

        Assert.Equal(Unavailable, await calling.WaitAsync(Patience));
    }

    [Fact]
    public async Task Call_AnsweredWhileItsTimeIsUp_EndsOnceAndLosesNoAnswer()
    {
        const int Calls = 8;
        for (var round = 0; round < 500; round++)
        {
            var clock = new FakeClock();
            var late = 0;
            var calls = new TierCalls(new SystemScheduler(clock), Limit, static (_, _) => { });
            var call = Call(static (task, _) => new ValueTask<int>(task), _ => Interlocked.Increment(ref late));
            var answers = Enumerable.Range(0, Calls).Select(static _ => new TaskCompletionSource<int>()).ToArray();
            var calling = answers.Select(answer => calls.CallAsync(call, answer.Task).AsTask()).ToArray();
            using var start = new Barrier(2);

            var answering = Task.Run(() =>
            {
                start.SignalAndWait();
                for (var i = 0; i < Calls; i++)
                {
                    answers[i].SetResult(i);
                }
            });
            start.SignalAndWait();
            clock.Advance(TimeSpan.FromMilliseconds(Limit));

            await answering;
            var outcomes = await Task.WhenAll(calling).WaitAsync(Patience);
            Assert.All(outcomes, (outcome, i) => Assert.True(outcome == i || outcome == Unavailable));
            Assert.Equal(outcomes.Count(static outcome => outcome == Unavailable), Volatile.Read(ref late));
        }
    }

    private TierCall<Task<int>, int> Call(Func<Task<int>, CancellationToken, ValueTask<int>> invoke, Action<int>? late = null) => new(
        invoke,
        static _ => Unavailable,
        static (int result, out Exception? failure) =>
        {
            failure = null;
            return result == Unavailable;
        })
    {
        Late = result =>
        {
            (late ?? _late.Add)(result);
            return ValueTask.CompletedTask;
        },
    };

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
