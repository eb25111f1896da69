using Larder.Ports;
using Larder.Scheduling;

namespace Larder.Coherence;

/// <summary>
/// Removals that the authority could not be told yet, in the order in which they were asked for. They are told again and again until it answers; only then is it read again, because until
/// then it may hold what was removed. With a journal they survive the process.
/// </summary>
/// <param name="scheduler">Timers and hops.</param>
/// <param name="journal">Where they are kept; null for memory alone.</param>
/// <param name="tell">Tells the authority of one removal; true when it has answered.</param>
/// <param name="setBehind">Told whether any removal waits.</param>
/// <param name="onFailure">Told of a journal that fails.</param>
internal sealed class QueuedRemovals(
    Scheduler scheduler, IJournal? journal, Func<JournalRecord, ValueTask<bool>> tell, Action<bool> setBehind, Action<Exception> onFailure)
    : IThreadPoolWorkItem, IAsyncDisposable
{
    /// <summary>So many may wait. One more, and one Clear takes the place of them all: more is dropped than was asked for, nothing is forgotten.</summary>
    internal const int Bound = 100_000;

    private const long FirstPause = 250;
    private const long LongestPause = 10_000;

    private readonly object _gate = new();
    private readonly Queue<(JournalRecord Record, long QueuedAt)> _waiting = new();
    private readonly AsyncTurn _appending = new();
    private ITimer? _timer;
    private long _pause = FirstPause;
    private long _sequence;
    private bool _isReplaying;
    private ValueTask _startTurn;
    private bool _isClosed;

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

    /// <summary>How many are lost when the process ends now: those that wait, unless a journal has them.</summary>
    internal int CountOfUnwritten => journal is null ? Count : 0;

    /// <summary>How long the oldest has waited; zero when none does.</summary>
    internal TimeSpan Age
    {
        get
        {
            lock (_gate)
            {
                return _waiting.TryPeek(out var oldest) ? TimeSpan.FromMilliseconds(Math.Max(0, scheduler.Clock.Now - oldest.QueuedAt)) : TimeSpan.Zero;
            }
        }
    }

    /// <summary>Takes up what an earlier life of the process has left. The authority counts as behind from the first moment.</summary>
    internal void Start()
    {
        if (journal is not null)
        {
            setBehind(true);

            // Nothing is appended or told before what is older has been read.
            _isReplaying = true;
            _startTurn = _appending.EnterAsync(scheduler);
            scheduler.Queue(this);
        }
    }

    public void Execute() => _ = RunAsync();

    /// <summary>Adds a removal at the end. Throws what the journal throws; then the removal is not queued.</summary>
    internal async ValueTask AddAsync(RemovalKind kind, string? name)
    {
        setBehind(true);
        await _appending.EnterAsync(scheduler).ConfigureAwait(false);
        try
        {
            JournalRecord record;
            lock (_gate)
            {
                record = _waiting.Count < Bound
                    ? new JournalRecord(++_sequence, kind, name)
                    : new JournalRecord(++_sequence, RemovalKind.Clear, null);
            }

            if (journal is not null)
            {
                await journal.AppendAsync(record, CancellationToken.None).ConfigureAwait(false);
            }

            lock (_gate)
            {
                if (record.Kind == RemovalKind.Clear)
                {
                    // Everything that waits is covered by it.
                    _waiting.Clear();
                }

                // Once more: a replay may have ended while the journal took its time.
                setBehind(true);
                _waiting.Enqueue((record, scheduler.Clock.Now));
            }
        }
        finally
        {
            _appending.Leave();
            Retry();
        }
    }

    /// <summary>Stops telling. What waits stays in the journal.</summary>
    public async ValueTask DisposeAsync()
    {
        lock (_gate)
        {
            _isClosed = true;
            _timer?.Dispose();
        }

        if (journal is not null)
        {
            await journal.DisposeAsync().ConfigureAwait(false);
        }
    }

    private async Task RunAsync()
    {
        await _startTurn.ConfigureAwait(false);
        try
        {
            var left = new List<(JournalRecord Record, long QueuedAt)>();
            await foreach (var record in journal!.ReadAsync(CancellationToken.None).ConfigureAwait(false))
            {
                left.Add((record, scheduler.Clock.Now));
            }

            lock (_gate)
            {
                // What was queued since the start is younger.
                var since = _waiting.ToArray();
                _waiting.Clear();
                foreach (var item in left.Concat(since))
                {
                    _waiting.Enqueue(item);
                }

                _sequence = Math.Max(_sequence, left.Count == 0 ? 0 : left[^1].Record.Sequence);
            }
        }
        catch (Exception failed)
        {
            onFailure(failed);

            // What the journal held is not known: the safe reading is that it held everything.
            lock (_gate)
            {
                _waiting.Enqueue((new JournalRecord(++_sequence, RemovalKind.Clear, null), scheduler.Clock.Now));
            }
        }

        lock (_gate)
        {
            _isReplaying = false;
        }

        _appending.Leave();
        await ReplayAsync().ConfigureAwait(false);
    }

    private void Retry()
    {
        lock (_gate)
        {
            // A timer that runs is left alone: whoever removes all the time would put the attempt off for ever.
            if (_isClosed || _isReplaying || _timer is not null)
            {
                return;
            }

            _timer = scheduler.StartTimer(static state => _ = ((QueuedRemovals)state!).ReplayAsync(), this, _pause);
        }
    }

    private async Task ReplayAsync()
    {
        lock (_gate)
        {
            _timer?.Dispose();
            _timer = null;
            if (_isReplaying || _isClosed)
            {
                return;
            }

            _isReplaying = true;
        }

        var isDone = false;
        try
        {
            isDone = await TellAllAsync().ConfigureAwait(false);
        }
        catch (Exception failed)
        {
            onFailure(failed);
        }

        lock (_gate)
        {
            _isReplaying = false;
            _pause = isDone ? FirstPause : Math.Min(_pause * 2, LongestPause);
            isDone &= _waiting.Count == 0;
        }

        if (!isDone)
        {
            Retry();
        }
    }

    /// <summary>Appends and trims take turns. A trim that fails leaves a removal to be repeated in the next life, which is harmless.</summary>
    private async ValueTask TrimAsync(long sequence)
    {
        if (journal is null)
        {
            return;
        }

        await _appending.EnterAsync(scheduler).ConfigureAwait(false);
        try
        {
            await journal.TrimAsync(sequence, CancellationToken.None).ConfigureAwait(false);
        }
        catch (Exception failed)
        {
            onFailure(failed);
        }
        finally
        {
            _appending.Leave();
        }
    }

    /// <summary>True when none is left; then the authority may be read again.</summary>
    private async ValueTask<bool> TellAllAsync()
    {
        while (true)
        {
            JournalRecord next;
            lock (_gate)
            {
                if (!_waiting.TryPeek(out var oldest))
                {
                    setBehind(false);
                    return true;
                }

                next = oldest.Record;
            }

            if (!await tell(next).ConfigureAwait(false))
            {
                return false;
            }

            lock (_gate)
            {
                if (_waiting.TryPeek(out var told) && told.Record.Sequence == next.Sequence)
                {
                    _waiting.Dequeue();
                }
            }

            await TrimAsync(next.Sequence).ConfigureAwait(false);
        }
    }
}
