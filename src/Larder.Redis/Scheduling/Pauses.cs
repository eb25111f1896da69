namespace Larder.Redis.Scheduling;

/// <summary>The one seam through which the Redis tier waits, or leaves the thread that reads a connection.</summary>
internal sealed class Pauses(TimeProvider timeProvider)
{
    /// <summary>Waits.</summary>
    internal Task DelayAsync(TimeSpan time, CancellationToken cancellationToken) => Task.Delay(time, timeProvider, cancellationToken);

    /// <summary>Ends after a while, or with another token. The caller disposes of it.</summary>
    internal Deadline EndAfter(TimeSpan time, CancellationToken cancellationToken) => new(time, timeProvider, cancellationToken);

    /// <summary>Runs an asynchronous work elsewhere, soon, in an empty execution context; it observes its own failures.</summary>
    internal static void Start(Func<Task> work) => ThreadPool.UnsafeQueueUserWorkItem(static work => _ = RunAsync(work), work, preferLocal: false);

    // What is thrown before the first wait would end the process.
    private static async Task RunAsync(Func<Task> work) => await work().ConfigureAwait(false);
}
