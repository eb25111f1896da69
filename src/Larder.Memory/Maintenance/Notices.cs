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

    // Handing the rest to the inline scheduler would be a call within a call, for ever deeper.
    private readonly bool _isInline = ReferenceEquals(scheduler, MapScheduler.Inline);
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
            do
            {
                TellSome(delivery);
            }
            while (_isInline && delivery.Waiting.Count > 0);
        }
        finally
        {
            Innermost = outer;
        }

        if (delivery.Waiting.Count > 0)
        {
            scheduler.Schedule(() => Deliver(delivery.Waiting));
        }
    }

    /// <summary>Tells a quota, to which the callbacks themselves may add, and takes it off the list.</summary>
    private void TellSome(Delivery delivery)
    {
        var told = 0;
        for (; told < Quota && told < delivery.Waiting.Count; told++)
        {
            Tell(delivery.Waiting[told]);
        }

        delivery.Waiting.RemoveRange(0, told);
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
    }
}
