using Larder.Ports;

namespace Larder.Coherence;

/// <summary>Takes this node out of the registry when it stops, so that nobody waits for it. Best effort: who can not be told outwaits this node once.</summary>
internal sealed class Leaving(Line line, RegistryTerms terms)
{
    private const long Patience = 1_000;

    internal async ValueTask RunAsync()
    {
        var running = ForgetSelfAsync(line.Epoch);
        await line.Scheduler.EndsAsync(running, Patience, CancellationToken.None).ConfigureAwait(false);
    }

    private async Task ForgetSelfAsync(long epoch)
    {
        var looking = new PlainRound(line, epoch);
        looking.Send(new AuthorityCommand(AuthorityVerb.Status, looking));
        if (await looking.ResultAsync(CancellationToken.None).ConfigureAwait(false) is not [{ Nodes: { } nodes } registry])
        {
            return;
        }

        foreach (var node in nodes)
        {
            if (node.Id == terms.Id)
            {
                var leaving = new PlainRound(line, epoch);
                leaving.Send(new AuthorityCommand(AuthorityVerb.Forget, leaving) { Key = node.Id, Expected = registry.Token, Number = node.Heartbeats });
                await leaving.ResultAsync(CancellationToken.None).ConfigureAwait(false);
                return;
            }
        }
    }
}
