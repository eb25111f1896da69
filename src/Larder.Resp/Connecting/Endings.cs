using Larder.Resp.Pipelining;
using Larder.Resp.Scheduling;

namespace Larder.Resp.Connecting;

/// <summary>Ends commands that no connection answers.</summary>
internal static class Endings
{
    /// <summary>Ends a command that its caller has only just given: nobody awaits it yet, so nobody is resumed on this thread.</summary>
    internal static void Reject(Pending pending, Exception failure)
    {
        var isOurs = pending.TryClaim();
        if (isOurs)
        {
            pending.Failed(failure);
        }

        pending.Release();
        if (isOurs)
        {
            pending.Publish();
        }
    }

    /// <summary>Ends commands that stand in no list of a connection any more; some may have been claimed by their callers.</summary>
    internal static void FailAll(PendingQueue waiting, Exception failure, Scheduler scheduler)
    {
        List<Pending> claimed = [];
        while (waiting.Take() is { } pending)
        {
            if (pending.TryClaim())
            {
                claimed.Add(pending);
            }

            pending.Release();
        }

        FailClaimed(claimed, _ => failure, scheduler);
    }

    /// <summary>Ends commands that are claimed already.</summary>
    internal static void FailClaimed(IReadOnlyList<Pending> claimed, Func<Pending, Exception> reason, Scheduler scheduler)
    {
        foreach (var pending in claimed)
        {
            pending.Failed(reason(pending));
        }

        Completions.QueueAll(claimed, scheduler);
    }
}
