namespace Larder.Tests.Support;

/// <summary>Waiting that ends: a test that would hang fails instead.</summary>
internal static class Bounded
{
    /// <summary>Far longer than anything takes; only a broken test waits for it.</summary>
    internal static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    internal static Task<T> Soon<T>(this ValueTask<T> task) => task.AsTask().WaitAsync(Patience);

    internal static Task<T> Soon<T>(this Task<T> task) => task.WaitAsync(Patience);

    internal static Task Soon(this ValueTask task) => task.AsTask().WaitAsync(Patience);

    internal static Task Soon(this Task task) => task.WaitAsync(Patience);

    /// <summary>Waits until something that happens on another thread has happened.</summary>
    internal static async Task Until(Func<bool> condition)
    {
        var deadline = Environment.TickCount64 + (long)Patience.TotalMilliseconds;
        while (!condition())
        {
            Assert.True(Environment.TickCount64 < deadline, "What the test waits for has not happened.");
            await Task.Yield();
        }
    }
}
