using Larder.Tests.Promise.Shared;
using static Larder.Tests.Support.TestCache;

namespace Larder.Tests.Promise;

/// <summary>
/// The scenarios in which one node loads while another one changes the key, on several caches over one authority. Each name begins with the scenario's number; what a peer did wrong stands in
/// its comment.
/// </summary>
public sealed class SharedPromiseLoadTests
{
    private static readonly EntryOptions WithStale = new() { FreshFor = Minutes(1), StaleFor = Minutes(10), FailureThrottle = Seconds(1) };

    // The old value was kept, and a caller who came after the removal got it.
    [Theory]
    [InlineData(CoherenceLevel.Strict)]
    [InlineData(CoherenceLevel.Bounded)]
    [InlineData(CoherenceLevel.Eventual)]
    public void F1_RemovedElsewhereDuringALoad_OldValueIsNotKeptAndNotServedToALaterCaller(CoherenceLevel level)
    {
        var world = new SharedWorld(level);
        var (a, b) = (world.Nodes[0], world.Nodes[1]);
        var before = a.Load();
        b.Remove();
        world.Grant();

        var after = a.Load();
        before.Answer("old");

        Assert.Equal("old", before.Result);
        Assert.True(after.IsAsked);
        Assert.Null(a.Peek());
        Assert.False(world.Holds());
        after.Answer("new");
        Assert.Equal("new", after.Result);
        Assert.Equal("new", a.ReadKept());
        Assert.Equal("new", b.ReadKept());
    }

    // A load of its own, after waiting too long for another node's, must not be shared after a removal either.
    [Fact]
    public void F1_RemovedElsewhereWhileANodeLoadsAlone_LaterCallersDoNotJoin()
    {
        var world = new SharedWorld(CoherenceLevel.Strict, nodes: 3, (_, options) => options.LoadWait = Seconds(1));
        var (a, b, slow) = (world.Nodes[0], world.Nodes[1], world.Nodes[2].Load());
        var before = a.Load();
        world.Pass(Seconds(1.5));
        Assert.True(slow.IsAsked && before.IsAsked);
        b.Remove();

        var after = a.Load();
        before.Answer("old");

        Assert.Equal("old", before.Result);
        Assert.False(after.HasEnded);
        Assert.True(after.IsAsked);
        after.Answer("new");
        Assert.Equal("new", after.Result);
    }

    // The same for a load that the authority did not answer in time, and whose key nobody will announce.
    [Fact]
    public void F1_RemovedElsewhereWhileTheAuthorityIsTooSlow_LaterCallersDoNotJoin()
    {
        var world = new SharedWorld(CoherenceLevel.Strict, configure: (_, options) => options.TierTimeout = Seconds(1));
        var (a, b) = (world.Nodes[0], world.Nodes[1]);
        var hanging = a.Faults.Hang(TierOperations.Get);
        var before = a.Load();
        world.Pass(Seconds(1.5));
        Assert.True(before.IsAsked);
        b.Remove();
        hanging.Heal();

        var after = a.Load();
        before.Answer("old");

        Assert.Equal("old", before.Result);
        Assert.False(after.HasEnded);
        world.Idle();
        Assert.True(after.IsAsked);
        after.Answer("new");
        Assert.Equal("new", after.Result);
    }

    // Both the loading node and the remote tier ended with the old value.
    [Theory]
    [InlineData(CoherenceLevel.Strict)]
    [InlineData(CoherenceLevel.Bounded)]
    [InlineData(CoherenceLevel.Eventual)]
    public void F2_SetElsewhereDuringALoad_BothNodesAndTheAuthorityKeepTheSetValue(CoherenceLevel level)
    {
        var world = new SharedWorld(level, nodes: 3);
        var (a, b, cold) = (world.Nodes[0], world.Nodes[1], world.Nodes[2]);
        var load = a.Load();

        b.Set("set");
        load.Answer("old");
        world.Grant();

        Assert.Equal("old", load.Result);
        Assert.Equal("set", a.ReadKept());
        Assert.Equal("set", b.ReadKept());
        Assert.Equal("set", cold.ReadKept());
    }

    // The refreshed value was stamped with the time of its completion, so the removal before that was forgotten.
    [Theory]
    [InlineData(CoherenceLevel.Strict)]
    [InlineData(CoherenceLevel.Bounded)]
    [InlineData(CoherenceLevel.Eventual)]
    public void F3_TagRemovedElsewhereDuringARefresh_RefreshedValueIsStoredNowhere(CoherenceLevel level)
    {
        var (world, refresh) = Refreshing(level);
        var (a, b) = (world.Nodes[0], world.Nodes[1]);

        b.RemoveByTag();
        refresh.Answer("v2, read before the removal");
        world.Grant();

        Assert.Equal("new", a.Read(options: WithStale, tags: "t"));
        Assert.Equal("new", b.ReadKept(options: WithStale));
    }

    [Theory]
    [InlineData(CoherenceLevel.Strict)]
    [InlineData(CoherenceLevel.Bounded)]
    [InlineData(CoherenceLevel.Eventual)]
    public void F3_SetElsewhereDuringARefresh_RefreshedValueDoesNotReplaceIt(CoherenceLevel level)
    {
        var (world, refresh) = Refreshing(level);
        var (a, b) = (world.Nodes[0], world.Nodes[1]);

        b.Set("set", options: WithStale, tags: "t");
        refresh.Answer("v2, read before the Set");
        world.Grant();

        Assert.Equal("set", a.ReadKept(options: WithStale));
        Assert.Equal("set", b.ReadKept(options: WithStale));
    }

    // A clear of one memory left the value that was being loaded alive.
    [Theory]
    [InlineData(CoherenceLevel.Strict)]
    [InlineData(CoherenceLevel.Bounded)]
    [InlineData(CoherenceLevel.Eventual)]
    public void F5_ClearedElsewhereDuringALoad_OldValueDoesNotSurvive(CoherenceLevel level)
    {
        var world = new SharedWorld(level);
        var (a, b) = (world.Nodes[0], world.Nodes[1]);
        var before = a.Load();
        b.Clear();
        world.Grant();

        var after = a.Load();
        before.Answer("old");

        Assert.Equal("old", before.Result);
        Assert.Null(a.Peek());
        after.Answer("new");
        Assert.Equal("new", after.Result);
        Assert.Equal("new", b.ReadKept());
    }

    // The key hung for ever; here the right to refresh would hang for all nodes.
    [Fact]
    public void F6_RefreshWhoseFactoryThrowsAtOnce_EveryNodeGoesOnWorking()
    {
        var world = new SharedWorld(CoherenceLevel.Strict);
        var (a, b) = (world.Nodes[0], world.Nodes[1]);
        a.Set("v1", options: WithStale);
        world.Pass(Minutes(2));
        Assert.Equal(CacheStatus.Stale, a.ReadWithoutSource(options: WithStale).Status);
        world.Idle();

        Assert.Equal("v1", b.Read(options: WithStale));
        world.Idle();

        Assert.Equal("new", b.ReadKept(options: WithStale));
        Assert.Equal("new", a.ReadKept(options: WithStale));
    }

    // A read while the removal waited for the remote tier brought the old value back.
    [Fact]
    public void F9_ReadWhileTheAuthorityIsBeingTold_IsNotLeftBehind()
    {
        var world = new SharedWorld(CoherenceLevel.Strict);
        var (a, b) = (world.Nodes[0], world.Nodes[1]);
        b.Set("old");
        var telling = a.Faults.Hang(TierOperations.Remove);
        var removing = a.Start(cache => cache.RemoveAsync("k"));
        world.Idle();
        Assert.Equal("old", a.ReadKept());
        Assert.False(removing.IsCompleted);

        telling.Heal();
        Assert.Equal(RemovalOutcome.Done, world.Done(removing));

        Assert.Null(a.Peek());
        Assert.Equal("new", a.Read());
        Assert.Equal("new", b.ReadKept());
    }

    [Theory]
    [InlineData(CoherenceLevel.Strict)]
    [InlineData(CoherenceLevel.Bounded)]
    [InlineData(CoherenceLevel.Eventual)]
    public void F9_RemovalBetweenARemoteReadAndItsAnswer_AnswerIsNotKept(CoherenceLevel level)
    {
        var world = new SharedWorld(level);
        var (a, b) = (world.Nodes[0], world.Nodes[1]);
        b.Set("old");
        a.Link.BlocksReplies = true;
        var reading = a.Start(cache => cache.GetAsync<string>("k"));
        world.Idle();
        var removing = a.Start(cache => cache.RemoveAsync("k"));
        world.Idle();

        a.Link.Heal();
        Assert.Equal("old", world.Done(reading).Value);
        world.Done(removing);

        Assert.Null(a.Peek());
        Assert.Equal("new", a.Read());
    }

    // The reader kept what it had read for its whole time to live.
    [Theory]
    [InlineData(CoherenceLevel.Strict)]
    [InlineData(CoherenceLevel.Bounded)]
    [InlineData(CoherenceLevel.Eventual)]
    public void F10_SetElsewhereBetweenARemoteReadAndItsAnswer_AnswerIsNotKept(CoherenceLevel level)
    {
        var world = new SharedWorld(level);
        var (a, b) = (world.Nodes[0], world.Nodes[1]);
        b.Set("old");
        a.Link.BlocksReplies = true;
        var reading = a.Start(cache => cache.GetAsync<string>("k"));
        world.Idle();

        b.Set("set");
        a.Link.Heal();
        Assert.Equal("old", world.Done(reading).Value);
        world.Grant();

        Assert.Equal("set", a.ReadKept());
    }

    // The next caller hung in spite of its time-out; here the next node would.
    [Fact]
    public void F15_FactoryThatNeverReturns_AnotherNodeStartsAfreshAfterTheTimeout()
    {
        var world = new SharedWorld(CoherenceLevel.Strict);
        var (a, b) = (world.Nodes[0], world.Nodes[1]);
        var hung = a.Load(options: new EntryOptions { SourceTimeout = Seconds(0.1) });
        var waiting = b.Load();
        Assert.True(hung.IsAsked);
        Assert.False(waiting.IsAsked);

        world.Pass(Seconds(0.5));

        Assert.Throws<SourceTimeoutException>(() => hung.Result);
        Assert.True(waiting.IsAsked);
        waiting.Answer("fresh start");
        hung.Answer("far too late");
        Assert.Equal("fresh start", waiting.Result);
        Assert.Equal("fresh start", a.ReadKept());
    }

    // A failed write to the remote tier leaked the distributed lock, so other nodes waited for nothing.
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void F16_FillOrSourceThatFails_LetsAnotherNodeLoadAtOnce(bool isSource)
    {
        var world = new SharedWorld(CoherenceLevel.Strict);
        var (a, b) = (world.Nodes[0], world.Nodes[1]);
        a.Faults.Fail(TierOperations.Fill);
        var first = a.Load();
        var waiting = b.Load();
        Assert.False(waiting.IsAsked);

        if (isSource)
        {
            first.Fail();
        }
        else
        {
            first.Answer("not stored");
        }

        Assert.True(first.HasEnded);
        Assert.True(waiting.IsAsked);
        waiting.Answer("new");
        Assert.Equal("new", waiting.Result);
        Assert.Equal("new", a.ReadKept());
    }

    // The lock of a key was evicted, and disposed of, while it was held.
    [Fact]
    public void F20_ManyOtherKeysWhileALoadRuns_TheKeyIsStillLoadedOnceByAllNodes()
    {
        var world = new SharedWorld(CoherenceLevel.Strict);
        var (a, b) = (world.Nodes[0], world.Nodes[1]);
        var first = a.Load();
        for (var i = 0; i < 2_000; i++)
        {
            world.Nodes[i % 2].Read($"other:{i}");
        }

        var here = a.Load();
        var there = b.Load();
        first.Answer("once");

        Assert.Equal(["once", "once", "once"], [first.Result, here.Result, there.Result]);
        Assert.False(here.IsAsked || there.IsAsked);
    }

    // The old value was kept, and later callers joined the load that brought it.
    [Theory]
    [InlineData(CoherenceLevel.Strict)]
    [InlineData(CoherenceLevel.Bounded)]
    [InlineData(CoherenceLevel.Eventual)]
    public void H1_RemovedElsewhereMidLoad_LaterCallersOfBothNodesShareOneFreshLoad(CoherenceLevel level)
    {
        var world = new SharedWorld(level);
        var (a, b) = (world.Nodes[0], world.Nodes[1]);
        var before = a.Load();
        b.Remove();
        world.Grant();

        SharedLoad[] after = [.. Enumerable.Range(0, 20).Select(i => world.Nodes[i % 2].Load())];
        before.Answer("old");
        Assert.DoesNotContain(after, load => load.HasEnded);
        Assert.Single(after, load => load.IsAsked).Answer("new");

        Assert.Equal("old", before.Result);
        Assert.All(after, load => Assert.Equal("new", load.Result));
    }

    // The loader's old value overwrote what had been set.
    [Theory]
    [InlineData(CoherenceLevel.Strict)]
    [InlineData(CoherenceLevel.Bounded)]
    [InlineData(CoherenceLevel.Eventual)]
    public void H5_SetElsewhereMidLoad_IsServedAtOnceAndNotOverwritten(CoherenceLevel level)
    {
        var world = new SharedWorld(level);
        var (a, b) = (world.Nodes[0], world.Nodes[1]);
        var load = a.Load();
        b.Set("set");
        world.Grant();

        Assert.Equal("set", a.ReadKept());
        load.Answer("old");

        Assert.Equal("old", load.Result);
        Assert.Equal("set", a.ReadKept());
        Assert.Equal("set", b.ReadKept());
    }

    /// <summary>Node 0 serves "v1", which is stale, and waits for its source to refresh it.</summary>
    private static (SharedWorld World, SharedLoad Refresh) Refreshing(CoherenceLevel level)
    {
        var world = new SharedWorld(level);
        world.Nodes[0].Set("v1", options: WithStale, tags: "t");
        world.Pass(Minutes(2));
        var refresh = world.Nodes[0].Load(options: WithStale, tags: "t");
        Assert.Equal("v1", refresh.Result);
        world.Idle();
        Assert.True(refresh.IsAsked);
        return (world, refresh);
    }
}
