namespace Larder.Resp.Tests.Kit;

/// <summary>Does something until a condition holds, a bounded number of times.</summary>
internal static class Bounded
{
    private const int MostAttempts = 500;

    internal static async Task UntilAsync(Func<Task<bool>> holds, Func<Task> meanwhile)
    {
        for (var attempt = 1; !await holds(); attempt++)
        {
            Assert.True(attempt < MostAttempts, "What was waited for did not come.");
            await meanwhile();
            await Task.Delay(20);
        }
    }
}
