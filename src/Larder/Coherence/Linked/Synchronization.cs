using Larder.Ports;

namespace Larder.Coherence;

/// <summary>
/// Waits until no other node serves what was changed here before: until every node of the registry has acknowledged, or until the lease of whoever has not is over for certain. Any error before
/// that ends it without a result, and whoever wrote repeats what it did.
/// </summary>
internal sealed class Synchronization(Line line, Renewal renewal, RegistryTerms terms)
{
    // The registry is asked again at once, and then ever more seldom.
    private const int QuickLooks = 8;
    private const long LongestPause = 25;

    internal async ValueTask<bool> RunAsync(CancellationToken cancellationToken)
    {
        var epoch = line.Epoch;
        var before = line.Now;
        if (renewal.IsForeign || await BumpAsync(epoch, cancellationToken).ConfigureAwait(false) is not { } bumped)
        {
            return false;
        }

        // Counted from after the answer: a renewal that was sent before it may be younger than the change.
        var start = line.Now;
        var trusts = renewal.Trusts(bumped.Token, before, epoch);
        if (trusts && HaveAcknowledged(bumped.Nodes, bumped.Number))
        {
            return true;
        }

        for (var look = 0; line.Now - start < terms.OutwaitsAfter; look++)
        {
            if (line.Epoch != epoch)
            {
                return false;
            }

            if (trusts)
            {
                if (await AskAsync(epoch, AuthorityVerb.Status, cancellationToken).ConfigureAwait(false) is not { } status)
                {
                    return false;
                }

                if (status.Token == bumped.Token && HaveAcknowledged(status.Nodes, bumped.Number))
                {
                    return true;
                }
            }

            await PauseAsync(look, start + terms.OutwaitsAfter, cancellationToken).ConfigureAwait(false);
        }

        // A registry of another lease time may have members that serve for longer.
        if (line.Epoch != epoch || renewal.IsForeign)
        {
            return false;
        }

        ForgetTheDead(epoch, bumped);
        return true;
    }

    private bool HaveAcknowledged(IReadOnlyList<RegistryNode>? nodes, long sequence)
    {
        if (nodes is null)
        {
            return false;
        }

        foreach (var node in nodes)
        {
            if (node.Id != terms.Id && node.Acknowledged < sequence)
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Removes who has not renewed since the sequence was raised; the store compares, so a node that lives stays.</summary>
    private void ForgetTheDead(long epoch, AuthorityAnswer bumped)
    {
        foreach (var node in bumped.Nodes ?? [])
        {
            if (node.Id != terms.Id && node.Acknowledged < bumped.Number)
            {
                var forget = new PlainRound(line, epoch);
                forget.Send(
                    new AuthorityCommand(AuthorityVerb.Forget, forget) { Key = node.Id, Expected = bumped.Token, Number = node.Heartbeats });
            }
        }
    }

    /// <summary>Raises the sequence, and rings for those that had nothing to drop.</summary>
    private async ValueTask<AuthorityAnswer?> BumpAsync(long epoch, CancellationToken cancellationToken)
    {
        var bell = new AuthorityCommand(AuthorityVerb.MoveFence, new PlainRound(line, epoch)) { Fence = FenceName.Registry, Token = line.NewToken() };
        return await AskAsync(epoch, AuthorityVerb.Bump, cancellationToken, bell).ConfigureAwait(false);
    }

    private async ValueTask<AuthorityAnswer?> AskAsync(
        long epoch, AuthorityVerb verb, CancellationToken cancellationToken, AuthorityCommand? behind = null)
    {
        var round = new PlainRound(line, epoch);
        var command = new AuthorityCommand(verb, round) { Token = line.NewToken(), Milliseconds = terms.Agreement };
        line.Send(epoch, behind is { } next ? [command, next] : [command]);
        var answers = await round.ResultAsync(cancellationToken).ConfigureAwait(false);
        return answers is null ? null : answers[0];
    }

    private async ValueTask PauseAsync(int look, long until, CancellationToken cancellationToken)
    {
        if (look < QuickLooks)
        {
            return;
        }

        var longest = Math.Min(LongestPause, 1L << Math.Min(look - QuickLooks, 10));
        var never = line.Scheduler.CreateCompletion<bool>();
        await line.Scheduler.EndsAsync(never.Task, Math.Clamp(until - line.Now, 1, longest), cancellationToken).ConfigureAwait(false);
        cancellationToken.ThrowIfCancellationRequested();
    }
}
