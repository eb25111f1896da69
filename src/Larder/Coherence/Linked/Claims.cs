using Larder.Ports;

namespace Larder.Coherence;

/// <summary>Claims of the right to load a key.</summary>
internal sealed class Claims(Line line, KeyWaits waits)
{
    // Each try needs somebody else to write the key between two neighbouring commands.
    private const int Tries = 8;

    internal async ValueTask<TierClaim> ClaimAsync(
        string key, FenceToken unusable, TierObservation observation, TimeSpan leaseTime, CancellationToken cancellationToken)
    {
        var order = new ClaimOrder(key, observation, Durations.Milliseconds(leaseTime), waits);
        var running = RunAsync(order, unusable);
        if (!await line.Scheduler.EndsAsync(running, milliseconds: null, cancellationToken).ConfigureAwait(false))
        {
            _ = GiveBackAsync(running);
            throw new OperationCanceledException(cancellationToken);
        }

        return await running.ConfigureAwait(false);
    }

    /// <summary>Nobody is there any more to load or to read what this claim gets.</summary>
    private static async Task GiveBackAsync(Task<TierClaim> running)
    {
        var claim = await running.ConfigureAwait(false);
        if (claim.Lease is { } lease)
        {
            await lease.DisposeAsync().ConfigureAwait(false);
        }

        claim.Dispose();
    }

    private async Task<TierClaim> RunAsync(ClaimOrder order, FenceToken unusable)
    {
        // The connection to the home of the key's range first, and where the key lives from the moment that this is elsewhere.
        var way = line;
        if (!unusable.IsNone)
        {
            var attempt = await RefreshAsync(way, order, unusable).ConfigureAwait(false);
            if (attempt.Kind == AttemptKind.Moved)
            {
                way = line.Strays!;
                attempt = await RefreshAsync(way, order, unusable).ConfigureAwait(false);
            }

            if (attempt.Kind == AttemptKind.Answered)
            {
                return attempt.Claim;
            }
        }

        for (var i = 0; i < Tries; i++)
        {
            var token = way.NewToken();
            var round = new AcquireRound(way, way.Epoch, order, token);
            round.Send();
            var attempt = await round.ResultAsync(CancellationToken.None).ConfigureAwait(false);
            switch (attempt.Kind)
            {
                case AttemptKind.Answered:
                    return attempt.Claim;
                case AttemptKind.Granted:
                    return Leased(new LoadLease(way, order, token));
                case AttemptKind.Moved:
                    way = line.Strays!;
                    break;
            }
        }

        return TierClaim.Unavailable();
    }

    private static async Task<Attempt> RefreshAsync(Line way, ClaimOrder order, FenceToken value)
    {
        var right = way.NewToken();
        var epoch = way.Epoch;
        var round = new RefreshRound(way, epoch, order, value, right);
        round.Send();
        var attempt = await round.ResultAsync(CancellationToken.None).ConfigureAwait(false);
        if (attempt.Kind == AttemptKind.Granted)
        {
            return Attempt.Answered(Leased(new RefreshLease(way, order, value, right)));
        }

        if (round.HasRight)
        {
            way.Send(epoch, RefreshLease.GivingBack(way, epoch, order.Key, right));
        }

        return attempt;
    }

    private static TierClaim Leased(KeptLease lease)
    {
        lease.Start();
        return TierClaim.Leased(lease);
    }
}
