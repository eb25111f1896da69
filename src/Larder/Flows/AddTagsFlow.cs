using Larder.Entries;
using Larder.Fences;
using Larder.Keys;
using Larder.Ports;
using Larder.Tiers;

namespace Larder.Flows;

/// <summary>Adds tags to an entry that is there, by storing it again under its own fences and those of the new tags, if nobody has changed it meanwhile.</summary>
internal sealed class AddTagsFlow(CacheParts parts, BelowFlow? below, FenceFlow? fences, Bodies? bodies)
{
    // Somebody else wrote in between; it is his entry then that is to be tagged.
    private const int MostAttempts = 8;

    internal ValueTask<bool> AddTags(string key, ReadOnlySpan<string> tags, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(key);
        KeyRules.Check(key, parts.MaximumKeyLength);
        KeyRules.CheckTags(tags, parts.MaximumKeyLength);
        cancellationToken.ThrowIfCancellationRequested();
        parts.ThrowIfClosed();
        return parts.Chain is { } chain
            ? below!.WaitAsync(AddBelowAsync(chain, key, tags.ToArray()), cancellationToken)
            : new ValueTask<bool>(AddInMemory(key, tags));
    }

    private bool AddInMemory(string key, ReadOnlySpan<string> tags)
    {
        var now = parts.Clock.Now;
        var added = parts.Tags.Stamp(tags, oneMore: null);
        var stripe = parts.Flights.StripeOf(key);
        lock (stripe)
        {
            if (parts.Memory.Find(key) is not { IsValue: true } entry || !entry.IsCurrent(parts.CacheFence) || entry.PhaseAt(now) == Phase.Gone)
            {
                return false;
            }

            if (added is not null)
            {
                // What is being loaded does not know the new tags, and would be stored without them.
                stripe.Detach(key);
                parts.Memory.Set(entry.WithTags(added));
            }

            return true;
        }
    }

    private async Task<bool> AddBelowAsync(TierChain chain, string key, string[] tags)
    {
        for (var attempt = 0; attempt < MostAttempts; attempt++)
        {
            var outcome = await TryAddAsync(chain, key, tags).ConfigureAwait(false);
            if (outcome is not { } decided)
            {
                return false;
            }

            if (decided == StoreOutcome.Unavailable)
            {
                throw below!.Unavailable("the authority did not answer");
            }

            if (decided == StoreOutcome.Stored)
            {
                await below!.SynchronizeAsync(key).ConfigureAwait(false);
                return true;
            }
        }

        throw below!.Contended("The entry was changed by others each time that tags were to be added", "It carries none of them: try again, or store it with its tags.");
    }

    /// <summary>One attempt; null when there is no entry.</summary>
    private async ValueTask<StoreOutcome?> TryAddAsync(TierChain chain, string key, string[] tags)
    {
        var era = parts.CacheFence.Stamp;
        var added = parts.Tags.Stamp(tags, oneMore: null);
        using var reading = await chain.Authority.GetAsync(key, observation: null).ConfigureAwait(false);
        if (reading.Status == TierStatus.Unavailable)
        {
            return StoreOutcome.Unavailable;
        }

        if (!reading.HasValue || !bodies!.TryOpen(key, reading.Body, out var opened))
        {
            return null;
        }

        var present = bodies.StampsOf(in opened);
        if (!await fences!.KnowAsync(era, present, added).ConfigureAwait(false))
        {
            return StoreOutcome.Unavailable;
        }

        if (!bodies.IsCurrent(in opened, era, present))
        {
            return null;
        }

        using var body = bodies.WithTags(in opened, era, TagStamp.Union(present, added), out var lifetime);
        if (body is null || lifetime <= 0)
        {
            return body is null ? StoreOutcome.FencedOff : null;
        }

        parts.Drop(key);
        var outcome = await chain.Authority.ReplaceAsync(
            key, reading.Token, new TierWrite(body.Bytes, TimeSpan.FromMilliseconds(lifetime)), chain.Authority.NewToken(), observation: null).ConfigureAwait(false);
        WriteFlow.ForgetIfHeld(outcome, body);
        parts.Drop(key);
        return outcome;
    }
}
