using Larder.Locks;
using Larder.Ports;
using Larder.Tests.Support;

namespace Larder.Tests.Locks;

/// <summary>Locks on a shared store: prolonged while the owner lives, known to be lost in time, given back by the owner alone.</summary>
public sealed class LeasedLocksTests : IAsyncDisposable
{
    private const string Name = "job";
    private static readonly TimeSpan Time = TimeSpan.FromSeconds(30);
    private readonly FakeClock _clock = new();
    private readonly GatedLockStore _store;
    private readonly LeasedLocks _locks;
    private readonly LeasedLocks _others;

    public LeasedLocksTests()
    {
        _store = new GatedLockStore(_clock);
        _locks = new LeasedLocks(_store, _clock);
        _others = new LeasedLocks(_store.Memory, _clock);
    }

    public async ValueTask DisposeAsync()
    {
        _store.Failure = null;
        _store.Gate?.TrySetResult();
        await _locks.DisposeAsync();
        await _others.DisposeAsync();
    }

    [Fact]
    public async Task TryLock_Held_IsRefusedUntilItIsGivenBack()
    {
        var first = await TakeAsync();
        Assert.Null(await _others.TryLockAsync(Name, Time, default));
        Assert.NotNull(await _others.TryLockAsync("another", Time, default));
        await first.DisposeAsync();

        var second = await _others.TryLockAsync(Name, Time, default);
        Assert.NotNull(second);
        Assert.True(second.FencingNumber > first.FencingNumber);
        Assert.False(first.IsHeld);
        Assert.False(first.Lost.IsCancellationRequested);
    }

    [Fact]
    public async Task Owner_WhoLives_KeepsItForLongerThanItsTime()
    {
        var held = await TakeAsync();
        for (var renewal = 1; renewal <= 10; renewal++)
        {
            await PassAThirdAsync(renewal);
            Assert.True(held.IsHeld);
            Assert.True(_store.Memory.IsTaken(Name));
        }

        Assert.False(held.Lost.IsCancellationRequested);
    }

    [Fact]
    public async Task Owner_WhoGaveItBack_ProlongsNothing()
    {
        var held = await TakeAsync();
        await held.DisposeAsync();
        _clock.Advance(Time * 2);
        Assert.Equal(0, _store.Prolongings);
    }

    [Fact]
    public async Task Store_ThatForgotTheLock_IsNoticedAtTheNextRenewal()
    {
        var held = await TakeAsync();
        _store.Memory.Forget(Name);
        var usurper = await _others.TryLockAsync(Name, Time, default);
        await PassAThirdAsync(1);

        await Bounded.Until(() => held.Lost.IsCancellationRequested);
        Assert.False(held.IsHeld);
        Assert.True(usurper!.FencingNumber > held.FencingNumber);
        await held.DisposeAsync();
        Assert.True(usurper.IsHeld && _store.Memory.IsTaken(Name));
    }

    [Fact]
    public async Task Store_ThatFailsForAWhile_LosesNothing()
    {
        var held = await TakeAsync();
        _store.Failure = new IOException("down");
        await PassAThirdAsync(1);
        await PassToNextTimerAsync();
        Assert.True(held.IsHeld);

        // Mended, it counts from the next attempt on: beyond what the first time would have allowed.
        _store.Failure = null;
        await Bounded.Until(() => _clock.PendingTimers > 0);
        var before = _store.Prolongings;
        await PassToNextTimerAsync();
        await Bounded.Until(() => _store.Prolongings > before && _clock.UntilNextTimer > Time * 0.3);
        _clock.Advance(Time * 0.3);
        await Bounded.Until(() => _clock.PendingTimers > 0);
        _clock.Advance(Time * 0.25);
        Assert.True(held.IsHeld);
        Assert.False(held.Lost.IsCancellationRequested);
    }

    [Fact]
    public async Task Store_ThatStaysAway_LosesItWhenTheTimeIsOver()
    {
        var held = await TakeAsync();
        _store.Failure = new IOException("down");
        _clock.Advance(Time * 0.96);
        Assert.True(held.IsHeld);

        // A hundredth and two milliseconds before the store lets the next one in.
        _clock.Advance(Time * 0.03);
        Assert.False(held.IsHeld);
        Assert.True(_store.Memory.IsTaken(Name));
        await Bounded.Until(() =>
        {
            _clock.Advance(TimeSpan.FromMilliseconds(1));
            return held.Lost.IsCancellationRequested;
        });
    }

    [Fact]
    public async Task Renewal_ThatIsAnsweredLate_CountsFromBeforeItWasSent()
    {
        var held = await TakeAsync();
        _store.Gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await PassAThirdAsync(1);

        // The owner waits for the answer, but no longer than it may trust the lock.
        await Bounded.Until(() => _clock.UntilNextTimer > Time * 0.6);
        _clock.Advance(Time * 0.5);
        var first = _store.Gate;
        _store.Gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        first.SetResult();

        // The answer counts when the pause before the next renewal begins: longer than what was left before.
        await Bounded.Until(() => _clock.UntilNextTimer > Time * 0.3);
        await PassToNextTimerAsync();
        await Bounded.Until(() => _store.Prolongings == 2 && _clock.PendingTimers > 0);

        // Sent after a third of the time: over a third after the first time is, whatever the answer's delay.
        Assert.True(held.IsHeld);
        _clock.Advance(Time * 0.2);
        Assert.False(held.IsHeld);
        await Bounded.Until(() => held.Lost.IsCancellationRequested);
    }

    [Fact]
    public async Task TryLock_AnswerBehindItsTime_IsGivenBack()
    {
        _store.Gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var taking = _locks.TryLockAsync(Name, Time, default).AsTask();
        _clock.Advance(Time);
        _store.Gate.SetResult();
        await Assert.ThrowsAsync<TierUnavailableException>(() => taking.Soon());
        await Bounded.Until(() => _store.Released.Count == 1);
    }

    [Fact]
    public async Task TryLock_StoreFailsAfterTakingIt_IsGivenBack()
    {
        _store.Failure = new IOException("cut");
        _store.FailsAfterwards = true;
        var thrown = await Assert.ThrowsAsync<TierUnavailableException>(async () => await _locks.TryLockAsync(Name, Time, default));
        Assert.Same(_store.Failure, thrown.InnerException);
        await Bounded.Until(() => _store.Released.Count == 1);
        Assert.False(_store.Memory.IsTaken(Name));
    }

    [Fact]
    public async Task Lost_CallbackThrows_OthersAreToldAllTheSame()
    {
        var held = await TakeAsync();
        var isTold = false;
        held.Lost.Register(() => isTold = true);
        held.Lost.Register(static () => throw new InvalidOperationException("mine"));
        _store.Memory.Forget(Name);
        await PassAThirdAsync(1);
        await Bounded.Until(() => Volatile.Read(ref isTold));
        await held.DisposeAsync();
    }

    [Fact]
    public async Task Provider_Disposed_LosesAndGivesBackWhatIsHeld()
    {
        var held = await TakeAsync();
        await _locks.DisposeAsync();
        Assert.True(held.Lost.IsCancellationRequested);
        Assert.False(_store.Memory.IsTaken(Name));
        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await _locks.TryLockAsync(Name, Time, default));
    }

    [Fact]
    public async Task Dispose_WhileARenewalIsUnderWay_LeavesNothingBehind()
    {
        var held = await TakeAsync();
        _store.Gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await PassAThirdAsync(1);
        await held.DisposeAsync();
        Assert.NotNull(await _others.TryLockAsync(Name, Time, default));
        _store.Gate.SetResult();
        Assert.False(held.IsHeld);
        Assert.False(held.Lost.IsCancellationRequested);
    }

    private async Task<CacheLock> TakeAsync()
    {
        var taken = await _locks.TryLockAsync(Name, Time, default);
        Assert.NotNull(taken);
        return taken;
    }

    private async Task PassAThirdAsync(int prolongings)
    {
        await PassToNextTimerAsync();
        await Bounded.Until(() => _store.Prolongings >= prolongings);
    }

    // The pause before the next renewal begins on another thread.
    private async Task PassToNextTimerAsync()
    {
        await Bounded.Until(() => _clock.PendingTimers > 0);
        _clock.Advance(_clock.UntilNextTimer!.Value);
    }
}
