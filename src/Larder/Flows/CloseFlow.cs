using Larder.Coherence;
using Larder.Flights;
using Larder.Signals;

namespace Larder.Flows;

/// <summary>
/// The end of a cache: no new work, a bounded time for what is running, then it is cancelled and whoever still waits
/// is told.
/// </summary>
internal sealed class CloseFlow(CacheParts parts, IFlightSettler settle, long drainMilliseconds)
{
    // A tier that hangs must not keep the application from ending.
    private const long LongestClosing = 5_000;

    /// <summary>Lets running loads end, up to the bound. Safe to call twice.</summary>
    internal async ValueTask DrainAsync()
    {
        if (!parts.CacheFence.Close())
        {
            return;
        }

        var drained = parts.Flights.WhenEmptyAsync(parts.Scheduler.CreateCompletion<bool>());
        await parts.Scheduler.EndsAsync(drained, drainMilliseconds, CancellationToken.None).ConfigureAwait(false);
        Abandon(drainMilliseconds);
        await CloseBelowAsync().ConfigureAwait(false);
    }

    /// <summary>Cancels running loads at once.</summary>
    internal void CloseNow()
    {
        if (parts.CacheFence.Close())
        {
            Abandon(waited: 0);
            _ = CloseBelowAsync();
        }
    }

    /// <summary>Closes the tiers, which belong to the cache. What they throw is their own affair.</summary>
    private async Task CloseBelowAsync()
    {
        // Each by itself: one that hangs or throws must not keep the next one's connection open.
        IAsyncDisposable?[] below = [parts.Sender, parts.OwnLocks, parts.Queue, parts.Chain?.Copies, parts.Chain?.Authority];
        foreach (var part in below)
        {
            try
            {
                if (part is not null)
                {
                    // Removals that were not sent have one more try, and that is a call like any other.
                    var longest = part is RemovalSender ? Math.Min(parts.TierTimeout, LongestClosing) : LongestClosing;
                    await parts.Scheduler.EndsAsync(part.DisposeAsync().AsTask(), longest, CancellationToken.None).ConfigureAwait(false);
                }
            }
            catch (Exception failed)
            {
                parts.Report.HandlerFailed("closing a tier", failed);
            }
        }

        var (unsent, untold) = (parts.Sender?.Unsent ?? 0, parts.Queue?.CountOfUnwritten ?? 0);
        if (unsent + untold > 0)
        {
            parts.Report.RemovalsLost(untold, unsent);
        }
    }

    private void Abandon(long waited)
    {
        var running = parts.Flights.Close();
        foreach (var flight in running)
        {
            flight.Fail(settle, SourceFlow.Disposed());
            flight.GiveUp();
        }

        parts.Memory.Clear();
        parts.Feed.Close();
        LarderMeter.Unregister(parts);
        if (running.Length > 0)
        {
            parts.Report.DisposedWithLoads(running.Length, TimeSpan.FromMilliseconds(waited));
        }
    }
}
