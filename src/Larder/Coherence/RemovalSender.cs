using Larder.Ports;
using Larder.Scheduling;

namespace Larder.Coherence;

/// <summary>
/// Tells other nodes of this node's removals: in order, off the caller's path, again and again until the channel has taken them. When too many wait they become one gap, which says as much as all of them.
/// </summary>
internal sealed class RemovalSender(IRemovalChannel channel, Scheduler scheduler, Action<Exception> onFailure) : IThreadPoolWorkItem, IAsyncDisposable
{
    private const int Bound = 4_096;
    private const int MostAtOnce = 256;
    private const long Pause = 1_000;

    private readonly Queue<(Removal Removal, TaskCompletionSource<bool>? Sent)> _queue = new();
    private readonly TaskCompletionSource<bool> _closing = scheduler.CreateCompletion<bool>();
    private readonly TaskCompletionSource<bool> _drained = scheduler.CreateCompletion<bool>();
    private int _underWay;
    private int _lost;
    private bool _isRunning;
    private bool _isClosed;
    private bool _hasFailed;

    /// <summary>How many of those that were taken over the channel has not taken, or not yet.</summary>
    internal int Unsent
    {
        get
        {
            lock (_queue)
            {
                return _lost + _underWay + _queue.Count;
            }
        }
    }

    /// <summary>Takes a removal over.</summary>
    internal void Post(Removal removal) => Add([removal], sent: null);

    /// <summary>Takes removals over. True when the channel has taken them, false when it never will by itself.</summary>
    internal Task<bool> SendAsync(ReadOnlySpan<Removal> removals)
    {
        var sent = scheduler.CreateCompletion<bool>();
        if (!Add(removals, sent))
        {
            sent.TrySetResult(false);
        }

        return sent.Task;
    }

    public void Execute() => _ = DrainAsync();

    /// <summary>Takes nothing more, and tries once more to send what waits.</summary>
    public async ValueTask DisposeAsync()
    {
        lock (_queue)
        {
            _isClosed = true;
            if (!_isRunning)
            {
                return;
            }
        }

        scheduler.Complete(_closing, result: true);
        await _drained.Task.ConfigureAwait(false);
    }

    private bool Add(ReadOnlySpan<Removal> removals, TaskCompletionSource<bool>? sent)
    {
        List<TaskCompletionSource<bool>> dropped = [];
        lock (_queue)
        {
            if (_isClosed || removals.IsEmpty)
            {
                return false;
            }

            for (var i = 0; i < removals.Length; i++)
            {
                if (_queue.Count >= Bound)
                {
                    dropped.AddRange(_queue.Select(static item => item.Sent).OfType<TaskCompletionSource<bool>>());
                    _queue.Clear();
                    _queue.Enqueue((new Removal(RemovalKind.Gap, Name: null, IsLocal: true), null));
                }

                _queue.Enqueue((removals[i], i == removals.Length - 1 ? sent : null));
            }

            if (!_isRunning)
            {
                _isRunning = true;
                scheduler.Queue(this);
            }
        }

        foreach (var lost in dropped)
        {
            lost.TrySetResult(false);
        }

        return true;
    }

    private async Task DrainAsync()
    {
        while (Take() is { Length: > 0 } items)
        {
            var removals = Array.ConvertAll(items, static item => item.Removal);
            var isSent = await TryPublishAsync(removals).ConfigureAwait(false);
            while (!isSent && !_closing.Task.IsCompleted)
            {
                await scheduler.EndsAsync(_closing.Task, Pause, CancellationToken.None).ConfigureAwait(false);
                isSent = await TryPublishAsync(removals).ConfigureAwait(false);
            }

            lock (_queue)
            {
                _underWay = 0;
                _lost += isSent ? 0 : items.Length;
            }

            foreach (var item in items)
            {
                item.Sent?.TrySetResult(isSent);
            }
        }
    }

    private (Removal Removal, TaskCompletionSource<bool>? Sent)[] Take()
    {
        lock (_queue)
        {
            var some = new (Removal, TaskCompletionSource<bool>?)[Math.Min(MostAtOnce, _queue.Count)];
            for (var i = 0; i < some.Length; i++)
            {
                some[i] = _queue.Dequeue();
            }

            _underWay = some.Length;
            _isRunning = some.Length > 0;
            if (!_isRunning && _isClosed)
            {
                _drained.TrySetResult(true);
            }

            return some;
        }
    }

    private async ValueTask<bool> TryPublishAsync(Removal[] removals)
    {
        try
        {
            if (await channel.PublishAsync(removals, CancellationToken.None).ConfigureAwait(false))
            {
                _hasFailed = false;
                return true;
            }
        }
        catch (Exception failed)
        {
            // Told once for each outage: it is tried again every second.
            if (!_hasFailed)
            {
                onFailure(failed);
            }

            _hasFailed = true;
        }

        return false;
    }
}
