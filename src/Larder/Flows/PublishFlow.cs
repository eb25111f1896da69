using Larder.Coherence;
using Larder.Keys;

namespace Larder.Flows;

/// <summary>Tells the feed, on every node, of removals that the cache has no part in.</summary>
internal sealed class PublishFlow(CacheParts parts)
{
    internal ValueTask Publish(IEnumerable<string> keys, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(keys);
        parts.ThrowIfClosed();
        string[] all = [.. keys];
        KeyRules.CheckAll(all, parts.MaximumKeyLength);
        cancellationToken.ThrowIfCancellationRequested();
        var removals = Array.ConvertAll(all, static key => new Removal(RemovalKind.Key, key, IsLocal: true));
        foreach (var removal in removals)
        {
            parts.Feed.Publish(removal);
        }

        return parts.Sender is { } sender && removals.Length > 0 ? SendAsync(sender, removals, cancellationToken) : ValueTask.CompletedTask;
    }

    private async ValueTask SendAsync(RemovalSender sender, Removal[] removals, CancellationToken cancellationToken)
    {
        var sending = sender.SendAsync(removals);
        var hasEnded = await parts.Scheduler.EndsAsync(sending, parts.TierTimeout, cancellationToken).ConfigureAwait(false);
        cancellationToken.ThrowIfCancellationRequested();
        if (!hasEnded || !await sending.ConfigureAwait(false))
        {
            throw new TierUnavailableException(
                $"The removals were told in this process, but the channel to other nodes did not take them in time (cache \"{parts.CacheName}\"). They are told when it is there again, or a gap is.");
        }
    }
}
