using Larder.Ports;
using Larder.Tests.Coherence.Kit;

namespace Larder.Tests.Coherence;

/// <summary>What a store in ranges adds to the rules: one test for each race that its rules are there for.</summary>
public sealed class ClusterRulesTests
{
    private const string Value = "1";

    [Fact]
    public void Gate_OneRangeHasNoLease_IsClosed()
    {
        var world = new ClusterWorld();
        var a = world.Add();
        Assert.True(a.MayServe);

        a.Shards[1].Cut();

        Assert.False(a.MayServe);
        a.Settle();
        Assert.True(a.MayServe);
    }

    [Fact]
    public void Gate_OneRangeIsNotRenewed_ClosesWithItsLease()
    {
        var world = new ClusterWorld();
        var a = world.Add();
        for (var passed = 0; passed < World.Lease + 100; passed += 5)
        {
            world.Advance(5);
            a.Run();
            a.Shards[0].ServeAll();
            while (a.Shards[0].Deliver())
            {
            }
        }

        Assert.False(a.MayServe);
    }

    [Fact]
    public void Renewal_HomeHasMoved_IsALostConnection()
    {
        var world = new ClusterWorld();
        var (a, b) = (world.Add(), world.Add());
        b.Set(world.Key, Value);
        a.Settle();
        Assert.True(a.Load(world.Key));
        world.MoveHome(1);
        a.Events.Clear();
        world.Pass(World.Lease / 3, b);

        Assert.Contains("missed", a.Events);
        Assert.Equal(1, a.Shards.Inner.NodeOf(0));
        Assert.True(a.MayServe);
        Assert.Null(a.Serve(world.Key));
    }

    [Fact]
    public void Get_KeyIsAStray_IsAnsweredAndNotKept()
    {
        var world = new ClusterWorld();
        var (a, b) = (world.Add(), world.Add());
        b.Set(world.Key, Value);
        world.MoveKey(1);
        a.Settle();
        var observation = a.Observe(world.Key);
        using var reading = a.Done(a.Tier.GetAsync(world.Key, observation, default));

        Assert.Equal(Value, CoherentNode.Text(reading));
        Assert.True(observation.IsUnwatched);
        Assert.False(a.Keep(observation, Value));
        Assert.DoesNotContain("missed", a.Events);
    }

    [Fact]
    public void Get_KeyIsAStray_IsClosedToJoinersBeforeItIsRead()
    {
        var world = new ClusterWorld();
        var (a, b) = (world.Add(), world.Add());
        b.Set(world.Key, Value);
        world.MoveKey(1);
        a.Settle();
        var observation = a.Observe(world.Key);
        var get = a.Tier.GetAsync(world.Key, observation, default).AsTask();
        a.Shards[0].ServeAll();
        while (a.Shards[0].Deliver())
        {
        }

        // On its way to where the key lives, and not carried out: its answer comes on another stream than the announcements that an acknowledgement stands for.
        Assert.Equal(AuthorityVerb.TrackedRead, a.Shards.Strays.NextRequest);
        Assert.True(observation.IsUnwatched);
        a.Done(get).Dispose();
    }

    [Fact]
    public void Get_KeyLeavesBehindTheRead_IsAnnounced()
    {
        var world = new ClusterWorld();
        var (a, b) = (world.Add(), world.Add());
        b.Set(world.Key, Value);
        a.Settle();
        Assert.True(a.Load(world.Key));

        world.MoveKey(1);
        a.Settle();

        Assert.Null(a.Serve(world.Key));
    }

    [Fact]
    public void Get_NothingIsThere_IsNotKept()
    {
        var world = new ClusterWorld();
        var (a, b) = (world.Add(), world.Add());
        world.GrowOld();
        var observation = a.Observe(world.Key);
        a.Done(a.Tier.GetAsync(world.Key, observation, default)).Dispose();

        // A call that does not want the store to have the value would keep it now.
        a.Keep(observation, "loaded before the removal");
        world.MoveKey(1);
        Assert.True(b.Remove(world.Key));
        Assert.True(world.Done(b.Tier.SynchronizeAsync(RemovalKind.Key, new[] { world.Key }, default), 2 * World.Lease));

        Assert.True(a.MayServe);
        Assert.Null(a.Serve(world.Key));
    }

    [Fact]
    public void GetMany_SomeAreStrays_AllAreAnswered()
    {
        var world = new ClusterWorld();
        var a = world.Add();
        var keys = Enumerable.Range(0, world.Cluster.Slots).Select(slot => world.Cluster.KeyIn(slot)).ToArray();
        foreach (var key in keys)
        {
            Assert.Equal(StoreOutcome.Stored, a.Set(key, key));
        }

        world.MoveKey(1);
        var observations = keys.Select(key => (TierObservation?)a.Observe(key)).ToArray();
        var readings = a.Done(a.Tier.GetManyAsync(keys, observations, default));

        Assert.Equal(keys, readings.Select(CoherentNode.Text));
        Assert.Equal([world.Key], keys.Where((_, i) => !observations[i]!.AllowsKeeping));
        Assert.True(a.Done(a.Tier.RemoveAsync(keys, default)));
        Assert.All(keys, key => Assert.Equal(AuthorityKind.Nothing, world.Cluster.KindOf(World.CacheName, key)));
    }

    [Fact]
    public void Claim_KeyIsAStray_OneNodeLoads()
    {
        var world = new ClusterWorld();
        var (a, b) = (world.Add(), world.Add());
        world.MoveKey(1);
        var (lease, observation) = a.Claim(world.Key);
        var busy = b.Done(b.Tier.ClaimAsync(world.Key, default, b.Observe(world.Key), TimeSpan.FromMilliseconds(World.LoadLease), default));

        Assert.Equal(TierStatus.Busy, busy.Status);
        world.Pass(2 * World.LoadLease);
        Assert.Equal(StoreOutcome.Stored, a.Fill(lease, Value));
        Assert.True(busy.Changed!.IsCompleted);
        Assert.False(a.Keep(observation, Value));
        Assert.Equal(AuthorityKind.Value, world.Cluster.KindOf(World.CacheName, world.Key));
    }

    [Fact]
    public void Claim_KeyMovesBehindThePlanting_KeepsTheRight()
    {
        var world = new ClusterWorld();
        var a = world.Add();
        var observation = a.Observe(world.Key);
        var claim = a.Tier.ClaimAsync(world.Key, default, observation, TimeSpan.FromMilliseconds(World.LoadLease), default).AsTask();
        a.Run();
        Assert.Equal(AuthorityVerb.Acquire, a.Shards[0].NextRequest);
        a.Shards[0].Serve();
        world.MoveKey(1);
        var lease = a.Done(claim).Lease!;

        Assert.Equal(StoreOutcome.Stored, a.Fill(lease, Value));
        Assert.False(observation.AllowsKeeping);
    }

    [Fact]
    public void Claim_ConnectionIsLostBehindThePlanting_IsGivenBack()
    {
        var world = new ClusterWorld();
        var a = world.Add();
        var claim = a.Tier.ClaimAsync(world.Key, default, a.Observe(world.Key), TimeSpan.FromMilliseconds(World.LoadLease), default).AsTask();
        a.Run();
        a.Shards[0].Serve();
        Assert.Equal(AuthorityKind.Lease, world.Cluster.KindOf(World.CacheName, world.Key));
        a.Shards[0].Cut();

        Assert.Equal(TierStatus.Unavailable, a.Done(claim).Status);
        Assert.Equal(AuthorityKind.Nothing, world.Cluster.KindOf(World.CacheName, world.Key));
    }

    [Fact]
    public void Set_ConnectionIsLostBeforeTheFill_LeavesNoLease()
    {
        var world = new ClusterWorld();
        var a = world.Add();
        var set = a.Tier.SetAsync(world.Key, CoherentNode.Write(Value), a.Host.NewTestToken(), null, default).AsTask();
        a.Shards[0].ServeAll();
        while (a.Shards[0].Deliver())
        {
        }

        a.Run();
        Assert.Equal(AuthorityVerb.Fill, a.Shards[0].NextRequest);
        a.Shards[0].Cut();

        Assert.Equal(StoreOutcome.Unavailable, a.Done(set));
        Assert.Equal(AuthorityKind.Nothing, world.Cluster.KindOf(World.CacheName, world.Key));
    }

    [Fact]
    public void Fill_KeyHasMovedMeanwhile_IsStoredThereAndNotKept()
    {
        var world = new ClusterWorld();
        var a = world.Add();
        var (lease, observation) = a.Claim(world.Key);
        Assert.True(observation.AllowsJoining);
        world.MoveKey(1);

        Assert.Equal(StoreOutcome.Stored, a.Fill(lease, Value));
        Assert.True(observation.IsVoid);
        Assert.Equal(AuthorityKind.Value, world.Cluster.KindOf(World.CacheName, world.Key));
    }

    [Fact]
    public void Refresh_KeyIsAStray_ReplacesTheValue()
    {
        var world = new ClusterWorld();
        var a = world.Add();
        a.Set(world.Key, Value);
        world.MoveKey(1);
        using var reading = a.Done(a.Tier.GetAsync(world.Key, null, default));
        var (lease, _) = a.Claim(world.Key, reading.Token);

        Assert.Equal(StoreOutcome.Stored, a.Fill(lease, "2"));
        using var after = a.Done(a.Tier.GetAsync(world.Key, null, default));
        Assert.Equal("2", CoherentNode.Text(after));
    }

    [Fact]
    public void Set_KeyMovesBetweenItsSteps_IsStored()
    {
        var world = new ClusterWorld();
        var a = world.Add();
        var observation = a.Observe(world.Key);
        var set = a.Tier.SetAsync(world.Key, CoherentNode.Write(Value), a.Host.NewTestToken(), observation, default).AsTask();
        a.Shards[0].ServeAll();
        world.MoveKey(1);

        Assert.Equal(StoreOutcome.Stored, a.Done(set));
        Assert.False(a.Keep(observation, Value));
    }

    [Fact]
    public void AnyCall_RangeIsAway_GoesWhereTheKeyLives()
    {
        var world = new ClusterWorld();
        var a = world.Add();
        world.MoveKey(1);
        world.Cluster.Stop(0);
        a.Settle();

        Assert.Equal(StoreOutcome.Stored, a.Set(world.Key, Value));
        Assert.False(a.MayServe);
        Assert.Contains("is connected for 1 of 2 ranges", a.Tier.Description);
        Assert.Contains("not for 0", a.Tier.Description);
        Assert.False(a.Done(a.Tier.SynchronizeAsync(RemovalKind.Key, new[] { world.Key }, default)));
    }

    [Fact]
    public void FailOver_NodeDies_ItsHeirServes()
    {
        var world = new ClusterWorld();
        var (a, b) = (world.Add(), world.Add());
        a.Set(world.Key, Value);
        world.Cluster.FailOver(0, 1);
        world.Settle();

        Assert.Equal(1, a.Shards.Inner.NodeOf(0));
        Assert.True(a.Load(world.Key));
        Assert.True(b.Remove(world.Key));
        Assert.True(world.Done(b.Tier.SynchronizeAsync(RemovalKind.Key, new[] { world.Key }, default), 2 * World.Lease));
        Assert.Null(a.Serve(world.Key));
    }
}
