using Larder.Resp.Pipelining;
using Larder.Resp.Reading;

namespace Larder.Resp.Connecting;

/// <summary>
/// Asks a connection on which nothing comes for a sign of life, so that a dead one is found while nobody uses it: an
/// unanswered PING runs into the hard time limit as any command does. It also says when a connection has proved its health.
/// </summary>
internal sealed class Heartbeat : IAsyncDisposable
{
    private static readonly TimeSpan ProvingTime = TimeSpan.FromSeconds(5);
    private readonly RespNode _node;
    private readonly NodeContext _context;
    private readonly Action _proven;
    private readonly ITimer _timer;
    private readonly bool _isAsking;
    private readonly long _interval;
    private long _epoch;
    private long _replies;

    internal Heartbeat(RespNode node, NodeContext context, Action proven)
    {
        _node = node;
        _context = context;
        _proven = proven;
        _isAsking = context.Options.HeartbeatInterval > TimeSpan.Zero;
        var interval = _isAsking ? context.Options.HeartbeatInterval : ProvingTime;
        _interval = (long)interval.TotalMilliseconds;
        _timer = context.Scheduler.StartTicking(static self => ((Heartbeat)self!).Beat(), this, interval);
    }

    public ValueTask DisposeAsync() => _timer.DisposeAsync();

    private void Beat()
    {
        if (_node.Current is not { } connection)
        {
            return;
        }

        // Seen at two beats, with replies in between: that is more than a handshake and a crash.
        if (_epoch == connection.Epoch && connection.RepliesSeen > _replies)
        {
            _proven();
        }

        (_epoch, _replies) = (connection.Epoch, connection.RepliesSeen);
        var now = _context.Scheduler.Clock.Now;
        if (_isAsking && connection.Outbox.Depth == 0 && now - connection.LastReceived >= _interval / 2)
        {
            Ask(connection, now);
        }
    }

    private void Ask(RespConnection connection, long now)
    {
        var ping = Pending<RespValue>.Rent(Replies.Value);
        ping.Scheduler = _context.Scheduler;
        ping.Add(new RespCommand("PING") { Flags = RespFlags.NeverResend | RespFlags.Repeatable }, isOnlyOne: true);

        // Without a deadline of its own: the hard limit is what it is for.
        ping.Begin(now, long.MaxValue);
        var answer = ping.Task.AsTask();
        _ = answer.ContinueWith(static done => done.Exception, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        if (connection.TryAdd(ping) != Admission.Accepted && ping.TryClaim())
        {
            ping.Failed(new RespConnectionException("The connection was lost."));
            ping.Release();
            ping.Publish();
        }
    }
}
