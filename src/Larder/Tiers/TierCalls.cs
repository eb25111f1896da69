using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using Larder.Scheduling;
using Larder.Shielding;

namespace Larder.Tiers;

/// <summary>
/// Calls a tier so that nothing it does can hurt the caller: what it throws is an outcome, what it does not answer in time is given up, and a tier that keeps failing is left
/// alone for a while. An answer that comes after its time is given back to <c>late</c>, so that no lease and no buffer is lost.
/// </summary>
/// <param name="scheduler">Timers and hops.</param>
/// <param name="timeoutMilliseconds">The longest wait for one answer.</param>
/// <param name="onFailure">Told of each failure.</param>
/// <param name="firstContact">Calls wait until it has ended, at most their time-out after this was made; null for not at all.</param>
/// <param name="opensAtTimeout">True when one time-out is enough to leave the tier alone: it is worth less than what waiting for it costs.</param>
internal sealed class TierCalls(Scheduler scheduler, long timeoutMilliseconds, Action<Exception?> onFailure, Task? firstContact = null, bool opensAtTimeout = false)
{
    private readonly TierBreaker _breaker = new(scheduler.Clock);

    private readonly Deadlines _deadlines = new(scheduler, timeoutMilliseconds);

    private readonly long _openUntil = scheduler.Clock.Now + timeoutMilliseconds;
    private TierFailure? _lastFailure;
    private Task? _opening = firstContact is { IsCompleted: true } ? null : firstContact;

    /// <summary>True until the first attempt to reach the tier has ended, or has had its time.</summary>
    internal bool IsOpening
    {
        get
        {
            if (_opening is not { } opening)
            {
                return false;
            }

            if (opening.IsCompleted || scheduler.Clock.Now >= _openUntil)
            {
                _opening = null;
                return false;
            }

            return true;
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
        IsOpening && _opening is { } opening ? OpenAndMakeAsync(opening, call, state) : MakeAsync(call, state);

    private async ValueTask<TResult> OpenAndMakeAsync<TState, TResult>(Task opening, TierCall<TState, TResult> call, TState state)
    {
        await scheduler.EndsAsync(opening, _openUntil - scheduler.Clock.Now, CancellationToken.None).ConfigureAwait(false);
        return await MakeAsync(call, state).ConfigureAwait(false);
    }

    private ValueTask<TResult> MakeAsync<TState, TResult>(TierCall<TState, TResult> call, TState state)
    {
        ValueTask<TResult> pending;
        var wait = _deadlines.Rent();
        try
        {
            pending = call.Invoke(state, wait.Token);
            if (TryTake(in pending, out var result))
            {
                _deadlines.Return(wait);
                Note(call, result);
                return new ValueTask<TResult>(result);
            }
        }
        catch (Exception failed)
        {
            return new ValueTask<TResult>(Failed(call, failed));
        }

        return AwaitAsync(call, pending.AsTask(), wait);
    }

    private static bool TryTake<TResult>(in ValueTask<TResult> pending, [MaybeNullWhen(false)] out TResult result)
    {
        var isThere = pending.IsCompletedSuccessfully;
        result = isThere ? pending.Result : default;
        return isThere;
    }

    // Each read of a tier that answers later comes through here: what it waits in is used again.
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<TResult> AwaitAsync<TState, TResult>(TierCall<TState, TResult> call, Task<TResult> pending, DeadlineWait wait)
    {
        if (!await wait.EndsAsync(pending).ConfigureAwait(false))
        {
            var timedOut = new TierTimeoutException($"The tier did not answer within {TimeSpan.FromMilliseconds(timeoutMilliseconds)} (TierTimeout).");
            _ = GiveBackAsync(call, pending);
            Cancel(wait);
            if (opensAtTimeout)
            {
                _breaker.Open();
            }

            return Failed(call, timedOut);
        }

        _deadlines.Return(wait);
        try
        {
            var result = await pending.ConfigureAwait(false);
            Note(call, result);
            return result;
        }
        catch (Exception failed)
        {
            return Failed(call, failed);
        }
    }

    private static async Task GiveBackAsync<TState, TResult>(TierCall<TState, TResult> call, Task<TResult> pending)
    {
        try
        {
            var result = await pending.ConfigureAwait(false);
            if (call.Late is { } late)
            {
                await late(result).ConfigureAwait(false);
            }
        }
        catch (Exception)
        {
            // It was given up already; how it fails after that interests nobody.
        }
    }

    private static void Cancel(CancellationTokenSource giveUp)
    {
        try
        {
            giveUp.Cancel();
        }
        catch (AggregateException)
        {
            // What the tier registered with the token failed; the call is given up all the same.
        }
    }

    private void Note<TState, TResult>(TierCall<TState, TResult> call, TResult result)
    {
        if (call.HasFailed(result, out var failure))
        {
            Failed(TierFailure.Of(failure));
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

    private TResult Failed<TState, TResult>(TierCall<TState, TResult> call, Exception failure)
    {
        Failed(TierFailure.Of(failure));
        return call.Unavailable(failure);
    }

    private void Failed(TierFailure failure)
    {
        Volatile.Write(ref _lastFailure, failure);
        _breaker.Failed();
        onFailure(failure.Exception);
    }
}
