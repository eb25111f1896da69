using Larder.Ports;

namespace Larder.Coherence;

/// <summary>
/// Waits until no other node serves what was changed here before: until every node of the registry that counts has acknowledged, or until the lease of whoever has not is over for certain. Any error before
/// that ends it without a result, and whoever wrote repeats what it did.
/// </summary>
internal sealed class Synchronization(Line line, IRegistryView view)
{
    // The registry is asked again at once, and then ever more seldom.
    private const int QuickLooks = 8;
    private const long LongestPause = 25;

    /// <summary>Waits for those who have to follow the raising of the sequence.</summary>
    internal async ValueTask<bool> RunAsync(Tail raised, CancellationToken cancellationToken)
    {
        var (epoch, bumped) = (raised.Epoch, raised.Answer);
        if (bumped.Kind != AuthorityKind.Value)
        {
            return false;
        }

        // Counted from after the answer: a renewal that was sent before it may be younger than the change.
        var start = raised.AnsweredAt;
        var trusts = view.Trusts(bumped.Token, raised.SentAt, epoch);
        if (trusts && HaveAcknowledged(bumped.Nodes, bumped.Number))
        {
            return true;
        }

        for (var look = 0; line.Now - start < view.OutwaitsAfter; look++)
        {
            if (line.Epoch != epoch)
            {
                return false;
            }

            if (trusts)
            {
                if (await AskAsync(epoch, cancellationToken).ConfigureAwait(false) is not { } status)
                {
                    return false;
                }

                if (status.Token == bumped.Token && HaveAcknowledged(status.Nodes, bumped.Number))
                {
                    return true;
                }
            }

            await PauseAsync(look, start + view.OutwaitsAfter, cancellationToken).ConfigureAwait(false);
        }

        // A registry of another lease time may have members that serve for longer.
        if (line.Epoch != epoch || !view.CanOutwait)
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
            if (view.WaitsFor(node) && node.Acknowledged < sequence)
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
            if (view.WaitsFor(node) && node.Acknowledged < bumped.Number)
            {
                var forget = new PlainRound(line, epoch);
                forget.Send(
                    new AuthorityCommand(AuthorityVerb.Forget, forget) { Key = node.Id, Expected = bumped.Token, Number = node.Heartbeats });
            }
        }
    }

    private async ValueTask<AuthorityAnswer?> AskAsync(long epoch, CancellationToken cancellationToken)
    {
        var round = new PlainRound(line, epoch);
        round.Send(new AuthorityCommand(AuthorityVerb.Status, round));
        return await round.ResultAsync(cancellationToken).ConfigureAwait(false) is { } answers ? answers[0] : null;
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
