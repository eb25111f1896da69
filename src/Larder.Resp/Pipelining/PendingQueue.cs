namespace Larder.Resp.Pipelining;

/// <summary>Commands that wait, in order, linked through themselves. A command stands in one such list at a time; those that have ended are gathered otherwise.</summary>
internal struct PendingQueue
{
    private Pending? _first;
    private Pending? _last;

    internal int Count { get; private set; }

    internal readonly Pending? First => _first;

    /// <summary>A list of one.</summary>
    internal static PendingQueue Of(Pending pending)
    {
        var queue = default(PendingQueue);
        queue.Add(pending);
        return queue;
    }

    internal void Add(Pending pending)
    {
        pending.Next = null;
        if (_last is null)
        {
            _first = pending;
        }
        else
        {
            _last.Next = pending;
        }

        _last = pending;
        Count++;
    }

    internal Pending? Take()
    {
        var taken = _first;
        if (taken is null)
        {
            return null;
        }

        _first = taken.Next;
        taken.Next = null;
        Count--;
        if (_first is null)
        {
            _last = null;
        }

        return taken;
    }

    /// <summary>Takes everything, and leaves this empty.</summary>
    internal PendingQueue TakeAll()
    {
        var all = this;
        this = default;
        return all;
    }
}
