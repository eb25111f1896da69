using Larder.Memory.Table;

namespace Larder.Memory.Maintenance;

/// <summary>
/// The callbacks for what was evicted, made outside of all locks by the thread that evicted it. A callback may use the
/// map; what is evicted by that is told after it has returned, by the same thread, so callbacks do not nest. After
/// a quota the rest is handed to the scheduler.
/// </summary>
internal sealed class Notices<TKey, TValue>(Action<TKey, TValue, EvictionReason>? callback, MapScheduler scheduler)
{
    private const int Quota = 4096;

    [ThreadStatic]
    private static Delivery? Innermost;

    private long _failures;

    internal bool IsWanted => callback is not null;

    internal long Failures => Volatile.Read(ref _failures);

    internal void Deliver(List<Notice<TKey, TValue>> notices)
    {
        for (var running = Innermost; running is not null; running = running.Outer)
        {
            if (ReferenceEquals(running.Owner, this))
            {
                running.Waiting.AddRange(notices);
                return;
            }
        }

        Run(new Delivery(this, notices, Innermost));
    }

    private void Run(Delivery delivery)
    {
        var outer = Innermost;
        Innermost = delivery;
        try
        {
            for (var told = 0; told < Quota && delivery.Next < delivery.Waiting.Count; told++)
            {
                Tell(delivery.Waiting[delivery.Next++]);
            }
        }
        finally
        {
            Innermost = outer;
        }

        if (delivery.Next < delivery.Waiting.Count)
        {
            var rest = delivery.Waiting.GetRange(delivery.Next, delivery.Waiting.Count - delivery.Next);
            scheduler.Schedule(() => Deliver(rest));
        }
    }

    private void Tell(in Notice<TKey, TValue> notice)
    {
        try
        {
            callback!(notice.Node.Key, notice.Node.Value, notice.Reason);
        }
        catch (Exception)
        {
            Interlocked.Increment(ref _failures);
        }
    }

    private sealed class Delivery(Notices<TKey, TValue> owner, List<Notice<TKey, TValue>> waiting, Delivery? outer)
    {
        internal readonly Notices<TKey, TValue> Owner = owner;
        internal readonly List<Notice<TKey, TValue>> Waiting = waiting;
        internal readonly Delivery? Outer = outer;
        internal int Next;
    }
}
