using Larder.Ports;
using Larder.Tests.Promise.Shared;
using static Larder.Tests.Support.TestCache;

namespace Larder.Tests.Promise;

/// <summary>The scenarios about removals of tags, of everything, and about clocks that differ, on several caches over one authority.</summary>
public sealed class SharedPromiseFenceTests
{
    private static readonly EntryOptions WithFallback = new()
    {
        FreshFor = Minutes(1),
        FallbackFor = Minutes(60),
        SourceSoftTimeout = Seconds(1),
        FailureThrottle = Seconds(30),
    };

    // The fallback was served after the removal, when the source was slow or failed.
    [Theory]
    [InlineData(CoherenceLevel.Strict, "key")]
    [InlineData(CoherenceLevel.Strict, "tag")]
    [InlineData(CoherenceLevel.Strict, "everything")]
    [InlineData(CoherenceLevel.Bounded, "tag")]
    [InlineData(CoherenceLevel.Eventual, "everything")]
    public void F4_RemovedElsewhere_FallbackIsServedByNoNode(CoherenceLevel level, string what)
    {
        var world = new SharedWorld(level, nodes: 3);
        var (a, b, cold) = (world.Nodes[0], world.Nodes[1], world.Nodes[2]);
        a.Set("old", options: WithFallback, tags: "t");
        world.Pass(Minutes(2));
        Assert.Equal((CacheStatus.Fallback, "old"), a.ReadWithoutSource(options: WithFallback, tags: "t") is var served ? (served.Status, served.Value) : default);

        RemoveBy(b, what);
        world.Grant();

        Assert.Throws<IOException>(() => a.ReadWithoutSource(options: WithFallback, tags: "t"));
        Assert.Throws<IOException>(() => cold.ReadWithoutSource(options: WithFallback, tags: "t"));
    }

    [Theory]
    [InlineData("key")]
    [InlineData("tag")]
    [InlineData("everything")]
    public void F4_RemovedElsewhereDuringASlowLoad_FallbackIsNotServedAtTheSoftTimeoutNorWhenItFails(string what)
    {
        var world = new SharedWorld(CoherenceLevel.Strict);
        var (a, b) = (world.Nodes[0], world.Nodes[1]);
        a.Set("old", options: WithFallback, tags: "t");
        world.Pass(Minutes(2));
        var slow = a.Load(options: WithFallback, tags: "t");
        RemoveBy(b, what);

        world.Pass(Seconds(2));
        Assert.False(slow.HasEnded);
        slow.Fail();

        Assert.Throws<IOException>(() => slow.Result);
    }

    // A removal by a node whose clock lags was older than what it should have removed, or replaced a newer removal.
    [Theory]
    [InlineData(-60)]
    [InlineData(60)]
    public void F11_TagRemovedByNodesWhoseClocksDiffer_EveryRemovalCountsAndNoneTakesAnotherBack(int minutes)
    {
        var world = new SharedWorld(CoherenceLevel.Strict, nodes: 3, wallClocks: [default, Minutes(minutes), default]);
        var (a, wrong, cold) = (world.Nodes[0], world.Nodes[1], world.Nodes[2]);
        a.Set("older", "older", tags: "t");
        a.RemoveByTag();
        a.Set("newer", "newer", tags: "t");

        wrong.RemoveByTag();

        foreach (var node in new[] { a, cold })
        {
            Assert.False(node.Call(cache => cache.GetAsync<string>("older")).HasValue);
            Assert.False(node.Call(cache => cache.GetAsync<string>("newer")).HasValue);
        }

        wrong.Set("since", "since", new EntryOptions { FreshFor = Minutes(300) }, "t");
        Assert.Equal("since", a.ReadKept("since"));
        a.RemoveByTag();
        Assert.False(wrong.Call(cache => cache.GetAsync<string>("since")).HasValue);
    }

    // A Clear that came late, and was older than another, made valid again what the other had cleared.
    [Theory]
    [InlineData(-60)]
    [InlineData(60)]
    public void F12_AnnouncementsOfClearsComeLateAndTwice_NothingIsUncleared(int minutes)
    {
        var world = new SharedWorld(CoherenceLevel.Eventual, nodes: 3, wallClocks: [default, Minutes(minutes), default], announcesInOrder: false);
        var (a, wrong, c) = (world.Nodes[0], world.Nodes[1], world.Nodes[2]);
        world.Network.Duplication = 1;
        a.Set("old");
        a.Link.BlocksReplies = true;
        wrong.Clear();
        c.Set("between");
        c.Clear();
        c.Set("last");

        a.Link.Heal();
        world.Idle();

        Assert.Equal("last", a.ReadKept());
        Assert.Equal("last", c.ReadKept());
        wrong.Clear();
        world.Idle();
        Assert.Equal("new", a.Read());
        Assert.Equal("new", c.ReadKept());
    }

    // The marker of the removed tag ended before the entry did, and the entry came back.
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void F13_TagRemovedLongAgo_EntryThatOutlivesItsMarkerStaysRemovedForEveryNode(bool isEvicted)
    {
        var longLived = new EntryOptions { FreshFor = TimeSpan.FromDays(365) };
        var world = new SharedWorld(CoherenceLevel.Strict);
        var (a, b) = (world.Nodes[0], world.Nodes[1]);
        a.Set("old", options: longLived, tags: "t");
        b.RemoveByTag();
        for (var month = 0; month < 11; month++)
        {
            world.Simulation.Advance(TimeSpan.FromDays(30));
            world.Idle();
            if (isEvicted)
            {
                world.Authority.Evict(SharedWorld.CacheName, FenceName.OfTag("t"));
            }

            // A process that knows nothing of before.
            b.Restart();
            world.Idle();
            Assert.Equal(AuthorityKind.Value, world.Authority.KindOf(SharedWorld.CacheName, "k"));
            Assert.False(a.Call(cache => cache.GetAsync<string>("k")).HasValue);
            Assert.False(b.Call(cache => cache.GetAsync<string>("k")).HasValue);
        }
    }

    [Theory]
    [InlineData("t")]
    [InlineData(null)]
    public void F13_FenceIsLost_WhatWasStoredUnderItIsGoneInsteadOfValidAgain(string? tag)
    {
        var world = new SharedWorld(CoherenceLevel.Strict);
        var (a, b) = (world.Nodes[0], world.Nodes[1]);
        a.Set("old", tags: "t");
        world.Authority.Evict(SharedWorld.CacheName, tag is null ? FenceName.Cache : FenceName.OfTag(tag));
        b.Restart();
        world.Idle();

        Assert.False(b.Call(cache => cache.GetAsync<string>("k")).HasValue);
    }

    // Without announcements the removal of a tag was seen by nobody else.
    [Fact]
    public void F14_TagRemovedWhileEveryAnnouncementIsLost_AColdNodeSeesItInTheAuthority()
    {
        var world = new SharedWorld(CoherenceLevel.Eventual, nodes: 3, announcesInOrder: false);
        var (a, b, cold) = (world.Nodes[0], world.Nodes[1], world.Nodes[2]);
        a.Set("old", tags: ["t", "u"]);
        world.Network.Loss = 1;

        b.RemoveByTag();

        Assert.Equal("new", cold.Read(tags: "t"));
        Assert.Equal("new", b.ReadKept());
    }

    [Theory]
    [InlineData(CoherenceLevel.Strict)]
    [InlineData(CoherenceLevel.Bounded)]
    [InlineData(CoherenceLevel.Eventual)]
    public void F14_TagRemovedElsewhere_IsSeenByWarmAndColdNodes(CoherenceLevel level)
    {
        var world = new SharedWorld(level, nodes: 3);
        var (a, b, cold) = (world.Nodes[0], world.Nodes[1], world.Nodes[2]);
        a.Set("old", tags: "t");
        a.Set("kept", "other", tags: "u");

        b.RemoveByTag();
        world.Grant();

        Assert.Equal("new", cold.Read(tags: "t"));
        Assert.Equal("new", a.ReadKept());
        Assert.Equal("kept", a.ReadKept("other"));
        Assert.Equal("kept", cold.ReadKept("other"));
    }

    // A newer value was ignored, because the clock of the node that set it was behind.
    [Theory]
    [InlineData(-60)]
    [InlineData(60)]
    public void F19_SetByANodeWhoseClockIsWrong_IsTheValueForEveryNode(int minutes)
    {
        var world = new SharedWorld(CoherenceLevel.Strict, nodes: 3, wallClocks: [default, Minutes(minutes), default]);
        var (a, wrong, cold) = (world.Nodes[0], world.Nodes[1], world.Nodes[2]);
        var longer = new EntryOptions { FreshFor = Minutes(300) };
        a.Set("first", options: longer);
        wrong.Set("second", options: longer);
        Assert.Equal("second", a.ReadKept());
        Assert.Equal("second", cold.ReadKept());

        a.Set("third", options: longer);

        Assert.Equal("third", wrong.ReadKept());
        Assert.Equal("third", cold.ReadKept());
    }

    // The stale result was stamped as fresh.
    [Theory]
    [InlineData(CoherenceLevel.Strict)]
    [InlineData(CoherenceLevel.Bounded)]
    [InlineData(CoherenceLevel.Eventual)]
    public void H2_TagRemovedElsewhereMidLoad_ResultIsStoredNowhere(CoherenceLevel level)
    {
        var world = new SharedWorld(level);
        var (a, b) = (world.Nodes[0], world.Nodes[1]);
        var before = a.Load(tags: "t");

        b.RemoveByTag();
        before.Answer("old");
        world.Grant();

        Assert.Equal("old", before.Result);
        Assert.Equal("new", b.Read(tags: "t"));
        Assert.Equal("new", a.ReadKept());
    }

    [Theory]
    [InlineData(CoherenceLevel.Strict)]
    [InlineData(CoherenceLevel.Bounded)]
    [InlineData(CoherenceLevel.Eventual)]
    public void H2_TagThatTheFactoryAddsWasRemovedElsewhereMidLoad_ResultIsStoredNowhere(CoherenceLevel level)
    {
        var world = new SharedWorld(level);
        var (a, b) = (world.Nodes[0], world.Nodes[1]);
        var before = a.Load();

        b.RemoveByTag("late");
        before.Context!.AddTag("late");
        before.Answer("old");
        world.Grant();

        Assert.Equal("old", before.Result);
        Assert.Equal("new", b.Read(tags: "late"));
        Assert.Equal("new", a.ReadKept());
    }

    // A cold node served what had been removed by its tag.
    [Fact]
    public void H3_TagRemovedBeforeANodeBegan_ItDoesNotServeTheRemoteEntry()
    {
        var world = new SharedWorld(CoherenceLevel.Strict);
        var (a, b) = (world.Nodes[0], world.Nodes[1]);
        a.Set("old", tags: "t");
        a.RemoveByTag();
        b.Restart();

        Assert.True(world.Holds());
        Assert.Equal("new", b.Read(tags: "t"));
    }

    // A warm node never learned of the removal.
    [Theory]
    [InlineData(CoherenceLevel.Strict)]
    [InlineData(CoherenceLevel.Bounded)]
    [InlineData(CoherenceLevel.Eventual)]
    public void H4_TagRemovedElsewhere_AWarmNodeDoesNotServeItsCopy(CoherenceLevel level)
    {
        var world = new SharedWorld(level);
        var (a, b) = (world.Nodes[0], world.Nodes[1]);
        b.Set("old", tags: "t");
        Assert.Equal("old", a.ReadKept());
        Assert.Equal("old", a.Peek());

        b.RemoveByTag();
        world.Grant();

        Assert.Null(a.Peek());
        Assert.Equal("new", a.Read(tags: "t"));
    }

    // A node that is cut off learns nothing: only its lease keeps the old value from being served.
    [Theory]
    [InlineData(CoherenceLevel.Strict)]
    [InlineData(CoherenceLevel.Bounded)]
    public void H4_TagRemovedWhileAWarmNodeIsCutOff_ItsMemoryIsSilent(CoherenceLevel level)
    {
        var world = new SharedWorld(level);
        var (a, b) = (world.Nodes[0], world.Nodes[1]);
        b.Set("old", tags: "t");
        Assert.Equal("old", a.ReadKept());
        a.Link.Partition();

        b.RemoveByTag();
        world.Grant();

        Assert.Null(a.Peek());
        Assert.Equal("new", a.Read(tags: "t"));
    }

    private static void RemoveBy(SharedNode node, string what)
    {
        switch (what)
        {
            case "key":
                node.Remove();
                break;
            case "tag":
                node.RemoveByTag();
                break;
            default:
                node.Clear();
                break;
        }
    }
}
