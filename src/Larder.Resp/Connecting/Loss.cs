using Larder.Resp.Pipelining;
using Larder.Resp.Signals;

namespace Larder.Resp.Connecting;

/// <summary>Decides what becomes of each command that was under way when its connection was lost.</summary>
/// <param name="reason">Why it was lost.</param>
/// <param name="endPoint">Where the server listens.</param>
/// <param name="mayResend">False when there will be no other connection to send on.</param>
internal sealed class Loss(Exception reason, string endPoint, bool mayResend)
{
    // A command that the server was at when so many connections ended is probably what ends them.
    private const int MostLosses = 4;
    private PendingQueue _again;
    private readonly List<Pending> _failed = [];

    /// <summary>To be sent again, in order.</summary>
    internal PendingQueue Again => _again;

    /// <summary>Failed, and their callers are to be told.</summary>
    internal IReadOnlyList<Pending> Failed => _failed;

    internal int IndeterminateCount { get; private set; }

    private bool _isOldest = true;

    /// <summary>Takes one command off the lost connection.</summary>
    internal void Sort(Pending pending, bool wasWritten)
    {
        var isRepeatable = pending.Flags.HasFlag(RespFlags.Repeatable);
        var isBound = pending.Flags.HasFlag(RespFlags.NeverResend) || pending.Epoch != 0;

        // What cannot be read is the reply to the oldest command; asked again, the server would send it again.
        var isCulprit = _isOldest && wasWritten && (reason is RespProtocolException || ++pending.Losses >= MostLosses);
        _isOldest = false;
        if (!pending.IsWaiting)
        {
            pending.Release();
        }
        else if (mayResend && !isBound && !isCulprit && (!wasWritten || isRepeatable))
        {
            _again.Add(pending);
        }
        else if (mayResend && wasWritten && !isRepeatable)
        {
            Fail(pending, Indeterminate(pending));
        }
        else
        {
            Fail(pending, new RespConnectionException($"{pending.Name} failed with its connection to {endPoint}: {reason.Message}", reason));
        }
    }

    private RespIndeterminateException Indeterminate(Pending pending)
    {
        IndeterminateCount++;
        RespMeter.Indeterminate(endPoint);
        return new RespIndeterminateException($"{pending.Name} was sent to {endPoint}, and the connection was lost before its reply came. It may or may not have been carried out, and is not safe to repeat unasked. {reason.Message}", reason);
    }

    private void Fail(Pending pending, Exception failure)
    {
        var isOurs = pending.TryClaim();
        if (isOurs)
        {
            pending.Failed(failure);
            _failed.Add(pending);
        }

        pending.Release();
    }
}
