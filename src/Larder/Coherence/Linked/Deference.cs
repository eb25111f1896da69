using Larder.Ports;

namespace Larder.Coherence;

/// <summary>
/// A writer of a lower level beside nodes that are strict. What they promise their callers depends on the writer, so it looks behind its change whether there are any, and waits for them as one of them would.
/// </summary>
/// <remarks>
/// A strict node that enters the registry later than the look has the change announced before the answer that lets it serve from memory, so it need not be waited for. The look comes behind the change for that reason.
/// </remarks>
internal sealed class Deference(Line line, RegistryTerms terms, Tails tails, ILineNews news)
{
    private readonly GuestView _view = new(line, terms.Acknowledges);
    private bool _hasTold;

    /// <summary>A connection is up: what is known of the registry counts from here.</summary>
    internal void Connected(long epoch) => line.Send(epoch, new AuthorityCommand(AuthorityVerb.Look, new FirstLook(line, epoch, this)));

    internal async ValueTask<bool> RunAsync(CancellationToken cancellationToken)
    {
        if (await tails.CoverAsync(cancellationToken).ConfigureAwait(false) is not { } look)
        {
            // A key of a range whose home is away can be changed where the key lives; then only what was known counts.
            return line.Strays is not null && !Volatile.Read(ref _hasTold);
        }

        return !Note(look) || await WaitAsync(look, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>For a strict node whose registry was made with another lease time: waits for those that live by it. False when there is another number of ranges as well.</summary>
    internal async ValueTask<bool> RunForeignAsync(CancellationToken cancellationToken)
    {
        var epoch = line.Epoch;
        var round = new PlainRound(line, epoch);
        round.Send(new AuthorityCommand(AuthorityVerb.Look, round));
        if (await round.ResultAsync(cancellationToken).ConfigureAwait(false) is not { } answers)
        {
            return false;
        }

        var look = new Tail(epoch, line.Now, line.Now, Covers: 0, answers[0]);
        _view.HasStrictNodes(look);
        return await WaitAsync(look, cancellationToken).ConfigureAwait(false);
    }

    private async ValueTask<bool> WaitAsync(Tail look, CancellationToken cancellationToken)
    {
        if (RegistryTerms.RangesOf(look.Answer.Milliseconds) != RegistryTerms.RangesOf(terms.Agreement) && look.Answer.Kind == AuthorityKind.Value)
        {
            // They have cut the keys otherwise, and wait for changes in other registries.
            return false;
        }

        var epoch = line.Epoch;
        var bumping = new PlainRound(line, epoch, count: 2);
        var sentAt = line.Now;
        bumping.Send(
            new AuthorityCommand(AuthorityVerb.Bump, bumping) { Token = line.NewToken(), Milliseconds = look.Answer.Milliseconds > 0 ? look.Answer.Milliseconds : terms.Agreement },
            new AuthorityCommand(AuthorityVerb.MoveFence, bumping, 1) { Fence = FenceName.Registry, Token = line.NewToken() });
        return await bumping.ResultAsync(cancellationToken).ConfigureAwait(false) is { } raised
            && await new Synchronization(line, _view).RunAsync(new Tail(epoch, sentAt, line.Now, Covers: 0, raised[0]), cancellationToken).ConfigureAwait(false);
    }

    private bool Note(Tail look)
    {
        var hasStrictNodes = _view.HasStrictNodes(look);
        if (hasStrictNodes != Volatile.Read(ref _hasTold))
        {
            Volatile.Write(ref _hasTold, hasStrictNodes);
            news.StricterNodes(hasStrictNodes);
        }

        return hasStrictNodes;
    }

    private sealed class FirstLook(Line line, long epoch, Deference deference) : Round(line, epoch)
    {
        public override void Answered(int index, in AuthorityAnswer answer) =>
            deference.Note(new Tail(Epoch, Line.Now, Line.Now, Covers: 0, answer));

        protected override void Lost(int index, Exception? failure)
        {
            // There is no connection any more.
        }
    }
}
