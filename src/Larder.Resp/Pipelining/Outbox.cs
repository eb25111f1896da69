using Larder.Resp.Scheduling;
using Larder.Resp.Writing;

namespace Larder.Resp.Pipelining;

/// <summary>
/// The way out of a connection: gives each command its place in the ring and its place in the stream in one step, and
/// sends what has gathered. Whoever finds nobody sending sends himself, so that on an idle connection a command
/// needs no other thread; what arrives meanwhile goes out with the next piece.
/// </summary>
/// <remarks>The lock guards everything but the reader's side of the ring. Nothing is called back under it.</remarks>
internal sealed class Outbox
{
    // Beyond the ring's limit commands wait here; there is room for as many again.
    private const int OverflowRatio = 4;
    private const int PiecesInARow = 4;
    private readonly object _gate = new();
    private readonly Stream _stream;
    private readonly Action<Exception> _lost;
    private readonly Scheduler _scheduler;
    private readonly OutgoingBuffer _buffer = new();
    private readonly int _overflowLimit;
    private readonly SendLoop _loop;
    private PendingQueue _overflow;
    private long _writtenThrough;
    private long _earliest = long.MaxValue;
    private long _bytesSent;
    private bool _isSending;
    private bool _isClosed;

    internal Outbox(Stream stream, Scheduler scheduler, int limit, Action<Exception> lost)
    {
        _stream = stream;
        _scheduler = scheduler;
        _lost = lost;
        _overflowLimit = limit * OverflowRatio;
        _loop = new SendLoop(this);
        Ring = new PendingRing(limit);
    }

    internal PendingRing Ring { get; }

    internal long BytesSent => Volatile.Read(ref _bytesSent);

    /// <summary>Commands without a reply.</summary>
    internal int Depth => Ring.Count + _overflow.Count;

    /// <summary>Commands that were not handed to the operating system.</summary>
    internal int Unsent => (int)Math.Max(0, Ring.Tail - Volatile.Read(ref _writtenThrough)) + _overflow.Count;

    /// <summary>Gives a command its place.</summary>
    internal Admission TryAdd(Pending pending)
    {
        bool mustFlush;
        lock (_gate)
        {
            if (_isClosed)
            {
                return Admission.Closed;
            }

            _earliest = Math.Min(_earliest, pending.Deadline);
            if (_overflow.Count > 0 || Ring.IsFull || !_buffer.HasRoom(pending.Bytes.Length))
            {
                if (_overflow.Count >= _overflowLimit)
                {
                    return Admission.Full;
                }

                _overflow.Add(pending);
                return Admission.Accepted;
            }

            Append(pending);
            mustFlush = !_isSending;
        }

        if (mustFlush && !Cork.Holds(this))
        {
            Flush();
        }

        return Admission.Accepted;
    }

    /// <summary>Sends what has gathered, unless somebody is sending already.</summary>
    internal void Flush()
    {
        lock (_gate)
        {
            if (_isSending || _isClosed || _buffer.Length == 0)
            {
                return;
            }

            _isSending = true;
        }

        _loop.Run();
    }

    /// <summary>The reader has freed places: lets those in who wait for one.</summary>
    internal void LetWaitersIn()
    {
        if (_overflow.Count == 0)
        {
            return;
        }

        lock (_gate)
        {
            while (!_isClosed && !Ring.IsFull && _overflow.First is { } first && _buffer.HasRoom(first.Bytes.Length))
            {
                var pending = _overflow.Take()!;
                if (pending.IsWaiting)
                {
                    Append(pending);
                }
                else
                {
                    pending.Release();
                }
            }
        }

        Flush();
    }

    /// <summary>Nothing is taken in any more, and nothing is sent after the piece that is on its way.</summary>
    internal void Close()
    {
        lock (_gate)
        {
            if (_isClosed)
            {
                return;
            }

            _isClosed = true;
            if (!_isSending)
            {
                _buffer.Free();
            }
        }
    }

    /// <summary>After the reader has ended: hands over every unanswered command, in order, and whether it was written.</summary>
    internal void Drain(Action<Pending, bool> take)
    {
        while (Ring.Peek() is { } pending)
        {
            var wasWritten = Ring.Head < Volatile.Read(ref _writtenThrough);
            Ring.Remove();
            take(pending, wasWritten);
        }

        PendingQueue waiting;
        lock (_gate)
        {
            waiting = _overflow.TakeAll();
        }

        while (waiting.Take() is { } pending)
        {
            take(pending, false);
        }
    }

    /// <summary>Claims the commands whose time is up.</summary>
    internal IReadOnlyList<Pending> ClaimExpired(long now)
    {
        List<Pending>? expired = null;
        lock (_gate)
        {
            if (now < _earliest)
            {
                return [];
            }

            _earliest = long.MaxValue;
            for (var number = Ring.Head; number < Ring.Tail; number++)
            {
                if (Ring.Place(number) is { } pending)
                {
                    Look(pending, now, ref expired);
                }
            }

            ClaimExpiredWaiters(now, ref expired);
        }

        return expired ?? [];
    }

    /// <summary>When the oldest unanswered command was given; null when there is none.</summary>
    internal long? OldestStart()
    {
        lock (_gate)
        {
            // Read while the reader goes on, so it may be one that was answered this moment; that is young enough.
            return Ring.Place(Ring.Head) is { } oldest && Ring.Count > 0 ? oldest.Started : _overflow.First?.Started;
        }
    }

    /// <summary>When the connection counts as dead unless something comes; null while nothing is awaited.</summary>
    /// <param name="hardLimit">How long a command may be without a reply, in milliseconds.</param>
    /// <param name="usualLimit">How long commands usually wait, in milliseconds. A command that was given more time gives the connection as much more.</param>
    internal long? DeadFrom(long hardLimit, long usualLimit)
    {
        lock (_gate)
        {
            if (Ring.Count == 0 || Ring.Place(Ring.Head) is not { } oldest)
            {
                return _overflow.First?.Started + hardLimit;
            }

            var state = oldest.State;
            var (started, deadline) = (oldest.Started, oldest.Deadline);

            // The reader goes on meanwhile. What it has taken out may be in use again, and its times mixed.
            if (oldest.State != state)
            {
                return null;
            }

            return deadline == long.MaxValue ? started + hardLimit : Math.Max(started + hardLimit, deadline + hardLimit - usualLimit);
        }
    }

    private void ClaimExpiredWaiters(long now, ref List<Pending>? expired)
    {
        var waiting = _overflow.TakeAll();
        while (waiting.Take() is { } pending)
        {
            if (now >= pending.Deadline && pending.TryClaim())
            {
                pending.Release();
                (expired ??= []).Add(pending);
            }
            else
            {
                _earliest = Math.Min(_earliest, pending.Deadline);
                _overflow.Add(pending);
            }
        }
    }

    // The state is read first: if the claim succeeds, the deadline that was read in between belonged to the same use.
    private void Look(Pending pending, long now, ref List<Pending>? expired)
    {
        var state = pending.State;
        var deadline = pending.Deadline;
        if (now < deadline)
        {
            _earliest = Math.Min(_earliest, deadline);
        }
        else if (pending.TryClaim(state))
        {
            (expired ??= []).Add(pending);
        }
    }

    private void Append(Pending pending)
    {
        Ring.Add(pending);
        _buffer.Append(pending.Bytes);
    }

    private bool TryTakePiece(out ReadOnlyMemory<byte> piece)
    {
        lock (_gate)
        {
            if (_isClosed || _buffer.Length == 0)
            {
                _isSending = false;
                if (_isClosed)
                {
                    _buffer.Free();
                }

                piece = default;
                return false;
            }

            piece = _buffer.Take();
            _writtenThrough = Ring.Tail;
            return true;
        }
    }

    private void Failed(Exception failure)
    {
        lock (_gate)
        {
            // A failed send may still have the buffer; it is left to the garbage collector.
            _isSending = false;
            _isClosed = true;
        }

        _lost(failure);
    }

    /// <summary>Sends piece after piece. A class of its own because it is also work for the pool.</summary>
    private sealed class SendLoop : IThreadPoolWorkItem
    {
        private readonly Outbox _outbox;
        private readonly Action _onSent;
        private System.Runtime.CompilerServices.ConfiguredValueTaskAwaitable.ConfiguredValueTaskAwaiter _send;
        private int _length;

        internal SendLoop(Outbox outbox)
        {
            _outbox = outbox;
            _onSent = OnSent;
        }

        public void Execute() => Run();

        internal void Run()
        {
            try
            {
                for (var pieces = 0; _outbox.TryTakePiece(out var piece); pieces++)
                {
                    _length = piece.Length;
                    _send = _outbox._stream.WriteAsync(piece).ConfigureAwait(false).GetAwaiter();
                    if (!_send.IsCompleted)
                    {
                        _send.UnsafeOnCompleted(_onSent);
                        return;
                    }

                    EndSend();

                    // A caller is not kept for ever sending what others give.
                    if (pieces == PiecesInARow)
                    {
                        _outbox._scheduler.Queue(this);
                        return;
                    }
                }
            }
            catch (Exception failure)
            {
                _outbox.Failed(failure);
            }
        }

        private void OnSent()
        {
            try
            {
                EndSend();
            }
            catch (Exception failure)
            {
                _outbox.Failed(failure);
                return;
            }

            Run();
        }

        private void EndSend()
        {
            if (_send.IsCompleted)
            {
                _send.GetResult();
                Interlocked.Add(ref _outbox._bytesSent, _length);
            }
        }
    }
}
