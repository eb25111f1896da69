using Larder.Ports;

namespace Larder.Coherence;

/// <summary>What is written to keys and fences. Whoever writes waits for the other nodes afterwards, see <see cref="Synchronization"/>.</summary>
internal sealed class KeyCommands(Line line, long writeLeaseMilliseconds)
{
    /// <summary>
    /// In two steps, the second only after the first was answered: a single command that is carried out late, when nobody waits for it any more, would bring its value back after a removal that came
    /// later. The forced lease ends every load of the key, and a late fill does not find it.
    /// </summary>
    internal async ValueTask<StoreOutcome> SetAsync(
        string key, TierWrite write, FenceToken token, TierObservation? observation, CancellationToken cancellationToken)
    {
        var epoch = line.Epoch;
        var lease = line.NewToken();
        var force = new PlainRound(line, epoch);
        force.Send(new AuthorityCommand(AuthorityVerb.Force, force) { Key = key, Token = lease, Milliseconds = writeLeaseMilliseconds });
        try
        {
            if (await force.ResultAsync(cancellationToken).ConfigureAwait(false) is null)
            {
                line.GiveBack(AuthorityVerb.Release, key, lease, writeLeaseMilliseconds);
                return StoreOutcome.Unavailable;
            }

            cancellationToken.ThrowIfCancellationRequested();
        }
        catch (OperationCanceledException)
        {
            line.Send(epoch, new AuthorityCommand(AuthorityVerb.Release, new PlainRound(line, epoch)) { Key = key, Expected = lease });
            throw;
        }

        var fill = new FillRound(line, epoch, observation, token) { IsChange = true };
        fill.Send(key, lease, write, cancellationToken.CanBeCanceled);
        var outcome = await fill.ResultAsync(cancellationToken).ConfigureAwait(false);
        if (outcome == StoreOutcome.Unavailable)
        {
            line.GiveBack(AuthorityVerb.Release, key, lease, writeLeaseMilliseconds);
        }

        return outcome;
    }

    internal async ValueTask<StoreOutcome> ReplaceAsync(
        string key, FenceToken expected, TierWrite write, (FenceToken Token, TierObservation? Observation) stored, CancellationToken cancellationToken)
    {
        if (expected.IsNone)
        {
            return StoreOutcome.FencedOff;
        }

        var fill = new FillRound(line, line.Epoch, stored.Observation, stored.Token) { IsChange = true };
        fill.Send(key, expected, write, cancellationToken.CanBeCanceled);
        return await fill.ResultAsync(cancellationToken).ConfigureAwait(false);
    }

    internal async ValueTask<FenceToken> SnapshotAsync(string key, TimeSpan lifetime, CancellationToken cancellationToken)
    {
        var answers = await AskAsync(
            round => new AuthorityCommand(AuthorityVerb.Snapshot, round) { Key = key, Token = line.NewToken(), Milliseconds = Durations.Milliseconds(lifetime) },
            cancellationToken).ConfigureAwait(false);
        return answers is null ? FenceToken.None : answers[0].Token;
    }

    internal async ValueTask<bool> RemoveAsync(ReadOnlyMemory<string> keys, CancellationToken cancellationToken)
    {
        if (keys.IsEmpty)
        {
            return true;
        }

        var round = new PlainRound(line, line.Epoch, keys.Length);
        var commands = new AuthorityCommand[keys.Length];
        for (var i = 0; i < commands.Length; i++)
        {
            commands[i] = new AuthorityCommand(AuthorityVerb.Remove, round, i) { Key = keys.Span[i] };
        }

        round.Send(commands);
        return await round.ResultAsync(cancellationToken).ConfigureAwait(false) is not null;
    }

    internal async ValueTask<bool> ExpireAsync(string key, long freshUntil, FenceToken token, CancellationToken cancellationToken) =>
        await AskAsync(
            round => new AuthorityCommand(AuthorityVerb.Expire, round) { Key = key, Token = token, Number = freshUntil }, cancellationToken).ConfigureAwait(false)
            is not null;

    internal async ValueTask<bool> HoldAsync(string key, TimeSpan holdFor, CancellationToken cancellationToken) =>
        await AskAsync(
            round => new AuthorityCommand(AuthorityVerb.Hold, round) { Key = key, Token = line.NewToken(), Milliseconds = Durations.Milliseconds(holdFor) },
            cancellationToken).ConfigureAwait(false) is not null;

    internal async ValueTask<FenceToken[]?> ReadFencesAsync(ReadOnlyMemory<FenceName> names, CancellationToken cancellationToken)
    {
        if (names.IsEmpty)
        {
            return [];
        }

        var round = new PlainRound(line, line.Epoch, names.Length);
        var commands = new AuthorityCommand[names.Length];
        for (var i = 0; i < commands.Length; i++)
        {
            commands[i] = new AuthorityCommand(AuthorityVerb.ReadFence, round, i) { Fence = names.Span[i], Token = line.NewToken() };
        }

        round.Send(commands);
        var answers = await round.ResultAsync(cancellationToken).ConfigureAwait(false);
        return answers is null ? null : Array.ConvertAll(answers, static answer => answer.Token);
    }

    internal async ValueTask<bool> MoveFenceAsync(FenceName name, CancellationToken cancellationToken) =>
        await AskAsync(
            round => new AuthorityCommand(AuthorityVerb.MoveFence, round) { Fence = name, Token = line.NewToken() }, cancellationToken).ConfigureAwait(false)
            is not null;

    private ValueTask<AuthorityAnswer[]?> AskAsync(Func<PlainRound, AuthorityCommand> command, CancellationToken cancellationToken)
    {
        var round = new PlainRound(line, line.Epoch);
        round.Send(command(round));
        return round.ResultAsync(cancellationToken);
    }
}
