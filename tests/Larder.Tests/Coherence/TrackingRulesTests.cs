using System.Buffers;
using Larder.Ports;
using Larder.Tests.Coherence.Kit;

namespace Larder.Tests.Coherence;

/// <summary>What breaks without each rule of reading, loading and filling: every push and answer is delivered by hand.</summary>
public sealed class TrackingRulesTests
{
    private readonly World _world = new();

    [Fact]
    public void Claim_KeyRemovedBetweenPlantingAndLook_IsTriedAnewWithAFreshToken()
    {
        var (a, b) = (_world.Add(), _world.Add());
        var observation = a.Observe();
        var claim = a.Tier.ClaimAsync(CoherentNode.Key, default, observation, TimeSpan.FromSeconds(1), default).AsTask();
        Assert.True(a.Link.Serve());
        Assert.True(b.Remove());

        a.Settle();

        Assert.Equal(TierStatus.Leased, a.Done(claim).Status);
        var acquired = a.Link.Sent.Where(command => command.Verb == AuthorityVerb.Acquire).Select(command => command.Token).ToArray();
        Assert.Equal(2, acquired.Length);
        Assert.NotEqual(acquired[0], acquired[1]);
        Assert.Equal(acquired[1], _world.Token);
    }

    [Fact]
    public void Claim_Granted_IsToldOfALaterRemoval()
    {
        var (a, b) = (_world.Add(), _world.Add());
        var (_, observation) = a.Claim();
        Assert.True(observation.AllowsKeeping);

        b.Remove();
        a.Settle();

        Assert.True(observation.IsVoid);
        Assert.False(observation.AllowsJoining);
    }

    [Fact]
    public void Claim_OwnPlantingIsAnnounced_StaysUsable()
    {
        var a = _world.Add();
        var observation = a.Observe();
        var claim = a.Tier.ClaimAsync(CoherentNode.Key, default, observation, TimeSpan.FromSeconds(1), default).AsTask();
        a.Link.ServeAll();
        Assert.Contains("push k", a.Link.Stream);

        Assert.Equal(TierStatus.Leased, a.Done(claim).Status);
        Assert.True(observation.AllowsKeeping);
    }

    [Fact]
    public void Fill_Stored_IsKeptAndToldOfALaterRemoval()
    {
        var (a, b) = (_world.Add(), _world.Add());
        var (lease, observation) = a.Claim();
        Assert.Equal(StoreOutcome.Stored, a.Fill(lease, "1"));
        Assert.True(a.Keep(observation, "1"));
        Assert.Equal("1", a.Serve());

        b.Remove();
        a.Settle();

        Assert.Null(a.Serve());
    }

    [Fact]
    public void Fill_RemovedBeforeTheLook_KeepsNothing()
    {
        var (a, b) = (_world.Add(), _world.Add());
        var (lease, observation) = a.Claim();
        var fill = lease.FillAsync(CoherentNode.Write("1"), a.Host.NewTestToken(), default).AsTask();
        Assert.True(a.Link.Serve());
        b.Remove();

        Assert.Equal(StoreOutcome.Stored, a.Done(fill));
        Assert.False(a.Keep(observation, "1"));
    }

    [Fact]
    public void Fill_LeaseTakenByASet_IsFencedOffAndKeepsNothing()
    {
        var (a, b) = (_world.Add(), _world.Add());
        var (lease, observation) = a.Claim();
        b.Set("2");

        // The push is still under way: the load does not know that it has lost.
        Assert.Equal(StoreOutcome.FencedOff, a.Fill(lease, "1"));
        Assert.False(a.Keep(observation, "1"));
        Assert.True(b.Load());
        Assert.Equal("2", b.Serve());
    }

    [Fact]
    public void Fill_OwnFillIsAnnouncedBetweenAnswerAndLook_IsKept()
    {
        var a = _world.Add();
        var (lease, observation) = a.Claim();
        var fill = lease.FillAsync(CoherentNode.Write("1"), a.Host.NewTestToken(), default).AsTask();
        a.Link.ServeAll();
        a.Link.DeliverThrough("Fill");
        a.Link.DeliverThrough("push k");

        // Until the look at the key has decided, nobody joins and nothing is kept.
        Assert.False(observation.AllowsJoining);
        Assert.False(observation.AllowsKeeping);
        Assert.Equal(StoreOutcome.Stored, a.Done(fill));
        Assert.True(observation.AllowsKeeping);
    }

    [Fact]
    public void Get_WithObservation_IsToldOfALaterSet()
    {
        var (a, b) = (_world.Add(), _world.Add());
        b.Set("1");
        Assert.True(a.Load());
        Assert.Equal("1", a.Serve());

        b.Set("2");
        a.Settle();

        Assert.Null(a.Serve());
    }

    [Fact]
    public void Get_PushBehindTheAnswer_IsNotKeptByTheLateReader()
    {
        var (a, b) = (_world.Add(), _world.Add());
        b.Set("1");
        var observation = a.Observe();
        var get = a.Tier.GetAsync(CoherentNode.Key, observation, default).AsTask();
        a.Link.ServeAll();
        b.Remove();
        a.Link.DeliverThrough("TrackedRead");
        a.Link.DeliverThrough("push k");

        // Only now the reader learns of its answer.
        using var reading = a.Done(get);
        Assert.Equal("1", CoherentNode.Text(reading));
        Assert.False(a.Keep(observation, "1"));
    }

    [Fact]
    public void Get_PushBehindTheAnswer_IsNotJoined()
    {
        var (a, b) = (_world.Add(), _world.Add());
        b.Set("1");
        var observation = a.Observe();
        _ = a.Tier.GetAsync(CoherentNode.Key, observation, default).AsTask();
        Assert.True(observation.AllowsJoining);
        a.Link.ServeAll();
        b.Remove();
        a.Link.DeliverThrough("push k");

        Assert.False(observation.AllowsJoining);
    }

    [Fact]
    public void Get_ChangeOlderThanTheAnswer_IsIgnored()
    {
        var (a, b) = (_world.Add(), _world.Add());
        b.Set("1");
        Assert.True(a.Load());
        b.Set("2");
        var observation = a.Observe();
        var get = a.Tier.GetAsync(CoherentNode.Key, observation, default).AsTask();
        a.Link.ServeAll();

        using var reading = a.Done(get);
        Assert.True(a.Keep(observation, CoherentNode.Text(reading)));
        Assert.Equal("2", a.Serve());
    }

    [Fact]
    public void Get_WithoutObservation_TracksNothing()
    {
        var (a, b) = (_world.Add(), _world.Add());
        b.Set("1");
        using (a.Done(a.Tier.GetAsync(CoherentNode.Key, null, default)))
        {
        }

        a.Events.Clear();
        b.Remove();
        a.Settle();

        Assert.DoesNotContain("key k", a.Events);
    }

    [Fact]
    public void Get_BodyIsKeptAfterTheBufferWasUsedAgain_IsACopy()
    {
        var (a, b) = (_world.Add(), _world.Add());
        b.Set("1");
        using var first = a.Done(a.Tier.GetAsync(CoherentNode.Key, a.Observe(), default));
        b.Set("2");
        using var second = a.Done(a.Tier.GetAsync(CoherentNode.Key, a.Observe(), default));

        Assert.Equal("1", CoherentNode.Text(first));
        Assert.Equal("2", CoherentNode.Text(second));
    }

    [Fact]
    public void GetMany_SomeAreThere_AnswersInOrderInOneTrackedCommandAndArmsEach()
    {
        var (a, b) = (_world.Add(), _world.Add());
        b.Done(b.Tier.SetAsync("y", CoherentNode.Write("1"), b.Host.NewTestToken(), null, default));
        TierObservation[] observations = [a.Observe("x"), a.Observe("y")];
        var call = a.Tier.GetManyAsync(new[] { "x", "y", "z" }, new TierObservation?[] { observations[0], observations[1], null }, default).AsTask();
        Assert.Equal(["x", "y", "z"], Assert.Single(a.Link.Sent, command => command.Verb == AuthorityVerb.TrackedReadMany).Keys.ToArray());

        var readings = a.Done(call);

        Assert.Equal([TierStatus.Absent, TierStatus.Done, TierStatus.Absent], readings.Select(reading => reading.Status));
        Assert.All(observations, observation => Assert.True(observation.AllowsKeeping));
        b.Remove("x");
        a.Settle();
        Assert.True(observations[0].IsVoid);
        Assert.False(observations[1].IsVoid);
        Array.ForEach(readings, reading => reading.Dispose());
    }

    [Fact]
    public void GetMany_NobodyObserves_IsOneUntrackedCommand()
    {
        var (a, b) = (_world.Add(), _world.Add());
        b.Set("1");

        var readings = a.Done(a.Tier.GetManyAsync(new[] { CoherentNode.Key, "z" }, new TierObservation?[2], default));

        Assert.Equal(2, Assert.Single(a.Link.Sent, command => command.Verb == AuthorityVerb.ReadMany).AnswerCount);
        Assert.Equal("1", CoherentNode.Text(readings[0]));
        Assert.Equal(TierStatus.Absent, readings[1].Status);
        b.Remove();
        a.Link.ServeAll();
        Assert.DoesNotContain("push " + CoherentNode.Key, a.Link.Stream);
        Array.ForEach(readings, reading => reading.Dispose());
    }

    [Fact]
    public void GetMany_KeyRemovedBehindTheAnswer_VoidsThatKeyAlone()
    {
        var (a, b) = (_world.Add(), _world.Add());
        TierObservation[] observations = [a.Observe("x"), a.Observe("y")];
        var call = a.Tier.GetManyAsync(new[] { "x", "y" }, observations, default).AsTask();
        a.Link.ServeAll();
        b.Remove("x");

        a.Link.DeliverThrough("TrackedReadMany");
        Assert.All(observations, observation => Assert.True(observation.AllowsKeeping));
        a.Settle();

        Assert.True(observations[0].IsVoid);
        Assert.True(observations[1].AllowsKeeping);
        Array.ForEach(a.Done(call), reading => reading.Dispose());
    }

    [Fact]
    public void GetMany_SomeBodiesAreGivenBack_TheOthersStayAsTheyAre()
    {
        var (a, b) = (_world.Add(), _world.Add());
        string[] keys = ["small", "large", "last"];
        string[] values = [new('s', 100), new('l', 100_000), new('e', 3_000)];
        for (var i = 0; i < keys.Length; i++)
        {
            b.Done(b.Tier.SetAsync(keys[i], CoherentNode.Write(values[i]), b.Host.NewTestToken(), null, default));
        }

        var readings = a.Done(a.Tier.GetManyAsync(keys, new TierObservation?[3], default));
        for (var i = 0; i < keys.Length; i++)
        {
            // Whoever borrows next writes over what was given back.
            Scribble();
            Assert.Equal(values[i], CoherentNode.Text(readings[i]));
            readings[i].Dispose();
        }
    }

    private static void Scribble()
    {
        byte[][] borrowed = [.. Enumerable.Range(6, 13).SelectMany(static power => Enumerable.Range(0, 8).Select(_ => ArrayPool<byte>.Shared.Rent(1 << power)))];
        foreach (var bytes in borrowed)
        {
            bytes.AsSpan().Fill(0xDB);
            ArrayPool<byte>.Shared.Return(bytes);
        }
    }

    [Fact]
    public void GetMany_Refused_GivesTheConnectionUpAndAnswersEveryKey()
    {
        var a = _world.Add();
        var call = a.Tier.GetManyAsync(new[] { "x", "y" }, new TierObservation?[2], default).AsTask();
        a.Link.Refuse();

        Assert.All(a.Done(call), reading => Assert.Equal(TierStatus.Unavailable, reading.Status));
        Assert.Contains("missed", a.Events);
    }

    [Fact]
    public void Peek_OfAValue_AnswersTheTokenAndArms()
    {
        var (a, b) = (_world.Add(), _world.Add());
        b.Set("1");
        var observation = a.Observe();
        using var reading = a.Done(a.Tier.PeekAsync(CoherentNode.Key, observation, default));
        Assert.Equal(_world.Token, reading.Token);
        Assert.True(observation.AllowsKeeping);

        b.Remove();
        a.Settle();

        Assert.True(observation.IsVoid);
    }

    [Fact]
    public void Push_Delivered_DropsMemoryBeforeTheNextAnswerIsLookedAt()
    {
        var (a, b) = (_world.Add(), _world.Add());
        b.Set("1");
        Assert.True(a.Load());
        b.Remove();

        a.Link.DeliverThrough("push k");

        Assert.Empty(a.Memory);
    }

    [Fact]
    public void Store_Flushed_DropsEverything()
    {
        var a = _world.Add();
        a.Set("1");
        Assert.True(a.Load());
        var (lease, observation) = ClaimOther(a);

        _world.Authority.FlushAll();
        a.Settle();

        Assert.Null(a.Serve());
        Assert.True(observation.IsVoid);
        Assert.Equal(StoreOutcome.FencedOff, a.Fill(lease, "1"));
    }

    [Fact]
    public void Key_Evicted_IsDropped()
    {
        var a = _world.Add();
        a.Set("1");
        Assert.True(a.Load());

        Assert.True(_world.Authority.Evict(World.CacheName, CoherentNode.Key));
        a.Settle();

        Assert.Null(a.Serve());
    }

    private static (ITierLease Lease, TierObservation Observation) ClaimOther(CoherentNode node)
    {
        var observation = node.Observe("other");
        var claim = node.Done(node.Tier.ClaimAsync("other", default, observation, TimeSpan.FromSeconds(1), default));
        return (claim.Lease!, observation);
    }
}
