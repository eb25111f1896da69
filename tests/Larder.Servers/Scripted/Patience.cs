namespace Larder.Servers;

/// <summary>How long the kit waits for what must happen before it says what did not. A bound for hanging tests, never a measurement.</summary>
public static class Patience
{
    /// <summary>The bound.</summary>
    public static TimeSpan Limit { get; } = TimeSpan.FromSeconds(30);

    /// <summary>Waits for a task, and says what was waited for if it does not end.</summary>
    public static async Task<T> Await<T>(Task<T> task, Func<string> what)
    {
        try
        {
            return await task.WaitAsync(Limit);
        }
        catch (TimeoutException exception)
        {
            throw new FakeServerException($"Waited {Limit.TotalSeconds} s in vain for {what()}.", exception);
        }
    }

    /// <summary>Waits for a task, and says what was waited for if it does not end.</summary>
    public static Task Await(Task task, Func<string> what) => Await(Ended(task), what);

    private static async Task<bool> Ended(Task task)
    {
        await task;
        return true;
    }
}
