using Larder.Ports;

namespace Larder.Coherence;

/// <summary>The renewal of a lease. Only the last of its answers says whether the right is intact.</summary>
internal sealed class KeepRound(Line line, long epoch, KeptLease lease, Func<AuthorityAnswer, bool> isIntact) : Round(line, epoch)
{
    internal const int Last = 1;

    internal override void Answered(Step step, in AuthorityAnswer answer)
    {
        if (step.Index == Last)
        {
            lease.Renewed(isIntact(answer));
        }
    }

    internal override void Moved(Step step, Line strays)
    {
        lease.Unwatch();
        base.Moved(step, strays);
    }

    internal override void Failed(Step step, Exception? failure)
    {
        if (step.Index == Last)
        {
            lease.Renewed(isIntact: null);
        }
    }
}
