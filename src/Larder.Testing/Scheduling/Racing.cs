namespace Larder.Testing;

/// <summary>Lets several threads begin at the same moment.</summary>
internal static class Racing
{
    internal static async Task<T[]> AllAsync<T>(int count, Func<int, ValueTask<T>> call)
    {
        var start = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var racing = Enumerable.Range(0, count).Select(i => Task.Run(async () =>
        {
            await start.Task.ConfigureAwait(false);
            return await call(i).ConfigureAwait(false);
        })).ToArray();
        start.SetResult();
        return await Task.WhenAll(racing).ConfigureAwait(false);
    }
}
