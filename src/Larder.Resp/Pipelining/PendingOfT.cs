using System.Runtime.CompilerServices;
using System.Threading.Tasks.Sources;

namespace Larder.Resp.Pipelining;

/// <summary>A pending command whose replies become a <typeparamref name="T"/>. It is the source of the caller's ValueTask, and used again and again.</summary>
internal sealed class Pending<T> : Pending, IValueTaskSource<T>
{
    private ManualResetValueTaskSourceCore<T> _core;
    private IRespDecoder<T>? _decoder;
    private T? _result;
    private Exception? _failure;
    private bool _isTaken;

    private Pending()
    {
    }

    private protected override Exception? Failure => _failure;

    /// <summary>An idle one, or a new one.</summary>
    internal static Pending<T> Rent(IRespDecoder<T> decoder)
    {
        var pending = IdleStack<Pending<T>>.Take() ?? new Pending<T>();
        pending._decoder = decoder;
        return pending;
    }

    /// <summary>What the caller awaits, once.</summary>
    internal ValueTask<T> Task => new(this, _core.Version);

    internal override void Failed(Exception failure) => _failure = failure;

    T IValueTaskSource<T>.GetResult(short token)
    {
        // An await before the end, or with the version of an earlier use, throws here and changes nothing.
        if (_core.GetStatus(token) == ValueTaskSourceStatus.Pending)
        {
            return _core.GetResult(token);
        }

        // So does a second one while the connection still holds the place.
        if (Interlocked.Exchange(ref _isTaken, true))
        {
            throw new InvalidOperationException("A reply can be awaited once only; keep the result, or call AsTask().");
        }

        try
        {
            return _core.GetResult(token);
        }
        finally
        {
            LetGo();
        }
    }

    ValueTaskSourceStatus IValueTaskSource<T>.GetStatus(short token) => _core.GetStatus(token);

    void IValueTaskSource<T>.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _core.OnCompleted(continuation, state, token, flags);

    // Whatever the decoder throws is its own caller's affair.
    private protected override void Decode(ref RespReader reply, int index)
    {
        try
        {
            Look(ref reply, index);
        }
        catch (Exception failure)
        {
            _failure = failure;
        }
    }

    private void Look(ref RespReader reply, int index)
    {
        if (reply.IsError && !(_decoder is IGroupDecoder { TakesErrors: true }))
        {
            _failure ??= ServerErrors.Of(ref reply);
            return;
        }

        if (_decoder is IGroupDecoder group && index < Replies - 1)
        {
            group.DecodeEarlier(ref reply, index);
        }
        else if (index == Replies - 1 && _failure is null)
        {
            _result = _decoder!.Decode(ref reply);
        }
    }

    private protected override void Continue()
    {
        if (_failure is { } failure)
        {
            _core.SetException(failure);
            return;
        }

        var result = _result!;
        _core.SetResult(result);
    }

    private protected override void ForgetFailure() => _failure = null;

    private protected override void Recycle()
    {
        _core.Reset();
        _isTaken = false;
        _decoder = null;
        _failure = null;
        if (RuntimeHelpers.IsReferenceOrContainsReferences<T>())
        {
            _result = default;
        }

        IdleStack<Pending<T>>.Give(this);
    }
}
