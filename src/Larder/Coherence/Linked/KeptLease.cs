using Larder.Ports;

namespace Larder.Coherence;

/// <summary>
/// A right to load that renews itself every third of its time while the source is asked: one renewal at a time, and none after the fill or the release was sent. It outlives a connection,
/// because the token decides; but its observation does not, so that memory keeps nothing of such a load.
/// </summary>
internal abstract class KeptLease(Line line, ClaimOrder order) : ITierLease
{
    private readonly object _phasing = new();
    private LeasePhase _phase;
    private bool _isOutstanding;
    private ITimer? _timer;

    protected Line Line { get; } = line;

    protected ClaimOrder Order { get; } = order;

    protected string Key => Order.Key;

    /// <summary>What the key must still carry for the fill.</summary>
    protected abstract FenceToken Expected { get; }

    public async ValueTask<StoreOutcome> FillAsync(TierWrite write, FenceToken token, CancellationToken cancellationToken)
    {
        if (!TryFinish())
        {
            return StoreOutcome.FencedOff;
        }

        var epoch = Line.Epoch;
        var round = new FillRound(Line, epoch, Order.Observation, token);
        round.Send(Key, Expected, write, cancellationToken.CanBeCanceled, Farewell(epoch));
        var outcome = await round.ResultAsync(cancellationToken).ConfigureAwait(false);
        if (outcome == StoreOutcome.Unavailable)
        {
            GiveBackLater();
        }

        return outcome;
    }

    public async ValueTask ReleaseAsync(bool dropsOlder, CancellationToken cancellationToken)
    {
        if (!TryFinish())
        {
            return;
        }

        // Nothing is kept of what is not in the store.
        Order.Observation.Void();
        var epoch = Line.Epoch;
        var round = new PlainRound(Line, epoch);
        SendRelease(epoch, round, dropsOlder);
        if (await round.ResultAsync(cancellationToken).ConfigureAwait(false) is null)
        {
            GiveBackLater();
        }
    }

    public ValueTask DisposeAsync() => ReleaseAsync(dropsOlder: false, CancellationToken.None);

    internal void Start()
    {
        lock (_phasing)
        {
            Arrange();
        }
    }

    /// <summary>The key lives where nobody tells of its changes.</summary>
    internal void Unwatch() => Order.Observation.Unwatch();

    /// <summary>On the reader: whether the right is intact; null when that is not known.</summary>
    internal void Renewed(bool? isIntact)
    {
        lock (_phasing)
        {
            _isOutstanding = false;
            if (_phase != LeasePhase.Held || isIntact is not { } intact)
            {
                return;
            }

            if (!intact)
            {
                _phase = LeasePhase.Lost;
                _timer?.Dispose();
            }

            Renewed(intact);
        }
    }

    /// <summary>Under the lock, before the renewal is sent: no fill has been sent yet, and none is before this returns.</summary>
    protected abstract void Renewing();

    /// <summary>Sends the renewal, outside of the lock.</summary>
    protected abstract void SendRenewal(long epoch);

    /// <summary>Under the lock, on the reader, unless the fill was sent meanwhile.</summary>
    protected abstract void Renewed(bool isIntact);

    /// <summary>The fill or the release got no answer: whatever is left of the right is given back when the store can be reached.</summary>
    protected abstract void GiveBackLater();

    protected abstract void SendRelease(long epoch, PlainRound round, bool dropsOlder);

    /// <summary>What goes along behind the fill; null for nothing.</summary>
    protected virtual AuthorityCommand? Farewell(long epoch) => null;

    private void Renew()
    {
        lock (_phasing)
        {
            if (_phase != LeasePhase.Held)
            {
                return;
            }

            Arrange();
            if (_isOutstanding)
            {
                return;
            }

            _isOutstanding = true;
            Renewing();
        }

        SendRenewal(Line.Epoch);
    }

    private void Arrange()
    {
        _timer?.Dispose();
        _timer = Line.Scheduler.StartTimer(static lease => ((KeptLease)lease!).Renew(), this, Math.Max(1, Order.Milliseconds / 3));
    }

    private bool TryFinish()
    {
        lock (_phasing)
        {
            var isHeld = _phase == LeasePhase.Held;
            if (isHeld)
            {
                _phase = LeasePhase.Ended;
                _timer?.Dispose();
            }

            return isHeld;
        }
    }
}
