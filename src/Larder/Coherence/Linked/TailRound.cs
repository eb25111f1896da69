using Larder.Ports;

namespace Larder.Coherence;

/// <summary>The question to the registry that goes along behind a change.</summary>
internal sealed class TailRound(Line line, long epoch, Tails tails) : Round(line, epoch)
{
    private readonly long _sentAt = line.Now;

    public override void Answered(int index, in AuthorityAnswer answer)
    {
        if (index == Tails.Question)
        {
            tails.Answered(Epoch, _sentAt, answer);
        }
    }

    protected override void Lost(int index, Exception? failure)
    {
        // The connection was given up, and whoever made the change asks in vain.
    }
}
