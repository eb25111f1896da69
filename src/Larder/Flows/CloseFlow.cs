using Larder.Flights;
using Larder.Signals;

namespace Larder.Flows;

/// <summary>
/// The end of a cache: no new work, a bounded time for what is running, then it is cancelled and whoever still waits
/// is told.
/// </summary>
internal sealed class CloseFlow(CacheParts parts, IFlightSettler settle, long drainMilliseconds)
{
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
    }

    /// <summary>Cancels running loads at once.</summary>
    internal void CloseNow()
    {
        if (parts.CacheFence.Close())
        {
            Abandon(waited: 0);
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
