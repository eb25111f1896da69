using Larder.Ports;

namespace Larder.Locks;

/// <summary>A lock that is prolonged every third of its time, until it is given back or lost.</summary>
internal sealed class LeasedLock(LeasedLocks locks, string name, FenceToken owner, long number, LockLease lease) : CacheLock
{
    private const int RenewalsPerLifetime = 3;
    private const int RetriesPerLifetime = 20;

    private readonly LockEnding _ending = new();
    private readonly TaskCompletionSource<bool> _stopped = locks.Scheduler.CreateCompletion<bool>();

    public override string Name => name;

    public override long FencingNumber => number;

    public override CancellationToken Lost => _ending.Token;

    public override bool IsHeld => !_ending.HasEnded && !lease.IsOver;

    internal FenceToken Owner => owner;

    public override async ValueTask DisposeAsync()
    {
        var isFirst = _ending.TryGiveBack();
        Stop();
        if (isFirst)
        {
            // Beyond its lifetime it has ended by itself, whatever the store answers.
            var left = (long)Math.Max(0, lease.Left.TotalMilliseconds);
            await locks.Scheduler.EndsAsync(locks.GiveBackAsync(name, owner), left, CancellationToken.None).ConfigureAwait(false);
        }
    }

    /// <summary>Begins to prolong it.</summary>
    internal void Start() => _ = KeepAsync();

    internal void Lose()
    {
        if (_ending.Lose() is { } failed)
        {
            locks.CallbackFailed(failed);
        }

        Stop();
    }

    private async Task KeepAsync()
    {
        var pause = lease.TimeToLive / RenewalsPerLifetime;
        while (await PauseAsync(pause).ConfigureAwait(false))
        {
            var sentAt = lease.Now;
            var prolonging = ProlongAsync();
            await locks.Scheduler.EndsAsync(prolonging, Milliseconds(lease.Left), CancellationToken.None).ConfigureAwait(false);
            switch (prolonging.IsCompleted ? await prolonging.ConfigureAwait(false) : null)
            {
                case true:
                    lease.ProlongedAt(sentAt);
                    pause = lease.TimeToLive / RenewalsPerLifetime;
                    break;
                case false:
                    Lose();
                    return;
                default:
                    pause = lease.TimeToLive / RetriesPerLifetime;
                    break;
            }

            if (lease.IsOver)
            {
                break;
            }
        }

        if (!_ending.HasEnded)
        {
            // Whatever the store still does with a command of this owner, the next one need not wait for it.
            Lose();
            await locks.GiveBackAsync(name, owner).ConfigureAwait(false);
        }
    }

    /// <summary>Waits, but no longer than the lock may be trusted; false when it has ended or is over.</summary>
    private async ValueTask<bool> PauseAsync(TimeSpan pause)
    {
        var left = lease.Left;
        await locks.Scheduler.EndsAsync(_stopped.Task, Milliseconds(left < pause ? left : pause), CancellationToken.None).ConfigureAwait(false);
        return !_ending.HasEnded && !lease.IsOver;
    }

    /// <summary>Null when the store can not be asked.</summary>
    private async Task<bool?> ProlongAsync()
    {
        try
        {
            return await locks.Store.TryProlongAsync(name, owner, lease.TimeToLive, CancellationToken.None).ConfigureAwait(false);
        }
        catch (Exception)
        {
            return null;
        }
    }

    private void Stop()
    {
        locks.Forget(this);
        locks.Scheduler.Complete(_stopped, result: true);
    }

    // Rounded up: a timer that is early would find the time not quite over.
    private static long Milliseconds(TimeSpan time) => Math.Max(0, (long)Math.Ceiling(time.TotalMilliseconds));
}
