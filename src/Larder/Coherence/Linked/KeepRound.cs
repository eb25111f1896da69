using Larder.Ports;

namespace Larder.Coherence;

/// <summary>The renewal of a lease. Only the last of its answers says whether the right is intact.</summary>
internal sealed class KeepRound(Line line, long epoch, KeptLease lease, Func<AuthorityAnswer, bool> isIntact) : Round(line, epoch)
{
    internal const int Last = 1;

    public override void Answered(int index, in AuthorityAnswer answer)
    {
        if (index == Last)
        {
            lease.Renewed(isIntact(answer));
        }
    }

    protected override void Moved(in AuthorityCommand command, Line strays)
    {
        lease.Unwatch();
        base.Moved(command, strays);
    }

    protected override void Lost(int index, Exception? failure)
    {
        if (index == Last)
        {
            lease.Renewed(isIntact: null);
        }
    }
}
