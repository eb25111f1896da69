using Larder.Ports;

namespace Larder.Coherence;

/// <summary>
/// Plants a lease, and looks at the key once more in the same pipeline: the planting was announced to this connection like any change, and ended the tracking. The load may begin only when
/// the look, which tracks again, finds the lease in place.
/// </summary>
internal sealed class AcquireRound(Line line, long epoch, ClaimOrder order, FenceToken token) : ClaimRound(line, epoch, order)
{
    private bool _isPlanted;

    internal void Send()
    {
        Line.ArmAtSend(Order.Observation);
        Line.Send(
            Epoch,
            new AuthorityCommand(AuthorityVerb.Acquire, this) { Key = Order.Key, Token = token, Milliseconds = Order.Milliseconds },
            new AuthorityCommand(AuthorityVerb.TrackedPeek, this, 1) { Key = Order.Key });
    }

    public override void Answered(int index, in AuthorityAnswer answer)
    {
        if (index == 0)
        {
            _isPlanted = answer.Kind == AuthorityKind.Nothing;
            if (!_isPlanted)
            {
                EndWith(answer);
            }
        }
        else if (_isPlanted)
        {
            var isThere = answer.Kind == AuthorityKind.Lease && answer.Token == token;
            if (isThere)
            {
                Order.Observation.Arm();
            }

            TryEnd(isThere ? Attempt.Granted : Attempt.Again);
        }
    }

    protected override void Moved(in AuthorityCommand command, Line strays)
    {
        if (command.Index == 1 && _isPlanted)
        {
            // It moved behind the planting, and took the lease along. Whether that is still there the fill will find out; nobody who comes later shares the load.
            Order.Observation.Unwatch();
            TryEnd(Attempt.Granted);
            return;
        }

        base.Moved(command, strays);
    }

    protected override void Lost(int index, Exception? failure)
    {
        if (!IsOver)
        {
            Line.GiveBack(AuthorityVerb.Release, Order.Key, token, Order.Milliseconds);
        }

        base.Lost(index, failure);
    }
}
