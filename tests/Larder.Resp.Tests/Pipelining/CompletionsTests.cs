using Larder.Resp.Connecting;
using Larder.Resp.Pipelining;
using Larder.Resp.Reading;
using Larder.Resp.Scheduling;

namespace Larder.Resp.Tests.Pipelining;

/// <summary>Callers who block when they are told keep nobody else from being told, and commands that wait for a place get it.</summary>
public sealed class CompletionsTests
{
    // Only a bound for what would otherwise wait for ever.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);
    private readonly SystemScheduler _scheduler = new(TimeProvider.System);

    [Fact]
    public async Task QueueAll_CallersWhoBlockUntilAllAreTold_AreAllTold()
    {
        var (ended, told) = MakeWaitingForEachOther(4);
        Completions.QueueAll(ended, _scheduler);
        Assert.All(await Task.WhenAll(told), static hasMet => Assert.True(hasMet));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    public async Task Scatter_CallersWhoBlockInABatchOfALostConnection_AreAllTold(int count)
    {
        var (ended, told) = MakeWaitingForEachOther(count);
        var completions = new Completions(_scheduler);
        ended.ForEach(completions.Add);
        completions.Scatter();
        Assert.All(await Task.WhenAll(told), static hasMet => Assert.True(hasMet));
    }

    [Fact]
    public async Task Scatter_CallersBehindOneWhoBlocksAlready_AreTold()
    {
        var (ended, told) = MakeWaitingForEachOther(4);
        var completions = new Completions(_scheduler);
        ended.ForEach(completions.Add);
        completions.QueueFilled();
        completions.Scatter();
        Assert.All(await Task.WhenAll(told), static hasMet => Assert.True(hasMet));
    }

    [Fact]
    public void Tick_ReaderFreedAllPlacesBeforeTheFirstWaiterCame_LetsItIn()
    {
        const int Limit = 16;
        var options = RespOptions.Parse("localhost") with { MaximumPending = Limit };
        var connection = new RespConnection(new Link(null, new MemoryStream()), options.EndPoints[0], options, _scheduler, new Nobody());
        for (var i = 0; i <= Limit; i++)
        {
            Assert.Equal(Admission.Accepted, connection.TryAdd(Make()));
        }

        // The reader has looked for waiters already, and sees no reply any more.
        for (var i = 0; i < Limit; i++)
        {
            connection.Outbox.Ring.Remove();
        }

        Assert.Equal((0, 1), (connection.Outbox.Ring.Count, connection.Outbox.Depth));
        Assert.True(connection.Tick());
        Assert.Equal((1, 0), (connection.Outbox.Ring.Count, connection.Outbox.Unsent));
    }

    private (List<Pending> Ended, List<Task<bool>> Told) MakeWaitingForEachOther(int count)
    {
        var barrier = new Barrier(count);
        List<Pending> ended = [];
        List<Task<bool>> told = [];
        for (var i = 0; i < count; i++)
        {
            var pending = Make();
            Assert.True(pending.TryClaim());
            pending.Failed(new TimeoutException());
            var met = new TaskCompletionSource<bool>();
            pending.Task.GetAwaiter().UnsafeOnCompleted(() => met.SetResult(barrier.SignalAndWait(Patience)));
            ended.Add(pending);
            told.Add(met.Task);
        }

        return (ended, told);
    }

    private Pending<RespValue> Make()
    {
        var pending = Pending<RespValue>.Rent(Replies.Value);
        pending.Scheduler = _scheduler;
        pending.Add(new RespCommand("GET", "a"), isOnlyOne: true);
        pending.Begin(_scheduler.Clock.Now, _scheduler.Clock.Now + 60_000);
        return pending;
    }

    private sealed class Nobody : IConnectionOwner
    {
        public void OnPush(RespConnection connection, ref RespReader push)
        {
        }

        public void OnExpired(IReadOnlyList<Pending> expired)
        {
        }

        public void OnEnded(RespConnection connection, Exception reason)
        {
        }
    }
}
