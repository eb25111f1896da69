namespace Larder.Resp.Connecting;

/// <summary>Looks after something often while there is anything to look after, and seldom while there is not, so that an idle node hardly wakes the processor.</summary>
internal sealed class Pulse : IAsyncDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan IdleInterval = TimeSpan.FromMilliseconds(250);
    private const int IdleBeats = 100;
    private readonly Func<bool> _look;
    private readonly ITimer _timer;
    private int _idleBeats;
    private bool _isSlow;

    /// <param name="scheduler">Timers.</param>
    /// <param name="look">Looks; true while there is anything to look after.</param>
    internal Pulse(Scheduling.Scheduler scheduler, Func<bool> look)
    {
        _look = look;
        _timer = scheduler.StartTicking(static self => ((Pulse)self!).Beat(), this, Interval);
    }

    public ValueTask DisposeAsync() => _timer.DisposeAsync();

    // The first time-out after a pause may come later by the longer interval.
    private void Beat()
    {
        var isBusy = _look();
        _idleBeats = isBusy ? 0 : _idleBeats + 1;
        if (_idleBeats == IdleBeats && !_isSlow)
        {
            _isSlow = true;
            _timer.Change(IdleInterval, IdleInterval);
        }
        else if (isBusy && _isSlow)
        {
            _isSlow = false;
            _timer.Change(Interval, Interval);
        }
    }
}
