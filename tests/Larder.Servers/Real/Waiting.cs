namespace Larder.Servers;

/// <summary>Waits for what only real servers among themselves decide, by asking again and again.</summary>
internal static class Waiting
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    /// <summary>Asks until the answer is yes; a server that does not answer now counts as a no.</summary>
    internal static async Task UntilAsync(Func<Task<bool>> question, Func<string> what)
    {
        var deadline = Environment.TickCount64 + (long)Limit.TotalMilliseconds;
        Exception? last = null;
        while (Environment.TickCount64 < deadline)
        {
            try
            {
                if (await question())
                {
                    return;
                }
            }
            catch (Exception exception) when (exception is IOException or System.Net.Sockets.SocketException or RawErrorException)
            {
                last = exception;
            }

            await Task.Delay(Pause);
        }

        throw new TimeoutException($"Waited {Limit.TotalSeconds} s in vain for {what()}.", last);
    }
}
