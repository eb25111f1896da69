using System.Collections.Concurrent;
using Larder.Scheduling;

namespace Larder.Tiers;

/// <summary>
/// Counts what the cache itself dropped from memory and, when somebody wants to know, remembers all that left until it can be
/// told outside of all locks: by the flow during whose write it left, or, when it left by itself (an idle map drops what
/// has expired, a reader does waiting work), by work of its own.
/// </summary>
/// <param name="scheduler">Where news is told that no flow will tell.</param>
/// <param name="tell">Tells what is remembered; null when nobody wants to know.</param>
internal sealed class EvictionLog(Scheduler scheduler, Action<EvictionLog>? tell) : IThreadPoolWorkItem
{
    // Memory is written by flows on this thread, which tell the news afterwards.
    [ThreadStatic]
    private static int Flows;

    private readonly ConcurrentQueue<(string Key, EvictionReason Reason)> _untold = new();
    private readonly long[] _counts = new long[4];
    private int _isQueued;

    internal bool IsHeard => tell is not null;

    internal bool HasNews => tell is not null && !_untold.IsEmpty;

    internal long Counted(EvictionReason reason) => Volatile.Read(ref _counts[(int)reason]);

    /// <summary>From now on until <see cref="Leave"/> the caller tells the news of this thread.</summary>
    internal void Enter()
    {
        if (tell is not null)
        {
            Flows++;
        }
    }

    internal void Leave()
    {
        if (tell is not null)
        {
            Flows--;
        }
    }

    /// <summary>Counts and remembers an entry that the cache dropped.</summary>
    internal void Count(string key, EvictionReason reason)
    {
        Interlocked.Increment(ref _counts[(int)reason]);
        if (tell is not null)
        {
            Remember(key, reason);
        }
    }

    /// <summary>Remembers an entry that the map gave up and counts itself. May be called under a flight stripe.</summary>
    internal void Remember(string key, EvictionReason reason)
    {
        _untold.Enqueue((key, reason));
        if (Flows == 0 && Interlocked.Exchange(ref _isQueued, 1) == 0)
        {
            scheduler.Queue(this);
        }
    }

    internal bool TryTake(out (string Key, EvictionReason Reason) eviction) => _untold.TryDequeue(out eviction);

    void IThreadPoolWorkItem.Execute()
    {
        Volatile.Write(ref _isQueued, 0);
        tell?.Invoke(this);
    }
}
