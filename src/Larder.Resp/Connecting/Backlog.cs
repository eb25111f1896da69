using Larder.Resp.Pipelining;

namespace Larder.Resp.Connecting;

/// <summary>Commands that wait for a connection, in order. Guarded by the lock of its node.</summary>
internal sealed class Backlog
{
    private PendingQueue _waiting;

    internal int Count => _waiting.Count;

    internal void Add(Pending pending) => _waiting.Add(pending);

    internal PendingQueue TakeAll() => _waiting.TakeAll();

    /// <summary>Puts in what was under way on a lost connection, before what came later.</summary>
    internal void PutInFront(PendingQueue earlier)
    {
        var later = _waiting.TakeAll();
        _waiting = earlier;
        while (later.Take() is { } pending)
        {
            _waiting.Add(pending);
        }
    }

    /// <summary>Gives a connection what waits, in order, until it has no more room; gives how many it took. What its caller has left is let go.</summary>
    internal int SendOn(RespConnection connection)
    {
        var waiting = _waiting.TakeAll();
        var sent = 0;
        var hasRoom = true;
        while (waiting.Take() is { } pending)
        {
            if (!pending.IsWaiting)
            {
                pending.Release();
                continue;
            }

            pending.ForgetReplies();
            hasRoom = hasRoom && connection.TryAdd(pending) == Admission.Accepted;
            if (hasRoom)
            {
                sent++;
            }
            else
            {
                _waiting.Add(pending);
            }
        }

        return sent;
    }

    /// <summary>Claims and takes out those whose time is up, and lets go of those whose callers have left.</summary>
    internal IReadOnlyList<Pending> TakeExpired(long now)
    {
        List<Pending> expired = [];
        var waiting = _waiting.TakeAll();
        while (waiting.Take() is { } pending)
        {
            if (!pending.IsWaiting)
            {
                pending.Release();
            }
            else if (now >= pending.Deadline && pending.TryClaim())
            {
                pending.Release();
                expired.Add(pending);
            }
            else
            {
                _waiting.Add(pending);
            }
        }

        return expired;
    }
}
