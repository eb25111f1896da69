namespace Larder.Resp.Tests.Kit;

/// <summary>Asks again, a bounded number of times, until no exception of the client comes.</summary>
internal static class Eventually
{
    private const int MostAttempts = 500;

    internal static async Task<T> GetAsync<T>(Func<Task<T>> ask)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await ask();
            }
            catch (RespException) when (attempt < MostAttempts)
            {
                await Task.Delay(20);
            }
        }
    }
}
