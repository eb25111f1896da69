using Larder.Ports;

namespace Larder.Coherence;

/// <summary>
/// Commands that are sent together, told apart by their index, and what becomes of their answers on the reader. Answers come one after the other; a failure may come on any thread, also while an
/// answer is being looked at.
/// </summary>
internal abstract class Round(Line line, long epoch) : IAuthorityCaller
{
    // Only where keys may move.
    private AuthorityCommand[] _sent = [];

    internal Line Line { get; } = line;

    /// <summary>The connection that it is sent on.</summary>
    internal long Epoch { get; } = epoch;

    /// <summary>On the reader, in the stream's order. Quick, never throws.</summary>
    public abstract void Answered(int index, in AuthorityAnswer answer);

    public void Failed(int index, Exception? failure)
    {
        Losing();
        if (failure is AuthorityMovedException && Line.Strays is { } strays && Find(index) is { } sent && IsAboutKey(sent))
        {
            Moved(sent, strays);
            return;
        }

        if (failure is AuthorityRefusedException)
        {
            // The connection is none of it.
            Line.Refused?.Invoke(failure);
            Lost(index, failure);
            return;
        }

        // First the connection: by the time that anybody learns of the failure nothing of it counts any more.
        Line.Fault(Epoch, failure);
        Lost(index, failure);
    }

    /// <inheritdoc/>
    public virtual void Resume(int index)
    {
    }

    /// <summary>There is no answer from where the key lives. The connection is none of it.</summary>
    internal void FailedElsewhere(int index, Exception? failure)
    {
        Losing();
        Lost(index, failure);
    }

    /// <summary>One of the commands has failed, perhaps only here. From here on the link need not say that waiters may go on.</summary>
    private protected virtual void Losing()
    {
    }

    /// <summary>Keeps a command for the case that it has to be carried out elsewhere.</summary>
    internal virtual void Remember(in AuthorityCommand command) => _sent = [.. _sent, command];

    /// <summary>There is no answer to this command. Unless its key lives elsewhere, the connection has been given up already.</summary>
    protected abstract void Lost(int index, Exception? failure);

    /// <summary>
    /// The key of this command lives elsewhere, and the command was not carried out; the connection stays. It is carried out there, unless the round begins anew. Whatever the round observes is not to be
    /// kept or shared any more before that, because nobody will tell of changes.
    /// </summary>
    protected virtual void Moved(in AuthorityCommand command, Line strays) =>
        strays.Send(strays.Epoch, new AuthorityCommand(command.Verb, new CallerElsewhere(this), command.Index)
        {
            Key = command.Key,
            Token = command.Token,
            Expected = command.Expected,
            Milliseconds = command.Milliseconds,
            Number = command.Number,
            Body = command.Body,
        });

    /// <summary>The remembered command of that index; of a command with many keys the part about one of them.</summary>
    protected virtual AuthorityCommand? Find(int index)
    {
        foreach (ref readonly var command in _sent.AsSpan())
        {
            var place = index - command.Index;
            if (place >= 0 && place < command.AnswerCount)
            {
                return command.Keys.IsEmpty
                    ? command
                    : new AuthorityCommand(command.Verb == AuthorityVerb.ReadMany ? AuthorityVerb.Read : AuthorityVerb.TrackedRead, this, index) { Key = command.Keys.Span[place] };
            }
        }

        return null;
    }

    // What belongs to the home of a range moves only together with its registry, and then the connection is over.
    private static bool IsAboutKey(in AuthorityCommand command) =>
        command.Key is not null && command.Verb is not (AuthorityVerb.Renew or AuthorityVerb.Forget);
}
