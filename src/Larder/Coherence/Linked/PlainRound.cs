using Larder.Ports;

namespace Larder.Coherence;

/// <summary>
/// Commands whose answers are a few numbers: all of them, without their bodies, or null when one is missing. What this node changes itself is dropped here on the reader as well, as the
/// answer comes: a read may have brought the old value back since the call began.
/// </summary>
internal sealed class PlainRound(Line line, long epoch, int count = 1) : Round<AuthorityAnswer[]?>(line, epoch)
{
    private readonly AuthorityAnswer[] _answers = new AuthorityAnswer[count];
    private int _remaining = count;

    internal override void Answered(Step step, in AuthorityAnswer answer)
    {
        DropLocally(step);
        _answers[step.Index] = new AuthorityAnswer
        {
            Kind = answer.Kind,
            Token = answer.Token,
            Number = answer.Number,
            Milliseconds = answer.Milliseconds,
            Nodes = answer.Nodes,
        };
        if (Interlocked.Decrement(ref _remaining) == 0)
        {
            TryEnd(_answers);
        }
    }

    internal override void Failed(Step step, Exception? failure) => TryEnd(null);

    private void DropLocally(Step step)
    {
        switch (step.Verb)
        {
            case AuthorityVerb.Force:
            case AuthorityVerb.Remove:
            case AuthorityVerb.Expire:
            case AuthorityVerb.Hold:
            case AuthorityVerb.Increment:
                Line.Listener.KeyChanged(step.Key!);
                break;
            case AuthorityVerb.MoveFence when step.Fence.Kind != FenceKind.Registry:
                Line.Listener.FenceMoved(step.Fence);
                break;
        }
    }
}
