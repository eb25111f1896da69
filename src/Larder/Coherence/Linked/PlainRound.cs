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
    private AuthorityCommand[] _sent = [];

    internal void Send(params AuthorityCommand[] commands)
    {
        _sent = commands;
        Line.Send(Epoch, commands);
    }

    public override void Answered(int index, in AuthorityAnswer answer)
    {
        if (index < _sent.Length)
        {
            DropLocally(_sent[index]);
        }

        _answers[index] = new AuthorityAnswer
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

    internal override void Remember(in AuthorityCommand command)
    {
        if (_sent.Length == 0)
        {
            base.Remember(command);
        }
    }

    protected override AuthorityCommand? Find(int index) => index < _sent.Length ? _sent[index] : base.Find(index);

    protected override void Lost(int index, Exception? failure) => TryEnd(null);

    private void DropLocally(in AuthorityCommand sent)
    {
        switch (sent.Verb)
        {
            case AuthorityVerb.Force:
            case AuthorityVerb.Remove:
            case AuthorityVerb.Expire:
            case AuthorityVerb.Hold:
            case AuthorityVerb.Increment:
                Line.Listener.KeyChanged(sent.Key!);
                break;
            case AuthorityVerb.MoveFence when sent.Fence.Kind != FenceKind.Registry:
                Line.Listener.FenceMoved(sent.Fence);
                break;
        }
    }
}
