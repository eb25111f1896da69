using Larder.Ports;
using Larder.Tests.Promise.Shared;
using static Larder.Tests.Support.TestCache;

namespace Larder.Tests.Holds;

/// <summary>Holds at an authority that several nodes share.</summary>
public sealed class SharedHoldTests
{
    private static readonly TimeSpan Time = Minutes(2);

    [Theory]
    [InlineData(CoherenceLevel.Strict)]
    [InlineData(CoherenceLevel.Bounded)]
    [InlineData(CoherenceLevel.Eventual)]
    public void Hold_ThenCommitThenRemove_NobodyIsServedOrStoresTheOldValue(CoherenceLevel level)
    {
        var world = new SharedWorld(level);
        var (a, b) = (world.Nodes[0], world.Nodes[1]);
        a.Set("old");
        Assert.Equal("old", b.ReadKept());

        Hold(a);
        world.Grant();
        Assert.Null(b.Peek());
        var load = b.Load();
        Assert.True(load.IsAsked);
        load.Answer("before the commit");
        Assert.Equal("before the commit", load.Result);
        Assert.Null(b.Peek());
        Assert.Equal(AuthorityKind.Hold, world.Authority.KindOf(SharedWorld.CacheName, "k"));

        // The writer commits here.
        a.Remove();
        world.Grant();
        Assert.Equal("new", b.Read());
        Assert.Equal("new", a.ReadKept());
    }

    [Fact]
    public void Readers_UnderAHold_ShareOneLoadInEachProcessAndWaitForNoOther()
    {
        var world = new SharedWorld(CoherenceLevel.Strict);
        var (a, b) = (world.Nodes[0], world.Nodes[1]);
        Hold(a);
        var first = b.Load();
        var second = b.Load();
        var elsewhere = a.Load();
        Assert.True(first.IsAsked && elsewhere.IsAsked);
        Assert.False(second.IsAsked);
        first.Answer("b");
        elsewhere.Answer("a");
        Assert.Equal(["b", "b", "a"], new[] { first.Result, second.Result, elsewhere.Result });
    }

    [Theory]
    [InlineData(CoherenceLevel.Strict)]
    [InlineData(CoherenceLevel.Bounded)]
    public void Load_BegunBeforeTheHold_StoresNothing(CoherenceLevel level)
    {
        var world = new SharedWorld(level);
        var (a, b) = (world.Nodes[0], world.Nodes[1]);
        var load = b.Load();
        Hold(a);
        load.Answer("old");
        Assert.Equal("old", load.Result);
        Assert.False(world.Holds());
        Assert.Null(b.Peek());
    }

    [Fact]
    public void Writer_WhoDiesBetweenCommitAndRemoval_LeavesNoOldValue()
    {
        var world = new SharedWorld(CoherenceLevel.Strict);
        var (a, b) = (world.Nodes[0], world.Nodes[1]);
        a.Set("old");
        Assert.Equal("old", b.ReadKept());
        Hold(a);
        var load = b.Load();

        // The writer commits, and dies. What was read before the commit is still under way when the hold ends.
        a.Process.Crash();
        world.Pass(Time * 1.1);
        Assert.Equal("new", b.Read());
        load.Answer("old");
        Assert.NotEqual("old", b.Read());
    }

    [Fact]
    public void Set_DuringAHold_IsStoredAndEndsIt()
    {
        var world = new SharedWorld(CoherenceLevel.Strict);
        var (a, b) = (world.Nodes[0], world.Nodes[1]);
        Hold(a);
        b.Set("set");
        Assert.Equal("set", a.ReadKept());
    }

    [Fact]
    public void Snapshots_DuringAHold_AreNoneAndCountersAreRefused()
    {
        var world = new SharedWorld(CoherenceLevel.Strict);
        var (a, b) = (world.Nodes[0], world.Nodes[1]);
        var before = b.Call(cache => cache.SnapshotAsync("k"));
        Hold(a);
        Assert.True(b.Call(cache => cache.SnapshotAsync("k")).IsNone);
        Assert.Equal(StoreOutcome.FencedOff, b.Call(cache => cache.SetIfUnchangedAsync("k", "v", before)));
        Assert.Throws<LarderException>(() => b.Call(cache => cache.IncrementAsync("k")));
    }

    [Fact]
    public void Hold_AuthorityAway_ThrowsOrQueuesARemoval()
    {
        var world = new SharedWorld(CoherenceLevel.Strict, configure: static (index, options) => options.QueueRemovals = index == 1);
        var (a, b) = (world.Nodes[0], world.Nodes[1]);
        a.Set("old");
        Assert.Equal("old", b.ReadKept());
        world.Authority.Stop();
        world.Idle();
        Assert.Throws<TierUnavailableException>(() => a.Call(cache => cache.HoldAsync("k", Time)));
        Assert.Equal(RemovalOutcome.Queued, b.Call(cache => cache.HoldAsync("k", Time)));
        Assert.Equal(1, b.Cache.Statistics.QueuedRemovals);
        world.Authority.Start();
        world.Pass(SharedWorld.Lease * 2);
        Assert.Equal(0, b.Cache.Statistics.QueuedRemovals);
        Assert.False(world.Holds());
    }

    private static void Hold(SharedNode node) => Assert.Equal(RemovalOutcome.Done, node.Call(cache => cache.HoldAsync("k", Time)));
}
