using System.Collections.Concurrent;

namespace Larder.Tiers;

/// <summary>
/// Counts what left memory and, when somebody wants to know, remembers it until it can be told outside of all locks.
/// </summary>
internal sealed class EvictionLog(bool remember)
{
    private readonly ConcurrentQueue<(string Key, EvictionReason Reason)> _untold = new();
    private readonly long[] _counts = new long[4];

    internal bool HasNews => remember && !_untold.IsEmpty;

    internal long Count(EvictionReason reason) => Volatile.Read(ref _counts[(int)reason]);

    internal void Add(string key, EvictionReason reason)
    {
        Interlocked.Increment(ref _counts[(int)reason]);
        if (remember)
        {
            _untold.Enqueue((key, reason));
        }
    }

    internal bool TryTake(out (string Key, EvictionReason Reason) eviction) => _untold.TryDequeue(out eviction);
}
