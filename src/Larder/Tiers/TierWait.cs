using System.Runtime.CompilerServices;
using System.Threading.Tasks.Sources;
using Larder.Scheduling;

namespace Larder.Tiers;

/// <summary>
/// One call to a tier from the asking until there is an outcome: the source of the token that the call gets, its place among the deadlines, and what the caller awaits. One object for all of it, used again
/// after a call that was answered in time; one whose time was up is not, because its call still knows it.
/// </summary>
/// <remarks>The caller goes on where the tier completed its answer; after the time, on the thread pool.</remarks>
internal sealed class TierWait<TResult> : DeadlineWait, IValueTaskSource<TResult>
{
    private readonly Action _onAnswered;
    private ConfiguredValueTaskAwaitable<TResult>.ConfiguredValueTaskAwaiter _answer;
    private ManualResetValueTaskSourceCore<TResult> _outcome;
    private TierCalls? _calls;
    private TierAnswers<TResult>? _meaning;
    private bool _isGivenUp;

    private TierWait() => _onAnswered = OnAnswered;

    /// <summary>One for a call that is about to be made. Exactly one of <see cref="Return"/> and <see cref="AnswerAsync"/> follows, unless the call throws.</summary>
    internal static TierWait<TResult> Rent(TierCalls calls, TierAnswers<TResult> meaning)
    {
        var wait = Idle<TierWait<TResult>>.Take() ?? new TierWait<TResult>();
        wait._calls = calls;
        wait._meaning = meaning;
        return wait;
    }

    /// <summary>The call has ended and nobody holds its token any more.</summary>
    internal void Return()
    {
        _calls = null;
        _meaning = null;
        _answer = default;
        _outcome.Reset();
        if (TryReset())
        {
            Idle<TierWait<TResult>>.Give(this);
        }
    }

    /// <summary>The outcome of a call that was not answered at once, or has failed. It never fails itself. Awaited once.</summary>
    internal ValueTask<TResult> AnswerAsync(in ValueTask<TResult> pending)
    {
        var outcome = new ValueTask<TResult>(this, _outcome.Version);
        _answer = pending.ConfigureAwait(false).GetAwaiter();
        if (_answer.IsCompleted)
        {
            Finish();
            return outcome;
        }

        _calls!.Deadlines.Add(this);

        // An answer that has come meanwhile takes no continuation: it would send this one to the thread pool, which nobody needs, and which a simulated world can not follow.
        if (_answer.IsCompleted && _calls.Deadlines.TryRemove(this))
        {
            Finish();
            return outcome;
        }

        _answer.UnsafeOnCompleted(_onAnswered);
        return outcome;
    }

    /// <summary>The time is up.</summary>
    public override void Execute()
    {
        _isGivenUp = true;
        try
        {
            Cancel();
        }
        catch (AggregateException)
        {
            // What the tier registered with the token failed; the call is given up all the same.
        }

        _outcome.SetResult(_calls!.TimedOut(_meaning!));
    }

    TResult IValueTaskSource<TResult>.GetResult(short token)
    {
        var result = _outcome.GetResult(token);
        if (!_isGivenUp)
        {
            Return();
        }

        return result;
    }

    ValueTaskSourceStatus IValueTaskSource<TResult>.GetStatus(short token) => _outcome.GetStatus(token);

    void IValueTaskSource<TResult>.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _outcome.OnCompleted(continuation, state, token, flags);

    private void OnAnswered()
    {
        if (_calls!.Deadlines.TryRemove(this))
        {
            Finish();
        }
        else
        {
            _ = GiveBackAsync();
        }
    }

    private void Finish()
    {
        TResult result;
        try
        {
            result = Answer();
            _calls!.Note(_meaning!, result);
        }
        catch (Exception failed)
        {
            result = _calls!.Failed(_meaning!, failed);
        }

        _outcome.SetResult(result);
    }

    private TResult Answer() =>
        _answer.IsCompleted ? _answer.GetResult() : throw new InvalidOperationException("The tier lets its caller go on before there is an answer.");

    /// <summary>The answer came after its time. No lease and no buffer is lost.</summary>
    private async Task GiveBackAsync()
    {
        try
        {
            var result = Answer();
            if (_meaning!.Late is { } late)
            {
                await late(result).ConfigureAwait(false);
            }
        }
        catch (Exception)
        {
            // It was given up already; how it fails after that interests nobody.
        }
    }
}
