using Larder.Resp.Scheduling;

namespace Larder.Resp.Topology;

/// <summary>Does one thing when somebody asks for it: never twice at once, for many that ask together once, and with a pause in between.</summary>
internal sealed class Refreshing(Scheduler scheduler, Func<Task> refresh) : IDisposable
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);
    private readonly CancellationTokenSource _stop = new();
    private readonly object _gate = new();
    private bool _isRunning;
    private bool _isWanted;

    /// <summary>Asks for it.</summary>
    internal void Request()
    {
        lock (_gate)
        {
            _isWanted = true;
            if (_isRunning || _stop.IsCancellationRequested)
            {
                return;
            }

            _isRunning = true;
        }

        scheduler.Start(RunAsync);
    }

    public void Dispose() => _stop.Cancel();

    private async Task RunAsync()
    {
        while (MustGoOn())
        {
            await refresh().ConfigureAwait(false);
            try
            {
                await scheduler.DelayAsync(Pause, _stop.Token).ConfigureAwait(false);
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
    }

    private bool MustGoOn()
    {
        lock (_gate)
        {
            _isRunning = _isWanted && !_stop.IsCancellationRequested;
            _isWanted = false;
            return _isRunning;
        }
    }
}
