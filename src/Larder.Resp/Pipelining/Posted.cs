using Larder.Resp.Signals;
using Microsoft.Extensions.Logging;

namespace Larder.Resp.Pipelining;

/// <summary>A command whose outcome goes to a handler, on the reader where there is a reply. Used again and again.</summary>
internal sealed class Posted : Pending
{
    private IRespReplyHandler? _handler;
    private IRespResumingHandler? _resuming;
    private ILogger? _logger;
    private RespServerException? _error;
    private Exception? _failure;

    private Posted()
    {
    }

    internal override bool EndsOnReader => _resuming is null;

    private protected override Exception? Failure => _failure ?? _error;

    /// <summary>An idle one, or a new one.</summary>
    internal static Posted Rent(IRespReplyHandler handler, ILogger logger)
    {
        var posted = IdleStack<Posted>.Take() ?? new Posted();
        posted._handler = handler;
        posted._resuming = handler as IRespResumingHandler;
        posted._logger = logger;
        return posted;
    }

    internal override void Failed(Exception failure) => _failure = failure;

    private protected override void ForgetFailure() => _error = null;

    // What the handler throws is not caught here: it ends the connection.
    private protected override void Decode(ref RespReader reply, int index)
    {
        if (reply.IsError)
        {
            _error ??= ServerErrors.Of(ref reply);
        }

        if (index < Replies - 1)
        {
            return;
        }

        if (_error is { } error)
        {
            _handler!.OnError(error, reply.Epoch);
        }
        else
        {
            _handler!.OnReply(ref reply);
        }
    }

    private protected override void Continue()
    {
        if (_failure is { } failure)
        {
            try
            {
                _handler!.OnFailure(failure);
            }
            catch (Exception thrown)
            {
                RespLog.HandlerFailed(_logger!, thrown);
            }

            LetGo();
            return;
        }

        var (resuming, logger) = (_resuming, _logger);
        LetGo();
        try
        {
            resuming?.Resume();
        }
        catch (Exception thrown)
        {
            RespLog.HandlerFailed(logger!, thrown);
        }
    }

    private protected override void Recycle()
    {
        _handler = null;
        _resuming = null;
        _logger = null;
        _error = null;
        _failure = null;
        IdleStack<Posted>.Give(this);
    }
}
