using Larder.Scheduling;

namespace Larder.Testing;

/// <summary>A fault that was ordered from <see cref="TierFaults"/>. Thread-safe.</summary>
public sealed class TierFault
{
    private readonly TierFaults _faults;
    private readonly List<(Scheduler Scheduler, TaskCompletionSource<bool> Call)> _hanging = [];
    private int _left;
    private int _hits;
    private bool _isHealed;

    internal TierFault(TierFaults faults, FaultKind kind, TierOperations operations, int times)
    {
        _faults = faults;
        Kind = kind;
        Operations = operations;
        _left = times;
    }

    /// <summary>The calls that it concerns.</summary>
    public TierOperations Operations { get; }

    /// <summary>How many calls it has hit.</summary>
    public int Hits
    {
        get
        {
            lock (_hanging)
            {
                return _hits;
            }
        }
    }

    /// <summary>How many calls hang in it now.</summary>
    public int Hanging
    {
        get
        {
            lock (_hanging)
            {
                return _hanging.Count;
            }
        }
    }

    internal FaultKind Kind { get; }

    /// <summary>True when the call is carried out first, and only its answer suffers.</summary>
    internal bool IsAfterwards { get; init; }

    internal Exception? Exception { get; init; }

    internal TimeSpan Delay { get; init; }

    internal Func<byte[], byte[]>? Damage { get; init; }

    /// <summary>Ends the fault: calls that hang in it go on, and no other is hit.</summary>
    public void Heal()
    {
        _faults.Forget(this);
        (Scheduler Scheduler, TaskCompletionSource<bool> Call)[] hanging;
        lock (_hanging)
        {
            _isHealed = true;
            hanging = [.. _hanging];
            _hanging.Clear();
        }

        foreach (var (scheduler, call) in hanging)
        {
            scheduler.Complete(call, true);
        }
    }

    /// <summary>Takes a call, unless the fault is used up.</summary>
    internal bool TryHit()
    {
        lock (_hanging)
        {
            if (_isHealed || _left == 0)
            {
                return false;
            }

            _left--;
            _hits++;
            return true;
        }
    }

    /// <summary>Ends when the fault is healed, or the caller waits no longer.</summary>
    internal async Task HangAsync(Scheduler scheduler, CancellationToken cancellationToken)
    {
        var call = scheduler.CreateCompletion<bool>();
        var hanging = (scheduler, call);
        lock (_hanging)
        {
            if (_isHealed)
            {
                return;
            }

            _hanging.Add(hanging);
        }

        var leaving = cancellationToken.UnsafeRegister(_ => scheduler.Complete(call, false), null);
        await using (leaving.ConfigureAwait(false))
        {
            await call.Task.ConfigureAwait(false);
        }

        lock (_hanging)
        {
            _hanging.Remove(hanging);
        }

        cancellationToken.ThrowIfCancellationRequested();
    }
}
