using Larder.Resp.Connecting;
using Larder.Resp.Pipelining;
using Larder.Resp.Scheduling;

namespace Larder.Resp.Topology;

/// <summary>
/// Commands that no node takes right now, although one will soon: the slot is on its way, the server loads its data, another primary is being
/// chosen. Each is given to the routing again after its pause, until its deadline.
/// </summary>
internal sealed class Postponed : IAsyncDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(5);
    private readonly object _gate = new();
    private readonly Scheduler _scheduler;
    private readonly Action<Pending> _again;
    private readonly Func<RespDiagnostics> _diagnose;
    private readonly ITimer _timer;
    private List<(Pending Pending, long Due)> _waiting = [];
    private bool _isDisposed;

    /// <param name="scheduler">Clock and timers.</param>
    /// <param name="again">Sends a command, or postpones it again.</param>
    /// <param name="diagnose">What time-outs say.</param>
    internal Postponed(Scheduler scheduler, Action<Pending> again, Func<RespDiagnostics> diagnose)
    {
        _scheduler = scheduler;
        _again = again;
        _diagnose = diagnose;
        _timer = scheduler.StartTicking(static self => ((Postponed)self!).Tick(), this, Interval);
        _timer.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    internal int Count
    {
        get
        {
            lock (_gate)
            {
                return _waiting.Count;
            }
        }
    }

    /// <summary>Takes a command over, with the connection's hold on it.</summary>
    internal void Add(Pending pending, int milliseconds)
    {
        lock (_gate)
        {
            if (!_isDisposed)
            {
                _waiting.Add((pending, _scheduler.Clock.Now + milliseconds));
                if (_waiting.Count == 1)
                {
                    _timer.Change(Interval, Interval);
                }

                return;
            }
        }

        Fail(PendingQueue.Of(pending));
    }

    /// <summary>Gives what waits to somebody else.</summary>
    internal void HandOver(Action<Pending> successor)
    {
        List<(Pending Pending, long Due)> waiting;
        lock (_gate)
        {
            (waiting, _waiting) = (_waiting, []);
        }

        foreach (var (pending, _) in waiting)
        {
            successor(pending);
        }
    }

    public ValueTask DisposeAsync()
    {
        var left = default(PendingQueue);
        lock (_gate)
        {
            _isDisposed = true;
            foreach (var (pending, _) in _waiting)
            {
                left.Add(pending);
            }

            _waiting = [];
        }

        Fail(left);
        return _timer.DisposeAsync();
    }

    private void Fail(PendingQueue left) => Endings.FailAll(left, new RespConnectionException("The client was disposed of."), _scheduler);

    private void Tick()
    {
        var due = default(PendingQueue);
        List<Pending> expired = [];
        lock (_gate)
        {
            var now = _scheduler.Clock.Now;
            var kept = new List<(Pending, long)>(_waiting.Count);
            foreach (var one in _waiting)
            {
                Sort(one, now, kept, ref due, expired);
            }

            _waiting = kept;
            if (kept.Count == 0 && !_isDisposed)
            {
                _timer.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
            }
        }

        if (expired.Count > 0)
        {
            var diagnostics = _diagnose();
            Endings.FailClaimed(
                expired, pending => new RespTimeoutException($"{pending.Name} was answered by no server within {pending.Deadline - pending.Started} ms.", diagnostics), _scheduler);
        }

        while (due.Take() is { } pending)
        {
            _again(pending);
        }
    }

    private static void Sort((Pending Pending, long Due) one, long now, List<(Pending, long)> kept, ref PendingQueue due, List<Pending> expired)
    {
        if (!one.Pending.IsWaiting)
        {
            one.Pending.Release();
        }
        else if (now >= one.Pending.Deadline)
        {
            if (one.Pending.TryClaim())
            {
                expired.Add(one.Pending);
            }

            one.Pending.Release();
        }
        else if (now >= one.Due)
        {
            due.Add(one.Pending);
        }
        else
        {
            kept.Add(one);
        }
    }
}
