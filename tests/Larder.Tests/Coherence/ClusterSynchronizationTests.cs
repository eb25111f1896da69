using Larder.Coherence;
using Larder.Ports;
using Larder.Tests.Coherence.Kit;
using Larder.Tests.Support;

namespace Larder.Tests.Coherence;

/// <summary>For whom a writer waits over a store in ranges, and what the nodes must have agreed on.</summary>
public sealed class ClusterSynchronizationTests
{
    private const string Value = "1";

    // With two ranges: its fence lives in the second.
    private const string Tag = "t2";

    [Fact]
    public void Synchronize_Key_WaitsForTheRangeOfTheKey()
    {
        var (world, a, b) = Make();
        Assert.True(b.Load(world.Key));
        Assert.True(a.Remove(world.Key));
        var synchronizing = a.Tier.SynchronizeAsync(RemovalKind.Key, new[] { world.Key }, default).AsTask();

        // All of b goes on, but for the stream that the announcement lies in.
        for (var i = 0; i < 200; i++)
        {
            world.Advance(1);
            a.Settle();
            SettleBut(b, range: 0);
        }

        Assert.Equal(Value, b.Serve(world.Key));
        Assert.False(synchronizing.IsCompleted);
        world.Settle();
        Assert.True(world.Done(new ValueTask<bool>(synchronizing), 100));
        Assert.Null(b.Serve(world.Key));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void Synchronize_Tag_WaitsForTheRangesOfBothFences(int range)
    {
        var (world, a, b) = Make();
        b.Done(b.Tier.ReadFencesAsync(new[] { FenceName.OfTag(Tag), FenceName.AnyTag }, default));
        Assert.True(a.Done(a.Tier.MoveFenceAsync(FenceName.AnyTag, default)));
        Assert.True(a.Done(a.Tier.MoveFenceAsync(FenceName.OfTag(Tag), default)));
        var synchronizing = a.Tier.SynchronizeAsync(RemovalKind.Tag, new[] { Tag }, default).AsTask();
        for (var i = 0; i < 200; i++)
        {
            world.Advance(1);
            a.Settle();
            SettleBut(b, range);
        }

        Assert.DoesNotContain(range == 0 ? "fence AnyTag" : "fence Tag", b.Events);
        Assert.False(synchronizing.IsCompleted);
        world.Settle();
        Assert.True(world.Done(new ValueTask<bool>(synchronizing), 100));
        Assert.Contains("fence AnyTag", b.Events);
        Assert.Contains("fence Tag", b.Events);
    }

    [Fact]
    public void Synchronize_Clear_WaitsForTheFirstRange()
    {
        var (world, a, b) = Make();
        b.Done(b.Tier.ReadFencesAsync(new[] { FenceName.Cache }, default));
        Assert.True(a.Done(a.Tier.MoveFenceAsync(FenceName.Cache, default)));
        var synchronizing = a.Tier.SynchronizeAsync(RemovalKind.Clear, default, default).AsTask();
        for (var i = 0; i < 200; i++)
        {
            world.Advance(1);
            a.Settle();
            SettleBut(b, range: 0);
        }

        Assert.False(synchronizing.IsCompleted);
        Assert.True(world.Done(new ValueTask<bool>(synchronizing), 100));
    }

    [Fact]
    public void Synchronize_RegistryMoved_OutwaitsWhoHasNotNoticed()
    {
        var (world, a, b) = Make();
        Assert.True(b.Load(world.Key));
        world.MoveHome(1);

        // From here on b hears nothing and renews nothing, and goes on serving until its lease is over.
        Assert.True(a.Remove(world.Key));
        world.Pass(World.Lease / 3, b);
        var synchronizing = a.Tier.SynchronizeAsync(RemovalKind.Key, new[] { world.Key }, default).AsTask();
        for (var passed = 0; b.Serve(world.Key) is not null; passed += 5)
        {
            Assert.False(synchronizing.IsCompleted, $"Complete after {passed} ms, while the other node serves.");
            Assert.True(passed < 2 * World.Lease);
            world.Pass(5, b);
        }

        Assert.True(world.Done(new ValueTask<bool>(synchronizing), 2 * World.Lease, b));
    }

    [Fact]
    public void Synchronize_OneRangeIsAway_IsNotCertain()
    {
        var (world, a, _) = Make();
        world.Cluster.Stop(1);
        world.Settle();

        Assert.False(world.Done(a.Tier.SynchronizeAsync(default), 2 * World.Lease));
        Assert.True(world.Done(a.Tier.SynchronizeAsync(RemovalKind.Key, new[] { world.Key }, default), 2 * World.Lease));
    }

    [Fact]
    public async Task Ranges_AnotherNumberThanTheOthers_ServesNothingAndIsNeverCertain()
    {
        var (world, a, _) = Make();
        var listener = new QuietListener();
        var other = new ShardedAuthority(new OneRange(world.Cluster.Connect()), new LinkedAuthorityOptions { Level = CoherenceLevel.Strict });
        other.Attach(new TierHost(World.CacheName, listener, world.Clock));
        await Bounded.Until(() => other.Description.Contains("number of ranges", StringComparison.Ordinal));

        Assert.Equal(long.MinValue, other.Gate.ServesUntil);
        Assert.False(await other.SynchronizeAsync(RemovalKind.Key, new[] { world.Key }, default));
        Assert.True(a.MayServe);
    }

    [Fact]
    public void ReadFences_AnyTagLast_IsAskedForBehindTheAnswersOfTheOthers()
    {
        var (_, a, _) = Make();
        var reading = a.Tier.ReadFencesAsync(new[] { FenceName.OfTag(Tag), FenceName.AnyTag }, default).AsTask();

        Assert.Null(a.Shards[0].NextRequest);
        Assert.Equal(AuthorityVerb.ReadFence, a.Shards[1].NextRequest);
        Assert.Equal(2, a.Done(reading)!.Length);
    }

    [Fact]
    public void KeysLeft_WithoutAWord_DropsExactlyThose()
    {
        var (world, a, _) = Make();
        var home = world.Cluster.KeyIn(world.Cluster.HomeSlotOf(0));
        a.Set(home, Value);
        Assert.True(a.Load(home) && a.Load(world.Key));
        world.Cluster.Take(world.Slot, 1);
        Assert.Equal(Value, a.Serve(world.Key));

        a.Shards.Inner.Refresh();

        Assert.Null(a.Serve(world.Key));
        Assert.Equal(Value, a.Serve(home));
        Assert.DoesNotContain("missed", a.Events[^1..]);
    }

    private static (ClusterWorld World, ClusterNode A, ClusterNode B) Make()
    {
        var world = new ClusterWorld();
        var (a, b) = (world.Add(), world.Add());
        a.Set(world.Key, Value);
        world.GrowOld();
        return (world, a, b);
    }

    private static void SettleBut(ClusterNode node, int range)
    {
        var any = true;
        for (var i = 0; any && i < 1_000; i++)
        {
            node.Run();
            any = node.Shards[1 - range].Serve() | node.Shards[1 - range].Deliver();
        }
    }

    /// <summary>The same cluster, taken for a single range.</summary>
    private sealed class OneRange(MemoryShards shards) : IAuthorityShards
    {
        public string Name => shards.Name;

        public CacheTier Kind => shards.Kind;

        public int Count => 1;

        public IAuthorityLink Strays => shards.Strays;

        public int RangeOf(string key) => 0;

        public IAuthorityLink Range(int range) => shards.Range(0);

        public ValueTask DisposeAsync() => shards.DisposeAsync();
    }
}
