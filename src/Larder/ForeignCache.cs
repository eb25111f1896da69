namespace Larder;

/// <summary>What implementations of <see cref="ICache"/> other than Larder's own are spared.</summary>
internal static class ForeignCache
{
    internal static async ValueTask<T> ValueOfAsync<T>(ValueTask<CacheResult<T>> resolving)
    {
        var result = await resolving.ConfigureAwait(false);
        return result.Value!;
    }
}
