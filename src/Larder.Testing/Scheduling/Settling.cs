namespace Larder.Testing;

/// <summary>Lets the pool finish what a timer of a <see cref="FakeClock"/> has begun.</summary>
internal static class Settling
{
    private static readonly TimeSpan Moment = TimeSpan.FromMilliseconds(1);

    // As long as the pool has work, but no longer: other tests may keep it busy for ever.
    private const int MostMoments = 20;

    internal static async Task SettleAsync()
    {
        for (var moment = 0; moment < MostMoments; moment++)
        {
            await Task.Delay(Moment, TimeProvider.System).ConfigureAwait(false);
            if (ThreadPool.PendingWorkItemCount == 0)
            {
                return;
            }
        }
    }
}
