namespace Larder.Testing;

/// <summary>Waiting in real time for what other threads do, with an end.</summary>
internal static class Patience
{
    private static readonly TimeSpan Moment = TimeSpan.FromMilliseconds(1);

    internal static async Task UntilAsync(Func<bool> condition, string expected, TimeSpan patience)
    {
        var start = TimeProvider.System.GetTimestamp();
        while (!condition())
        {
            if (TimeProvider.System.GetElapsedTime(start) > patience)
            {
                throw new TierContractException($"Expected: {expected}. It was not so within {patience}.");
            }

            await Task.Delay(Moment, TimeProvider.System).ConfigureAwait(false);
        }
    }

    internal static async Task EndsAsync(Task task, string expected, TimeSpan patience)
    {
        try
        {
            await task.WaitAsync(patience, TimeProvider.System).ConfigureAwait(false);
        }
        catch (TimeoutException impatience) when (!task.IsCompleted)
        {
            throw new TierContractException($"Expected: {expected}. It was not so within {patience}.", impatience);
        }
    }
}
