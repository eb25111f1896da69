using Larder.Ports;

namespace Larder.Coherence;

/// <summary>
/// Asks for the right to replace a value that is there and stays there. The right has a key of its own and only saves work; what makes the fill safe is that the value's token is read here, before
/// the source is asked, and must still be there at the end.
/// </summary>
internal sealed class RefreshRound(Line line, long epoch, ClaimOrder order, FenceToken value, FenceToken right) : ClaimRound(line, epoch, order)
{
    private long _othersRemaining;

    /// <summary>True when the right was got, whatever the key held.</summary>
    internal bool HasRight { get; private set; }

    internal void Send()
    {
        Line.ArmAtSend(Order.Observation);
        Line.Send(
            Epoch,
            new AuthorityCommand(AuthorityVerb.TakeRefresh, this) { Key = Order.Key, Token = right, Milliseconds = Order.Milliseconds },
            new AuthorityCommand(AuthorityVerb.TrackedRead, this, 1) { Key = Order.Key });
    }

    public override void Answered(int index, in AuthorityAnswer answer)
    {
        if (index == 0)
        {
            HasRight = answer.Number == 1;
            _othersRemaining = answer.Milliseconds;
            return;
        }

        switch (answer.Kind)
        {
            case AuthorityKind.Nothing or AuthorityKind.Snapshot:
                TryEnd(Attempt.Again);
                break;
            case AuthorityKind.Value when answer.Token == value && HasRight:
                Order.Observation.Arm();
                TryEnd(Attempt.Granted);
                break;
            case AuthorityKind.Value when answer.Token == value:
                EndBusy(_othersRemaining);
                break;
            default:
                EndWith(answer);
                break;
        }
    }
}
