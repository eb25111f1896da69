using System.Collections.Concurrent;

namespace Larder.Scheduling;

/// <summary>
/// Objects that wait to be used again: a few of each thread's own, because what ends on a thread mostly begins on it again, and behind them a store that all threads share. What is beyond both is left to the garbage
/// collector.
/// </summary>
internal static class Idle<T>
    where T : class
{
    private const int MostShared = 1024;
    private const int MostOfThread = 64;
    private static readonly ConcurrentQueue<T> Shared = new();
    private static int SharedCount;

    [ThreadStatic]
    private static Own? OfThread;

    /// <summary>An idle one; null when there is none.</summary>
    internal static T? Take()
    {
        if (OfThread is { Count: > 0 } own)
        {
            var at = --own.Count;
            var taken = own.Items[at];
            own.Items[at] = null;
            return taken;
        }

        if (!Shared.TryDequeue(out var idle))
        {
            return null;
        }

        Interlocked.Decrement(ref SharedCount);
        return idle;
    }

    internal static void Give(T idle)
    {
        var own = OfThread ??= new Own();
        if (own.Count < own.Items.Length)
        {
            own.Items[own.Count++] = idle;
        }
        else if (Interlocked.Increment(ref SharedCount) <= MostShared)
        {
            Shared.Enqueue(idle);
        }
        else
        {
            Interlocked.Decrement(ref SharedCount);
        }
    }

    private sealed class Own
    {
        internal readonly T?[] Items = new T?[MostOfThread];
        internal int Count;
    }
}
