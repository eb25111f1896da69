using Larder.Scheduling;

namespace Larder.Coherence;

/// <summary>
/// Those who wait for what another node is loading: until the key is announced as changed, or the other's lease would be over. There are as many as there are claims, so they need no
/// bound of their own; a wait whose claimer has left ends with its time.
/// </summary>
internal sealed class KeyWaits(Scheduler scheduler)
{
    private readonly Dictionary<string, KeyWait> _waits = new(StringComparer.Ordinal);
    private int _count;

    /// <summary>Called on the reader as the answer comes, so that no announcement is missed.</summary>
    internal Task Add(string key, long milliseconds)
    {
        var wait = new KeyWait(this, key, scheduler);
        lock (_waits)
        {
            wait.Next = _waits.GetValueOrDefault(key);
            _waits[key] = wait;
            Volatile.Write(ref _count, _waits.Count);
        }

        wait.Start(milliseconds);
        return wait.Task;
    }

    internal void Wake(string key)
    {
        if (Volatile.Read(ref _count) == 0)
        {
            return;
        }

        KeyWait? wait;
        lock (_waits)
        {
            _waits.Remove(key, out wait);
            Volatile.Write(ref _count, _waits.Count);
        }

        End(wait);
    }

    internal void WakeAll()
    {
        KeyWait[] all;
        lock (_waits)
        {
            all = [.. _waits.Values];
            _waits.Clear();
            Volatile.Write(ref _count, 0);
        }

        foreach (var wait in all)
        {
            End(wait);
        }
    }

    internal void Remove(KeyWait wait)
    {
        lock (_waits)
        {
            if (!_waits.TryGetValue(wait.Key, out var head))
            {
                return;
            }

            if (head == wait)
            {
                if (wait.Next is { } next)
                {
                    _waits[wait.Key] = next;
                }
                else
                {
                    _waits.Remove(wait.Key);
                }
            }
            else
            {
                Unlink(head, wait);
            }

            Volatile.Write(ref _count, _waits.Count);
        }
    }

    private static void Unlink(KeyWait head, KeyWait wait)
    {
        for (var before = head; before.Next is { } next; before = next)
        {
            if (next == wait)
            {
                before.Next = wait.Next;
                return;
            }
        }
    }

    private static void End(KeyWait? first)
    {
        for (var wait = first; wait is not null;)
        {
            var next = wait.Next;
            wait.End();
            wait = next;
        }
    }
}
