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

    // Those of the commands that change something, in their places; null when none does.
    private AuthorityCommand[]? _changes;

    internal void Send(params ReadOnlySpan<AuthorityCommand> commands) => Line.Send(Epoch, commands);

    /// <summary>Told by the line of each command before it is sent, so that no way of sending one leaves this out. True for a change behind which the registry is asked.</summary>
    internal bool Sending(in AuthorityCommand command)
    {
        if (!IsChange(command))
        {
            return false;
        }

        (_changes ??= new AuthorityCommand[_answers.Length])[command.Index] = command;

        // The fence of any tag is moved in front of that of a tag.
        return IsAwaited(command) && command.Fence.Kind != FenceKind.AnyTag;
    }

    public override void Answered(int index, in AuthorityAnswer answer)
    {
        if (_changes is { } changes && IsChange(changes[index]))
        {
            DropLocally(changes[index]);
            if (IsAwaited(changes[index]))
            {
                Line.Tails?.Changed();
            }
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
        // Changes are kept already.
        if (!IsChange(command))
        {
            base.Remember(command);
        }
    }

    protected override AuthorityCommand? Find(int index) =>
        _changes is { } changes && IsChange(changes[index]) ? changes[index] : base.Find(index);

    protected override void Lost(int index, Exception? failure) => TryEnd(null);

    private static bool IsChange(in AuthorityCommand command) =>
        command.Verb is AuthorityVerb.Force or AuthorityVerb.Remove or AuthorityVerb.Expire or AuthorityVerb.Hold or AuthorityVerb.Increment
        || (command.Verb == AuthorityVerb.MoveFence && command.Fence.Kind != FenceKind.Registry);

    // The first step of a Set is not: the second one is.
    private static bool IsAwaited(in AuthorityCommand change) => change.Verb != AuthorityVerb.Force;

    private void DropLocally(in AuthorityCommand change)
    {
        if (change.Key is { } key)
        {
            Line.Listener.KeyChanged(key);
        }
        else
        {
            Line.Listener.FenceMoved(change.Fence);
        }
    }
}
