using Larder.Ports;

namespace Larder.Coherence;

/// <summary>
/// A change is followed, in the same pipeline, by the question that its writer would ask next: who has to be waited for. Answers come in the order of the commands, so an answer that comes behind that of a change was given
/// after it was carried out. Where keys may be carried out elsewhere there is no such order, and the question is asked when it is needed.
/// </summary>
internal sealed class Tails(Line line, RegistryTerms terms)
{
    internal const int Question = 0;
    private const int Bell = 1;

    private long _changes;
    private Tail? _latest;

    /// <summary>The commands with the question behind them.</summary>
    internal AuthorityCommand[] Behind(long epoch, ReadOnlySpan<AuthorityCommand> changes) => [.. changes, .. Ask(new TailRound(line, epoch, this))];

    /// <summary>A change of this node was answered. On the reader.</summary>
    internal void Changed() => Interlocked.Increment(ref _changes);

    /// <summary>On the reader, in the order of the stream.</summary>
    internal void Answered(long epoch, long sentAt, in AuthorityAnswer answer) =>
        Volatile.Write(ref _latest, new Tail(epoch, sentAt, line.Now, Volatile.Read(ref _changes), answer));

    /// <summary>An answer that was given after all changes of this node that were answered before the call; asks for one if there is none. Null when the connection is lost.</summary>
    internal async ValueTask<Tail?> CoverAsync(CancellationToken cancellationToken)
    {
        var changes = Volatile.Read(ref _changes);
        var epoch = line.Epoch;
        if (Volatile.Read(ref _latest) is { } latest && latest.Epoch == epoch && latest.Covers >= changes && line.Strays is null)
        {
            return latest;
        }

        var sentAt = line.Now;
        var commands = Ask(new PlainRound(line, epoch, terms.Acknowledges ? 2 : 1));
        var round = (PlainRound)commands[Question].Caller;
        round.Send(commands);
        return await round.ResultAsync(cancellationToken).ConfigureAwait(false) is { } answers ? new Tail(epoch, sentAt, line.Now, changes, answers[Question]) : null;
    }

    /// <summary>At Strict raises the sequence, and rings for those that had nothing to drop; otherwise looks whether there is anybody to wait for.</summary>
    private AuthorityCommand[] Ask(Round round)
    {
        if (!terms.Acknowledges)
        {
            return [new AuthorityCommand(AuthorityVerb.Look, round, Question) { Milliseconds = terms.Agreement }];
        }

        return
        [
            new AuthorityCommand(AuthorityVerb.Bump, round, Question) { Token = line.NewToken(), Milliseconds = terms.Agreement },
            new AuthorityCommand(AuthorityVerb.MoveFence, round, Bell) { Fence = FenceName.Registry, Token = line.NewToken() },
        ];
    }
}
