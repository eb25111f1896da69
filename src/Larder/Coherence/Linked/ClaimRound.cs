using Larder.Ports;

namespace Larder.Coherence;

/// <summary>One try to get the right to load a key: what both ways of asking make of the key as they find it.</summary>
internal abstract class ClaimRound(Line line, long epoch, ClaimOrder order) : Round<Attempt>(line, epoch)
{
    protected ClaimOrder Order { get; } = order;

    /// <summary>The whole of it begins anew where the key lives: its commands belong together.</summary>
    protected override void Moved(in AuthorityCommand command, Line strays)
    {
        Order.Observation.Unwatch();
        TryEnd(Attempt.Moved);
    }

    protected override void Lost(int index, Exception? failure)
    {
        Order.Observation.Void();
        TryEnd(Attempt.Answered(TierClaim.Unavailable(failure)));
    }

    /// <summary>
    /// A value is there, or somebody else's right, or a hold: the answer was a tracked read, so from here on changes count. A number is treated as a hold, because a load can not
    /// replace it.
    /// </summary>
    protected void EndWith(in AuthorityAnswer answer)
    {
        Order.Observation.Arm();
        switch (answer.Kind)
        {
            case AuthorityKind.Value:
                TryEnd(Attempt.Answered(new TierClaim(PooledBody.Reading(answer))));
                break;
            case AuthorityKind.Lease:
                EndBusy(answer.Milliseconds);
                break;
            default:
                TryEnd(Attempt.Answered(new TierClaim(new TierReading(TierStatus.OnHold))));
                break;
        }
    }

    /// <summary>Another node loads: until the key changes, or until its right would be over.</summary>
    protected void EndBusy(long milliseconds)
    {
        Order.Observation.Arm();
        TryEnd(Attempt.Answered(TierClaim.Busy(Order.WaitFor(Line, milliseconds))));
    }
}
