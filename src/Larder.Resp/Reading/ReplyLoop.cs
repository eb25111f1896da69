using System.Runtime.CompilerServices;
using Larder.Resp.Framing;
using Larder.Resp.Pipelining;
using Larder.Resp.Scheduling;

namespace Larder.Resp.Reading;

/// <summary>
/// The reader of a connection: takes what comes, matches it with the oldest command, decodes it, and hands what has ended
/// over to be told to the callers.
/// </summary>
/// <remarks>
/// Reading is a role, not a thread. When nothing more has come, the loop asks to be called again when something does, and
/// only then does the thread, which is the reader no longer, run the callers that wait. So a reply reaches its
/// caller without one more hop, and no caller can keep the reader.
/// </remarks>
internal sealed class ReplyLoop : IThreadPoolWorkItem
{
    private const int WorthWaitingFor = 8;
    private readonly Stream _stream;
    private readonly Outbox _outbox;
    private readonly Completions _completions;
    private readonly IReplySink _sink;
    private readonly long _epoch;
    private readonly Action _onRead;
    private readonly ReceiveBuffer _buffer;
    private FrameScanner _scanner;
    private ConfiguredValueTaskAwaitable<int>.ConfiguredValueTaskAwaiter _read;
    private Exception? _reason;
    private long _bytesReceived;
    private long _lastReceived;
    private long _repliesSeen;
    private bool _isGivenUp;

    internal ReplyLoop(Stream stream, Outbox outbox, RespLimits limits, Completions completions, long epoch, IReplySink sink)
    {
        _stream = stream;
        _outbox = outbox;
        _completions = completions;
        _sink = sink;
        _epoch = epoch;
        _buffer = new ReceiveBuffer(limits);
        _scanner = new FrameScanner(limits, skipsLongBulks: true);
        _onRead = OnRead;
        _lastReceived = completions.Clock.Now;
    }

    internal long BytesReceived => Volatile.Read(ref _bytesReceived);

    /// <summary>When something came last, by the clock.</summary>
    internal long LastReceived => Volatile.Read(ref _lastReceived);

    /// <summary>How many replies have come.</summary>
    internal long RepliesSeen => Volatile.Read(ref _repliesSeen);

    /// <summary>Why the connection ends; null while it lives.</summary>
    internal Exception? Reason => Volatile.Read(ref _reason);

    private Clock Clock => _completions.Clock;

    /// <inheritdoc/>
    public void Execute() => Run();

    /// <summary>Says why the connection ends, before its stream is closed; the first reason counts.</summary>
    internal void Explain(Exception reason) => Interlocked.CompareExchange(ref _reason, reason, null);

    /// <summary>Delivers nothing any more, from the next reply or push on. The reason must have been explained.</summary>
    internal void GiveUp() => Interlocked.Exchange(ref _isGivenUp, true);

    private void Run()
    {
        try
        {
            while (true)
            {
                if (_buffer.Length > 0 && _completions.FilledCount >= WorthWaitingFor)
                {
                    // The rest of a reply is on its way. Without it the callers of this batch would send in one piece and its caller
                    // in another, and so they would go on, each piece with its own wake-ups.
                    _completions.Scheduler.SpinBriefly();
                }

                _read = _stream.ReadAsync(_buffer.MakeRoom()).ConfigureAwait(false).GetAwaiter();
                if (!_read.IsCompleted)
                {
                    _outbox.LetWaitersIn();
                    var batch = _completions.TakeFilled();
                    _read.UnsafeOnCompleted(_onRead);

                    // Another thread may be the reader from here on.
                    batch?.Execute();
                    return;
                }

                Receive();
            }
        }
        catch (Exception failure)
        {
            End(failure);
        }
    }

    private void OnRead()
    {
        try
        {
            Receive();
        }
        catch (Exception failure)
        {
            End(failure);
            return;
        }

        Run();
    }

    private void Receive()
    {
        var count = _read.IsCompleted ? _read.GetResult() : 0;
        if (count == 0)
        {
            throw new RespConnectionException("The server closed the connection.");
        }

        _buffer.Received(count);
        Volatile.Write(ref _bytesReceived, _bytesReceived + count);
        Volatile.Write(ref _lastReceived, Clock.Now);
        using var cork = Cork.Begin();
        Deliver();
    }

    private void Deliver()
    {
        while (_buffer.Length > 0)
        {
            if (!_scanner.Scan(_buffer.Unhandled))
            {
                if (_scanner.TakeLongBulk() is not { } tooLong)
                {
                    return;
                }

                _buffer.CutOut(tooLong);
                continue;
            }

            if (Volatile.Read(ref _isGivenUp))
            {
                throw _reason!;
            }

            var length = _scanner.Length;
            var reader = new RespReader(_buffer.Bytes, _buffer.Start, length, _epoch);
            if (reader.Read())
            {
                if (reader.Type == RespType.Push)
                {
                    HandlePush(ref reader);
                }
                else
                {
                    HandleReply(ref reader);
                }
            }

            _buffer.Handled(length);
            _scanner.Reset();
        }
    }

    private void HandleReply(ref RespReader reader)
    {
        var pending = _outbox.Ring.Peek() ?? throw Unasked(ref reader);
        Volatile.Write(ref _repliesSeen, _repliesSeen + 1);
        var taken = pending.Take(ref reader);
        if (taken == Taken.NeedsMore)
        {
            return;
        }

        _outbox.Ring.Remove();
        if (taken != Taken.Rerouted)
        {
            pending.Release();
        }

        // Only now: until its caller has been told, the caller holds it.
        if (taken == Taken.Ended)
        {
            _completions.Add(pending);
        }
        else if (taken == Taken.Told)
        {
            pending.Publish();
        }
    }

    // A server that has no room says so before it is asked anything, and closes the connection.
    private static Exception Unasked(ref RespReader reader) => reader.IsError
        ? ServerErrors.Of(ref reader)
        : new RespProtocolException("The server sent a reply that no command waits for.");

    private void HandlePush(ref RespReader reader)
    {
        if (!reader.Read())
        {
            return;
        }

        if (_outbox.Ring.Peek()?.AnsweredBy is { } answer && answer.IsIn(reader))
        {
            HandleReply(ref reader);
        }
        else
        {
            _sink.OnPush(ref reader);
        }
    }

    private void End(Exception failure)
    {
        Explain(failure);
        _buffer.Free();
        _completions.Scatter();
        _sink.OnEnded(_reason ?? failure);
    }
}
