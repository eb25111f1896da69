using Larder.Ports;

namespace Larder.Coherence;

/// <summary>
/// The right to replace a value that stays in place until then. It keeps others from doing the same work, and nothing depends on it: a fill is accepted only in the place of the value's own
/// token. So it is renewed by giving it back and taking it anew, under a fresh token.
/// </summary>
internal sealed class RefreshLease(Line line, ClaimOrder order, FenceToken value, FenceToken right) : KeptLease(line, order)
{
    private FenceToken _right = right;
    private FenceToken _before;

    protected override FenceToken Expected => value;

    /// <summary>The command that gives the right back.</summary>
    internal static AuthorityCommand GivingBack(Line line, long epoch, string key, FenceToken right) =>
        new AuthorityCommand(AuthorityVerb.ReleaseRefresh, new PlainRound(line, epoch)) { Key = key, Expected = right };

    protected override void Renewing()
    {
        _before = _right;
        _right = Line.NewToken();
    }

    protected override void SendRenewal(long epoch)
    {
        // Whoever takes it in between only does the same work, so this right is never lost.
        var round = new KeepRound(Line, epoch, this, static _ => true);
        Line.Send(
            epoch,
            new AuthorityCommand(AuthorityVerb.ReleaseRefresh, round) { Key = Key, Expected = _before },
            new AuthorityCommand(AuthorityVerb.TakeRefresh, round, KeepRound.Last) { Key = Key, Token = _right, Milliseconds = Order.Milliseconds });
    }

    protected override void Renewed(bool isIntact)
    {
    }

    protected override void GiveBackLater() => Line.GiveBack(AuthorityVerb.ReleaseRefresh, Key, _right, Order.Milliseconds);

    protected override void SendRelease(long epoch, PlainRound round, bool dropsOlder)
    {
        var goodbye = GivingBack(Line, epoch, Key, _right);
        if (dropsOlder)
        {
            Line.Send(epoch, new AuthorityCommand(AuthorityVerb.Release, round) { Key = Key, Expected = value }, goodbye);
        }
        else
        {
            Line.Send(epoch, new AuthorityCommand(AuthorityVerb.ReleaseRefresh, round) { Key = Key, Expected = _right });
        }
    }

    protected override AuthorityCommand? Farewell(long epoch) => GivingBack(Line, epoch, Key, _right);
}
