using Larder.Ports;

namespace Larder.Coherence;

/// <summary>The right to load a key that holds nothing: a token in the key itself, which keeps everybody else out.</summary>
internal sealed class LoadLease(Line line, ClaimOrder order, FenceToken token) : KeptLease(line, order)
{
    protected override FenceToken Expected => token;

    protected override void Renewing()
    {
        // The store announces the renewal to this connection like any change. Without order that announcement never comes, so others are not to be held up.
        if (Line.IsOrdered)
        {
            Order.Observation.BeginRenewal();
        }
    }

    protected override void SendRenewal(long epoch)
    {
        var round = new KeepRound(Line, epoch, this, answer => answer.Kind == AuthorityKind.Lease && answer.Token == token);
        Line.Send(
            epoch,
            new AuthorityCommand(AuthorityVerb.Keep, round) { Key = Key, Expected = token, Milliseconds = Order.Milliseconds },
            new AuthorityCommand(AuthorityVerb.TrackedPeek, round, KeepRound.Last) { Key = Key });
    }

    protected override void Renewed(bool isIntact)
    {
        if (!isIntact)
        {
            Order.Observation.Void();
        }
        else if (Line.IsOrdered)
        {
            Order.Observation.EndRenewal(isIntact: true);
        }
    }

    protected override void GiveBackLater() => Line.GiveBack(AuthorityVerb.Release, Key, token, Order.Milliseconds);

    protected override void SendRelease(long epoch, PlainRound round, bool dropsOlder) =>
        Line.Send(epoch, new AuthorityCommand(AuthorityVerb.Release, round) { Key = Key, Expected = token });
}
