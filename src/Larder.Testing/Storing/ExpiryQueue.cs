using Larder.Scheduling;

namespace Larder.Testing;

/// <summary>Knows when what is kept ends, with one timer for all of it. Used under the store's lock, except for the callback.</summary>
internal sealed class ExpiryQueue(Scheduler scheduler, Action expire)
{
    // Slots that were written again stand here more than once; the queue is made anew when it has become this many times as long as it was after the last time.
    private const int MostGrowth = 4;
    private const int NeverTooMany = 1_024;

    private readonly PriorityQueue<Slot, long> _queue = new();
    private ITimer? _alarm;
    private long _alarmAt = long.MaxValue;
    private int _tooMany = NeverTooMany;

    internal void Add(Slot slot)
    {
        if (slot.EndsAt == long.MaxValue)
        {
            return;
        }

        if (_queue.Count >= _tooMany)
        {
            Rebuild();
        }

        _queue.Enqueue(slot, slot.EndsAt);
        SetAlarm();
    }

    /// <summary>The next slot that has ended; null when there is none. The alarm is set for the rest.</summary>
    internal Slot? Take(long now)
    {
        while (_queue.TryPeek(out var slot, out var endsAt))
        {
            if (endsAt > now && slot.EndsAt == endsAt)
            {
                break;
            }

            _queue.Dequeue();
            if (slot.EndsAt <= now)
            {
                return slot;
            }
        }

        SetAlarm();
        return null;
    }

    /// <summary>The timer has fired: it is set again by <see cref="Take"/>.</summary>
    internal void AlarmFired()
    {
        _alarm = null;
        _alarmAt = long.MaxValue;
    }

    internal void Clear()
    {
        _queue.Clear();
        _alarm?.Dispose();
        AlarmFired();
    }

    private void Rebuild()
    {
        var present = _queue.UnorderedItems.Where(static item => item.Element.EndsAt == item.Priority).Distinct().ToList();
        _queue.Clear();
        _queue.EnqueueRange(present);
        _tooMany = Math.Max(NeverTooMany, present.Count * MostGrowth);
    }

    private void SetAlarm()
    {
        if (_queue.TryPeek(out _, out var endsAt) && endsAt < _alarmAt)
        {
            _alarm?.Dispose();
            _alarmAt = endsAt;
            _alarm = scheduler.StartTimer(static expire => ((Action)expire!).Invoke(), expire, Math.Max(1, endsAt - scheduler.Clock.Now));
        }
    }
}
