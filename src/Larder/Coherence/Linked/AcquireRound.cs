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
            new Step(this) { Verb = AuthorityVerb.Acquire, Key = Order.Key, Token = token, Milliseconds = Order.Milliseconds },
            new Step(this, 1) { Verb = AuthorityVerb.TrackedPeek, Key = Order.Key });
    }

    internal override void Moved(Step step, Line strays)
    {
        if (step.Index == 1 && _isPlanted)
        {
            // It moved behind the planting, and took the lease along. Whether that is still there the fill will find out; nobody shares the load until then.
            Order.Observation.Unwatch();
            TryEnd(Attempt.Granted);
            return;
        }

        base.Moved(step, strays);
    }

    internal override void Answered(Step step, in AuthorityAnswer answer)
    {
        if (step.Index == 0)
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
}
