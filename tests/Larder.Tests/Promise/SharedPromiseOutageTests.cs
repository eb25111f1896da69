using Larder.Ports;
using Larder.Tests.Promise.Shared;
using static Larder.Tests.Support.TestCache;

namespace Larder.Tests.Promise;

/// <summary>The scenarios in which the authority is away, announcements are lost, or a cache is closed.</summary>
public sealed class SharedPromiseOutageTests
{
    private static readonly EntryOptions LongLived = new() { FreshFor = TimeSpan.FromDays(2) };

    // The removal succeeded silently, and other nodes were never told.
    [Theory]
    [InlineData(CoherenceLevel.Strict)]
    [InlineData(CoherenceLevel.Bounded)]
    [InlineData(CoherenceLevel.Eventual)]
    public void F7_RemovedWhileTheAuthorityIsAway_ThrowsAndIsDoneWhenRepeated(CoherenceLevel level)
    {
        var world = new SharedWorld(level);
        var (a, b) = (world.Nodes[0], world.Nodes[1]);
        b.Set("old");
        Assert.Equal("old", a.ReadKept());
        world.Authority.Stop();
        world.Idle();

        Assert.Throws<TierUnavailableException>(() => a.Call(cache => cache.RemoveAsync("k")));
        Assert.Null(a.Peek());

        world.Authority.Start();
        world.Pass(SharedWorld.Lease * 2);
        a.Remove();
        world.Grant();
        Assert.Equal("new", b.Read());
        Assert.Equal("new", a.ReadKept());
    }

    [Theory]
    [InlineData(CoherenceLevel.Strict)]
    [InlineData(CoherenceLevel.Bounded)]
    [InlineData(CoherenceLevel.Eventual)]
    public void F7_RemovedWhileTheAuthorityIsAway_QueuedRemovalsAreToldInOrderBeforeItIsReadAgain(CoherenceLevel level)
    {
        var world = new SharedWorld(level, configure: (_, options) => options.QueueRemovals = true);
        var (a, b) = (world.Nodes[0], world.Nodes[1]);
        b.Set("old", options: LongLived);
        b.Set("old", "l", options: LongLived, tags: "t");
        world.Authority.Stop();
        world.Idle();
        Assert.Equal(RemovalOutcome.Queued, a.Call(cache => cache.RemoveAsync("k")));
        Assert.Equal(RemovalOutcome.Queued, a.Call(cache => cache.RemoveByTagAsync("t")));
        Assert.Equal(2, a.Cache.Statistics.QueuedRemovals);

        // It is there again, with the old values, and has not been told yet.
        var telling = a.Faults.Hang(TierOperations.Removals);
        world.Authority.Start();
        world.Idle();
        Assert.True(world.Holds("k") && world.Holds("l"));
        Assert.False(a.Call(cache => cache.GetAsync<string>("k")).HasValue);
        Assert.Equal("new", a.Read("l", options: new EntryOptions { Skip = CacheSkip.MemoryWrite }));

        telling.Heal();
        world.Pass(Seconds(30));
        Assert.Equal(0, a.Cache.Statistics.QueuedRemovals);
        world.Grant();
        Assert.Equal("new", b.Read());
        Assert.Equal("new", b.Read("l", tags: "t"));
        Assert.Equal("new", a.ReadKept());
    }

    // The queue died with its process.
    [Fact]
    public void F7_ProcessEndsWithRemovalsQueued_TheNextOneTellsThemBeforeItReads()
    {
        var journal = new ListJournal();
        var world = new SharedWorld(CoherenceLevel.Strict, configure: (index, options) =>
        {
            options.QueueRemovals = true;
            options.Journal = index == 0 ? journal : null;
        });
        var (a, b) = (world.Nodes[0], world.Nodes[1]);
        b.Set("old", options: LongLived);
        world.Authority.Stop();
        world.Idle();
        Assert.Equal(RemovalOutcome.Queued, a.Call(cache => cache.RemoveAsync("k")));
        a.Restart();
        world.Authority.Start();

        Assert.Equal("new", a.Read());
        world.Pass(Seconds(30));

        Assert.Empty(journal.Records);
        Assert.Equal("new", b.Read());
    }

    // The queued removal was dropped after the call's own duration, although the entry lives longer.
    [Fact]
    public void F8_AuthorityAwayForADay_QueuedRemovalStillRemovesTheEntryThatLivesLonger()
    {
        var world = new SharedWorld(CoherenceLevel.Strict, configure: (_, options) => options.QueueRemovals = true);
        var (a, b) = (world.Nodes[0], world.Nodes[1]);
        b.Set("old", options: LongLived);
        world.Authority.Stop();
        world.Idle();
        Assert.Equal(RemovalOutcome.Queued, a.Call(cache => cache.RemoveAsync("k")));
        for (var hour = 0; hour < 24; hour++)
        {
            world.Simulation.Advance(TimeSpan.FromHours(1));
            world.Idle();
        }

        Assert.Equal(1, a.Cache.Statistics.QueuedRemovals);
        Assert.True(world.Holds());
        world.Authority.Start();
        world.Pass(Seconds(30));

        Assert.False(world.Holds());
        Assert.Equal("new", b.Read());
    }

    // Nobody noticed that announcements had been lost.
    [Fact]
    public void F18_AnnouncementIsLost_TheNextOneShowsTheGapAndMemoryIsFlushed()
    {
        var world = new SharedWorld(CoherenceLevel.Eventual, announcesInOrder: false);
        var (a, b) = (world.Nodes[0], world.Nodes[1]);
        b.Set("old");
        Assert.Equal("old", a.ReadKept());
        world.Network.Loss = 1;
        b.Remove();
        world.Network.Loss = 0;
        world.Idle();
        Assert.Equal("old", a.Peek());

        b.Remove("another");
        world.Idle();

        Assert.Null(a.Peek());
        Assert.Equal("new", a.Read());
    }

    [Theory]
    [InlineData(CoherenceLevel.Strict)]
    [InlineData(CoherenceLevel.Bounded)]
    [InlineData(CoherenceLevel.Eventual)]
    public void F18_ConnectionIsCutWithAnnouncementsUnderWay_MemoryIsFlushed(CoherenceLevel level)
    {
        var world = new SharedWorld(level);
        var (a, b) = (world.Nodes[0], world.Nodes[1]);
        b.Set("old");
        Assert.Equal("old", a.ReadKept());
        a.Link.BlocksReplies = true;
        b.Remove();

        // What was under way is lost with the connection.
        a.Link.Cut();
        a.Link.Heal();
        world.Pass(SharedWorld.Lease);

        Assert.Null(a.Peek());
        Assert.Equal("new", a.Read());
    }

    // Disposing of a cache closed the connection that the application shared.
    [Fact]
    public void F21_OneCacheIsDisposed_TheOthersOverTheSameAuthorityGoOn()
    {
        var world = new SharedWorld(CoherenceLevel.Strict, nodes: 3);
        var (a, b, c) = (world.Nodes[0], world.Nodes[1], world.Nodes[2]);
        b.Set("kept");
        a.Call(async cache =>
        {
            await cache.DisposeAsync();
            return true;
        });

        Assert.True(world.Authority.IsUp && b.Link.IsConnected);
        Assert.Equal("kept", c.ReadKept());
        b.Remove();
        Assert.Equal("new", c.Read());
        Assert.Equal("new", b.ReadKept());
        Assert.Equal("new", b.Peek());
    }

    private sealed class ListJournal : IJournal
    {
        internal List<JournalRecord> Records { get; } = [];

        public async IAsyncEnumerable<JournalRecord> ReadAsync([System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
        {
            await Task.CompletedTask;
            foreach (var record in Records.ToArray())
            {
                yield return record;
            }
        }

        public ValueTask AppendAsync(JournalRecord record, CancellationToken cancellationToken)
        {
            Records.Add(record);
            return ValueTask.CompletedTask;
        }

        public ValueTask TrimAsync(long sequence, CancellationToken cancellationToken)
        {
            Records.RemoveAll(record => record.Sequence <= sequence);
            return ValueTask.CompletedTask;
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
