using System.Diagnostics.CodeAnalysis;
using Larder.Scheduling;
using Larder.Shielding;

namespace Larder.Tiers;

/// <summary>
/// Calls a tier so that nothing it does can hurt the caller: what it throws is an outcome, what it does not answer in time is given up, and a tier that keeps failing is left
/// alone for a while. An answer that comes after its time is given back to <c>late</c>, so that no lease and no buffer is lost.
/// </summary>
/// <param name="scheduler">Timers and hops.</param>
/// <param name="timeoutMilliseconds">The longest wait for one answer.</param>
/// <param name="onFailure">Told of each failure, and whether the call was to change something.</param>
/// <param name="firstContact">Calls wait until it has ended, at most their time-out after this was made; null for not at all.</param>
/// <param name="opensAtTimeout">True when one time-out is enough to leave the tier alone: it is worth less than what waiting for it costs.</param>
internal sealed class TierCalls(Scheduler scheduler, long timeoutMilliseconds, Action<Exception?, bool> onFailure, Task? firstContact = null, bool opensAtTimeout = false)
{
    private const int Opening = 0;
    private const int Opened = 1;
    private const int GivenUp = 2;

    private readonly TierBreaker _breaker = new(scheduler.Clock);

    private readonly long _openUntil = scheduler.Clock.Now + timeoutMilliseconds;
    private TierFailure? _lastFailure;
    private readonly Task _firstContact = firstContact ?? Task.CompletedTask;
    private int _openingState = firstContact is null or { IsCompleted: true } ? Opened : Opening;

    /// <summary>The waits for answers that do not come at once.</summary>
    internal Deadlines Deadlines { get; } = new(scheduler, timeoutMilliseconds);

    /// <summary>True until the first attempt to reach the tier has ended, or has had its time.</summary>
    internal bool IsOpening
    {
        get
        {
            if (Volatile.Read(ref _openingState) != Opening)
            {
                return false;
            }

            if (_firstContact.IsCompleted)
            {
                EndOpening(Opened);
                return false;
            }

            if (scheduler.Clock.Now >= _openUntil)
            {
                EndOpening(GivenUp);
                return false;
            }

            return true;
        }
    }

    /// <summary>
    /// True as long as every call waits for the first contact: nothing has been learnt, kept or shared without the tier. Whoever makes the contact asks after it is made; whoever gives it up, which ends this for good, looks
    /// for the contact afterwards.
    /// </summary>
    internal bool HasNoPast
    {
        get
        {
            Interlocked.MemoryBarrier();
            return Volatile.Read(ref _openingState) == Opening && !_firstContact.IsCompleted;
        }
    }

    /// <summary>What the last call that failed ended with.</summary>
    internal TierFailure LastFailure => Volatile.Read(ref _lastFailure) ?? TierFailure.None;

    /// <summary>True while readers are kept away from the tier.</summary>
    internal bool IsOpen => _breaker.IsOpen;

    /// <summary>Makes a call that a reader waits for: not while the tier is left alone.</summary>
    internal ValueTask<TResult> TryAsync<TState, TResult>(TierCall<TState, TResult> call, TState state) =>
        _breaker.TryEnter() ? CallAsync(call, state) : new ValueTask<TResult>(call.Unavailable(null));

    /// <summary>Makes a call that must be tried whatever the tier is like, such as a removal.</summary>
    internal ValueTask<TResult> CallAsync<TState, TResult>(TierCall<TState, TResult> call, TState state) =>
        IsOpening ? OpenAndMakeAsync(call, state) : MakeAsync(call, state);

    private void EndOpening(int how) => Interlocked.CompareExchange(ref _openingState, how, Opening);

    private async ValueTask<TResult> OpenAndMakeAsync<TState, TResult>(TierCall<TState, TResult> call, TState state)
    {
        EndOpening(await scheduler.EndsAsync(_firstContact, _openUntil - scheduler.Clock.Now, CancellationToken.None).ConfigureAwait(false) ? Opened : GivenUp);
        return await MakeAsync(call, state).ConfigureAwait(false);
    }

    private ValueTask<TResult> MakeAsync<TState, TResult>(TierCall<TState, TResult> call, TState state)
    {
        var wait = TierWait<TResult>.Rent(this, call);
        try
        {
            var pending = call.Invoke(state, wait.Token);
            if (!TryTake(in pending, out var result))
            {
                return wait.AnswerAsync(in pending);
            }

            wait.Return();
            Note(call, result);
            return new ValueTask<TResult>(result);
        }
        catch (Exception failed)
        {
            // The call may know the token still, so the wait is not used again.
            return new ValueTask<TResult>(Failed(call, failed));
        }
    }

    private static bool TryTake<TResult>(in ValueTask<TResult> pending, [MaybeNullWhen(false)] out TResult result)
    {
        var isThere = pending.IsCompletedSuccessfully;
        result = isThere ? pending.Result : default;
        return isThere;
    }

    /// <summary>What an answer says of how the tier is.</summary>
    internal void Note<TResult>(TierAnswers<TResult> call, TResult result)
    {
        if (call.HasFailed(result, out var failure))
        {
            Failed(call, TierFailure.Of(failure));
        }
        else if (call.SaysNothing is { } saysNothing && saysNothing(result))
        {
            _breaker.LeftOpen();
        }
        else
        {
            _breaker.Succeeded();
        }
    }

    /// <summary>The call has thrown.</summary>
    internal TResult Failed<TResult>(TierAnswers<TResult> call, Exception failure)
    {
        Failed(call, TierFailure.Of(failure));
        return call.Unavailable(failure);
    }

    /// <summary>The call was not answered in time and has been given up.</summary>
    internal TResult TimedOut<TResult>(TierAnswers<TResult> call)
    {
        if (opensAtTimeout)
        {
            _breaker.Open();
        }

        return Failed(call, new TierTimeoutException($"The tier did not answer within {TimeSpan.FromMilliseconds(timeoutMilliseconds)} (TierTimeout)."));
    }

    private void Failed<TResult>(TierAnswers<TResult> call, TierFailure failure)
    {
        Volatile.Write(ref _lastFailure, failure);
        _breaker.Failed();
        onFailure(failure.Exception, call.IsChange);
    }
}
