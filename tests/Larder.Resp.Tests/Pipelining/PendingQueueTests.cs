using Larder.Resp.Pipelining;
using Larder.Resp.Reading;
using Larder.Resp.Scheduling;

namespace Larder.Resp.Tests.Pipelining;

public sealed class PendingQueueTests
{
    [Fact]
    public async Task ClaimExpired_CommandThatWaitsElsewhereAlready_CutsNothingOffBehindIt()
    {
        var scheduler = new SystemScheduler(TimeProvider.System);
        var outbox = new Outbox(new MemoryStream(), scheduler, 16, static _ => { });
        var (late, lateTask) = Make(scheduler, milliseconds: 1);
        Assert.Equal(Admission.Accepted, outbox.TryAdd(late));

        // The reader has handed it over and is about to free its place: it stands in the ring, and in the list of the next connection.
        var next = default(PendingQueue);
        next.Add(late);
        var (behind, behindTask) = Make(scheduler, milliseconds: 60_000);
        next.Add(behind);
        var expired = outbox.ClaimExpired(scheduler.Clock.Now + 1_000);
        Assert.Same(late, Assert.Single(expired));
        foreach (var one in expired)
        {
            one.Failed(new TimeoutException());
        }

        Completions.QueueAll(expired, scheduler);
        await Assert.ThrowsAsync<TimeoutException>(() => lateTask);
        Assert.Same(late, next.Take());
        Assert.Same(behind, next.Take());
        Assert.Null(next.Take());
        Assert.True(behind.IsWaiting);
        Assert.False(behindTask.IsCompleted);
    }

    [Fact]
    public async Task QueueAll_CommandsThatStillStandInAList_TellsTheirCallersAndNobodyElse()
    {
        var scheduler = new SystemScheduler(TimeProvider.System);
        var list = default(PendingQueue);
        var all = Enumerable.Range(0, 6).Select(_ => Make(scheduler, milliseconds: 60_000)).ToArray();
        foreach (var (pending, _) in all)
        {
            list.Add(pending);
        }

        List<Pending> ended = [.. all.Where(static (_, i) => i % 2 == 0).Select(static one => one.Pending)];
        foreach (var one in ended)
        {
            Assert.True(one.TryClaim());
            one.Failed(new TimeoutException());
        }

        Completions.QueueAll(ended, scheduler);
        for (var i = 0; i < all.Length; i += 2)
        {
            await Assert.ThrowsAsync<TimeoutException>(() => all[i].Task);
        }

        Assert.All(all.Where(static (_, i) => i % 2 != 0), static one => Assert.False(one.Task.IsCompleted));
        Assert.All(all, one => Assert.Same(one.Pending, list.Take()));
        Assert.Null(list.Take());
    }

    private static (Pending Pending, Task Task) Make(Scheduler scheduler, long milliseconds)
    {
        var pending = Pending<RespValue>.Rent(Replies.Value);
        pending.Scheduler = scheduler;
        pending.Add(new RespCommand("GET", "a"), isOnlyOne: true);
        var now = scheduler.Clock.Now;
        pending.Begin(now, now + milliseconds);
        return (pending, pending.Task.AsTask());
    }
}
