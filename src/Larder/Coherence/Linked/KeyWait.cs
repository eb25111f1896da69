using Larder.Scheduling;

namespace Larder.Coherence;

/// <summary>Somebody who waits for a key to change. Listed by <see cref="KeyWaits"/>, under its lock.</summary>
internal sealed class KeyWait(KeyWaits waits, string key, Scheduler scheduler)
{
    private readonly TaskCompletionSource<bool> _ended = scheduler.CreateCompletion<bool>();
    private ITimer? _timer;
    private int _isOver;

    internal string Key { get; } = key;

    internal KeyWait? Next { get; set; }

    internal Task Task => _ended.Task;

    internal void Start(long milliseconds)
    {
        Volatile.Write(ref _timer, scheduler.StartTimer(static wait => ((KeyWait)wait!).TimeIsUp(), this, milliseconds));
        if (Volatile.Read(ref _isOver) != 0)
        {
            _timer?.Dispose();
        }
    }

    internal void End()
    {
        if (Interlocked.Exchange(ref _isOver, 1) == 0)
        {
            Volatile.Read(ref _timer)?.Dispose();
            scheduler.Complete(_ended, true);
        }
    }

    private void TimeIsUp()
    {
        waits.Remove(this);
        End();
    }
}
