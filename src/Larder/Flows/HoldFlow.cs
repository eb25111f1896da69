using Larder.Keys;

namespace Larder.Flows;

/// <summary>
/// Puts a key on hold for a writer who is about to commit: what is there goes, as with a removal, and until the hold ends nobody stores the key or waits for somebody else's load. Where an authority decides it
/// keeps the hold; in memory alone the key's stripe does.
/// </summary>
internal sealed class HoldFlow(CacheParts parts, BelowFlow? below)
{
    private static readonly TimeSpan Shortest = TimeSpan.FromMilliseconds(1);
    private static readonly TimeSpan Longest = TimeSpan.FromDays(1);

    internal ValueTask<RemovalOutcome> Hold(string key, TimeSpan holdFor, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(key);
        parts.ThrowIfClosed();
        KeyRules.Check(key, parts.MaximumKeyLength);
        if (holdFor < Shortest || holdFor > Longest)
        {
            throw new ArgumentOutOfRangeException(
                nameof(holdFor), holdFor, $"The hold would last {holdFor}; take from {Shortest} to {Longest}, and more than the commit and the removal behind it need.");
        }

        if (below is null)
        {
            HoldInMemory(key, (long)Math.Ceiling(holdFor.TotalMilliseconds));
            return new(RemovalOutcome.Done);
        }

        if (!parts.Chain!.Authority.CanHold)
        {
            throw new LarderException(
                $"The authority of cache \"{parts.CacheName}\" ({parts.Chain.Authority.Name}) has no holds. Remove the key before the commit and behind it, and let stale values end by themselves (FreshFor) in case the writer dies"
                + " in between; or use an authority whose CanHold is true.");
        }

        parts.Drop(key);
        return below.HoldAsync(key, holdFor, () => parts.Drop(key), cancellationToken);
    }

    private void HoldInMemory(string key, long milliseconds)
    {
        var stripe = parts.Flights.StripeOf(key);
        lock (stripe)
        {
            stripe.Detach(key);
            parts.Memory.Remove(key);
            var now = parts.Clock.Now;
            stripe.Hold(key, now, now + milliseconds);
        }
    }
}
