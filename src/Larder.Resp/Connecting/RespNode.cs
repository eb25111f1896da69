using Larder.Resp.Pipelining;
using Larder.Resp.Scheduling;
using Larder.Resp.Signals;

namespace Larder.Resp.Connecting;

/// <summary>
/// A server and the one connection to it. Commands go to the connection; without one they are refused or wait, and what
/// was under way when it was lost is sent again, or fails, by what is known of it:
/// </summary>
/// <remarks>
/// <code>
///                                 not yet written        written, no reply
/// repeatable                      sent again             sent again
/// anything else                   sent again             fails as indeterminate
/// never resent, or bound to the
/// lost connection                 fails                  fails (as indeterminate unless it is repeatable)
/// </code>
/// <para>What waits to be sent again keeps its deadline. The lock guards the backlog and which connection is the current one.</para>
/// </remarks>
internal sealed class RespNode : IConnectionOwner, IConnectionGauges, IAsyncDisposable
{
    private const int MostSendAttempts = 3;

    private readonly object _gate = new();

    // Held while observers are told, and by nobody who holds the other one: so that they hear of a connection's end after its beginning.
    private readonly object _telling = new();
    private readonly NodeContext _context;
    private readonly Redialling _redialling;
    private readonly Heartbeat _heartbeat;
    private readonly Pulse _pulse;
    private readonly Backlog _backlog = new();
    private RespConnection? _current;
    private RespConnection? _announced;
    private Exception? _lastFailure;
    private long _pastSent;
    private long _pastReceived;
    private Action<Pending>? _successor;
    private bool _isDisposed;

    internal RespNode(RespEndPoint endPoint, NodeContext context)
        : this(endPoint, new FixedEndPoint(endPoint), context)
    {
    }

    /// <param name="endPoint">What it is called until it was found.</param>
    /// <param name="source">Where to look for it.</param>
    /// <param name="context">What the nodes of the client share.</param>
    internal RespNode(RespEndPoint endPoint, IEndPointSource source, NodeContext context)
    {
        Place = new NodePlace(endPoint, source);
        _context = context;
        _redialling = new Redialling(this, context);
        _pulse = new Pulse(context.Scheduler, Tick);
        _heartbeat = new Heartbeat(this, context, _redialling.Proven);
        RespMeter.Register(this);
    }

    /// <summary>Where it is, and where to look for it.</summary>
    internal NodePlace Place { get; }

    internal RespEndPoint EndPoint => Place.EndPoint;

    /// <inheritdoc/>
    public string EndPointName => Place.Name;

    /// <summary>The connection that commands go to; null while there is none.</summary>
    internal RespConnection? Current => Volatile.Read(ref _current);

    /// <summary>The number of the current connection; 0 while there is none.</summary>
    internal long Epoch => Current?.Epoch ?? 0;

    /// <inheritdoc/>
    public bool IsConnected => Current is not null;

    /// <inheritdoc/>
    public int Depth => (Current?.Outbox.Depth ?? 0) + _backlog.Count;

    /// <inheritdoc/>
    public long TotalSent => Volatile.Read(ref _pastSent) + (Current?.Outbox.BytesSent ?? 0);

    /// <inheritdoc/>
    public long TotalReceived => Volatile.Read(ref _pastReceived) + (Current?.BytesReceived ?? 0);

    /// <summary>Why it is disposed of.</summary>
    internal string Farewell { get; set; } = "The client was disposed of.";

    internal bool IsDisposed => Volatile.Read(ref _isDisposed);

    /// <summary>Connects for the first time; what it throws names the reason.</summary>
    internal Task ConnectAsync(CancellationToken cancellationToken) => _redialling.ConnectFirstAsync(cancellationToken);

    /// <summary>Begins to connect, without waiting for it.</summary>
    internal void Begin() => _redialling.Begin();

    /// <summary>The next dial will probably succeed, so it need not wait.</summary>
    internal void Hurry() => _redialling.Hurry();

    /// <summary>Sends a command on this node, or ends it.</summary>
    internal void Send(Pending pending)
    {
        for (var attempt = 0; attempt < MostSendAttempts; attempt++)
        {
            var connection = Current;
            if (connection is null)
            {
                break;
            }

            if (pending.Epoch != 0 && pending.Epoch != connection.Epoch)
            {
                Endings.Reject(pending, Gone(pending));
                return;
            }

            switch (connection.TryAdd(pending))
            {
                case Admission.Accepted:
                    return;
                case Admission.Full:
                    Endings.Reject(pending, new RespOverloadException($"{pending.Name} was not sent: {connection.Outbox.Depth} commands wait for replies of {EndPoint}, and there is no room for more (MaximumPending is {_context.Options.MaximumPending}). Send less at a time, or raise MaximumPending."));
                    return;
                default:
                    break;
            }
        }

        Wait(pending);
    }

    /// <summary>Gives up the connection of that number, if it is still there.</summary>
    internal bool GiveUp(long epoch, string reason)
    {
        // Observers may know of one that takes no commands yet.
        var connection = Volatile.Read(ref _announced);
        if (connection is null || connection.Epoch != epoch)
        {
            return false;
        }

        connection.GiveUp(new RespConnectionException($"The connection to {connection.EndPoint} was given up. {reason}"));
        return true;
    }

    /// <summary>How the connection and the pool stand.</summary>
    internal RespDiagnostics Diagnose() => Diagnosis.Of(this, _backlog.Count, _lastFailure, _context.Scheduler);

    /// <summary>Makes a connection the current one, and sends what waits. Throws when it is dead already.</summary>
    internal void Publish(RespConnection connection, Action? published)
    {
        RespMeter.Opened(EndPointName);
        RespLog.Connected(_context.Logger, EndPointName, connection.Epoch);
        lock (_telling)
        {
            if (!connection.HasEnded)
            {
                connection.IsTold = true;
                Volatile.Write(ref _announced, connection);
                Tell(new RespGap { EndPoint = EndPointName, Epoch = connection.Epoch, IsConnected = true });
            }
        }

        // What waits goes out in one piece, after the lock.
        using (Cork.Begin())
        {
            MakeCurrent(connection, published);
        }

        _context.Observer.OnReady(this);
    }

    private void MakeCurrent(RespConnection connection, Action? published)
    {
        lock (_gate)
        {
            if (connection.HasEnded || _isDisposed)
            {
                throw new RespConnectionException($"The connection to {EndPoint} was lost at once.");
            }

            connection.IsKnown = true;
            published?.Invoke();
            RespMeter.Resent(EndPointName, _backlog.SendOn(connection));
            _lastFailure = null;
            Volatile.Write(ref _current, connection);
        }
    }

    // More may wait than a new connection has room for; the rest follows as its places become free.
    private void SendBacklog()
    {
        using var cork = Cork.Begin();
        lock (_gate)
        {
            if (_current is { } connection)
            {
                RespMeter.Resent(EndPointName, _backlog.SendOn(connection));
            }
        }
    }

    /// <summary>An attempt to connect has failed.</summary>
    internal void NotConnected(Exception failure)
    {
        PendingQueue waiting = default;
        lock (_gate)
        {
            _lastFailure = failure;
            if (failure is RespAuthenticationException || _isDisposed)
            {
                // Waiting would be in vain until somebody mends the settings.
                waiting = _backlog.TakeAll();
            }
        }

        Endings.FailAll(waiting, failure, _context.Scheduler);
    }

    /// <summary>Makes the connection for the redialling.</summary>
    internal RespConnection MakeConnection(Link link, RespEndPoint endPoint) => new(link, endPoint, _context.Options, _context.Scheduler, this);

    void IConnectionOwner.OnPush(RespConnection connection, ref RespReader push) => _context.Observer.OnPush(this, ref push);

    void IConnectionOwner.OnExpired(IReadOnlyList<Pending> expired)
    {
        var diagnostics = Diagnose();
        RespMeter.TimedOut(EndPointName, expired.Count);
        RespLog.TimedOut(_context.Logger, expired.Count, diagnostics.ToString());
        Endings.FailClaimed(
            expired,
            pending => new RespTimeoutException($"{pending.Name} had no reply within {pending.Deadline - pending.Started} ms.", diagnostics),
            _context.Scheduler);
    }

    void IConnectionOwner.OnEnded(RespConnection connection, Exception reason)
    {
        lock (_telling)
        {
            connection.HasEnded = true;
            if (connection.IsTold)
            {
                if (!IsDisposed)
                {
                    RespMeter.Lost(EndPointName);
                }

                Tell(new RespGap { EndPoint = EndPointName, Epoch = connection.Epoch, Reason = reason });
            }
        }

        Loss loss;
        int resent;
        lock (_gate)
        {
            loss = new Loss(reason, EndPointName, connection.IsKnown && (!_isDisposed || _context.Stranded is not null));
            connection.Outbox.Drain(loss.Sort);
            if (ReferenceEquals(_announced, connection))
            {
                Volatile.Write(ref _announced, null);
            }

            if (ReferenceEquals(_current, connection))
            {
                Volatile.Write(ref _current, null);
                _lastFailure = reason;
            }

            _pastSent += connection.Outbox.BytesSent;
            _pastReceived += connection.BytesReceived;
            resent = loss.Again.Count;
            if (_context.Stranded is null)
            {
                _backlog.PutInFront(loss.Again);
            }
        }

        if (IsDisposed)
        {
            RespLog.Closed(_context.Logger, EndPointName, connection.Epoch, reason.Message);
        }
        else if (connection.IsKnown)
        {
            RespLog.Lost(_context.Logger, EndPointName, connection.Epoch, reason.Message, resent, loss.Failed.Count, loss.IndeterminateCount);
        }

        connection.Complete(loss.Failed);
        _context.Stranded?.Invoke(this, loss.Again);
        if (connection.IsKnown && !IsDisposed)
        {
            _redialling.Begin();
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        PendingQueue waiting;
        lock (_gate)
        {
            if (_isDisposed)
            {
                return;
            }

            _isDisposed = true;
            waiting = _backlog.TakeAll();
        }

        RespMeter.Forget(this);
        var closed = new RespConnectionException(Farewell);
        Current?.Close(closed);
        Endings.FailAll(waiting, closed, _context.Scheduler);
        await _pulse.DisposeAsync().ConfigureAwait(false);
        await _heartbeat.DisposeAsync().ConfigureAwait(false);
        await _redialling.DisposeAsync().ConfigureAwait(false);
    }

    /// <summary>From now on somebody else takes what waits and what comes.</summary>
    internal void HandOver(Action<Pending> successor)
    {
        PendingQueue waiting;
        lock (_gate)
        {
            _successor = successor;
            waiting = _backlog.TakeAll();
        }

        while (waiting.Take() is { } pending)
        {
            successor(pending);
        }
    }

    private void Wait(Pending pending)
    {
        Exception? refusal = null;
        lock (_gate)
        {
            if (_isDisposed && _successor is null)
            {
                refusal = new ObjectDisposedException("RespClient");
            }
            else if (pending.Epoch != 0)
            {
                // A successor would send it on another connection.
                refusal = Gone(pending);
            }
            else if (_successor is not null)
            {
                // Below, because nothing is called back under the lock.
            }
            else if (Current is { IsClosed: false } connection && connection.TryAdd(pending) == Admission.Accepted)
            {
                return;
            }
            else if (_lastFailure is RespAuthenticationException)
            {
                refusal = new RespConnectionException($"{pending.Name} was not sent: {_lastFailure.Message}", _lastFailure);
            }
            else if (_context.Options.BacklogPolicy == RespBacklogPolicy.Queue && _backlog.Count < _context.Options.BacklogLimit)
            {
                _backlog.Add(pending);
                return;
            }
            else
            {
                refusal = new RespConnectionException($"{pending.Name} was not sent: there is no connection to {EndPoint}. {Explain()}", _lastFailure);
            }
        }

        if (refusal is null)
        {
            _successor!(pending);
            return;
        }

        Endings.Reject(pending, refusal);
    }

    private string Explain() => _context.Options.BacklogPolicy == RespBacklogPolicy.Queue
        ? $"{_backlog.Count} commands wait for one already (BacklogLimit)."
        : _lastFailure?.Message ?? "It is being dialled.";

    private static RespConnectionException Gone(Pending pending) =>
        new($"{pending.Name} was not sent: connection {pending.Epoch}, to which it is bound, is no longer there.");

    private bool Tick()
    {
        var isBusy = Current?.Tick() == true;
        if (_backlog.Count == 0)
        {
            return isBusy;
        }

        ExpireBacklog();
        SendBacklog();
        return true;
    }

    private void ExpireBacklog()
    {
        IReadOnlyList<Pending> expired;
        lock (_gate)
        {
            expired = _backlog.TakeExpired(_context.Scheduler.Clock.Now);
        }

        if (expired.Count > 0)
        {
            ((IConnectionOwner)this).OnExpired(expired);
        }
    }

    private void Tell(RespGap gap)
    {
        try
        {
            _context.Observer.OnGap(this, gap);
        }
        catch (Exception failure)
        {
            RespLog.HandlerFailed(_context.Logger, failure);
        }
    }
}
