using Larder.Scheduling;

namespace Larder.Coherence;

/// <summary>
/// One subscriber's queue. It is worked off by one work item at a time, which keeps the order. A subscriber that falls
/// behind by more than the bound gets one gap ("assume everything") in place of all that it has not seen.
/// </summary>
internal sealed class RemovalSubscription(
    Func<Removal, CancellationToken, ValueTask> handler,
    Scheduler scheduler,
    Action<Exception> onError,
    Action<RemovalSubscription> onClosed) : IThreadPoolWorkItem, IAsyncDisposable
{
    private const int Bound = 4_096;

    private readonly Queue<Removal> _queue = new();
    private readonly CancellationTokenSource _closing = new();
    private bool _isRunning;
    private bool _isClosed;

    internal void Post(Removal removal)
    {
        lock (_queue)
        {
            if (_isClosed)
            {
                return;
            }

            if (_queue.Count >= Bound)
            {
                _queue.Clear();
                removal = new Removal(RemovalKind.Gap, null, removal.IsLocal);
            }

            _queue.Enqueue(removal);
            if (_isRunning)
            {
                return;
            }

            _isRunning = true;
        }

        scheduler.Queue(this);
    }

    public void Execute() => _ = DrainAsync();

    public ValueTask DisposeAsync()
    {
        Close();
        return ValueTask.CompletedTask;
    }

    internal void Close()
    {
        lock (_queue)
        {
            if (_isClosed)
            {
                return;
            }

            _isClosed = true;
            _queue.Clear();
        }

        onClosed(this);
        try
        {
            _closing.Cancel();
        }
        catch (AggregateException failed)
        {
            onError(failed);
        }
    }

    private async Task DrainAsync()
    {
        while (true)
        {
            Removal removal;
            lock (_queue)
            {
                if (!_queue.TryDequeue(out removal))
                {
                    _isRunning = false;
                    return;
                }
            }

            try
            {
                await handler(removal, _closing.Token).ConfigureAwait(false);
            }
            catch (Exception failed)
            {
                if (!_closing.IsCancellationRequested)
                {
                    onError(failed);
                }
            }
        }
    }
}
