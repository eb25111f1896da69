using Larder.Ports;
using Larder.Tests.Coherence.Kit;

namespace Larder.Tests.Coherence;

/// <summary>Leases, acknowledgements and waiting: what breaks without each rule, with a clock that the test moves.</summary>
public sealed class RegistryRulesTests
{
    private const long Drift = World.Lease / 100;
    private const long TwoTicks = 20;

    // Far less than a third of the lease, after which everybody would have renewed anyway.
    private const long Soon = 50;

    private readonly World _world = new();

    [Fact]
    public void Gate_Connected_OpensForALeaseLessItsMargins()
    {
        var a = _world.Add();

        Assert.Equal(a.Host.Milliseconds + World.Lease - Drift - TwoTicks, a.Tier.Gate.ServesUntil);
    }

    [Fact]
    public void Gate_AnswerComesLate_CountsFromTheSending()
    {
        var a = _world.Add();
        _world.Clock.Advance(TimeSpan.FromMilliseconds(World.Lease / 3));
        a.Run();
        Assert.Equal(AuthorityVerb.Renew, a.Link.NextRequest);
        var sent = a.Host.Milliseconds;
        _world.Clock.Advance(TimeSpan.FromMilliseconds(1_000));

        a.Settle();

        Assert.Equal(sent + World.Lease - Drift - TwoTicks, a.Tier.Gate.ServesUntil);
    }

    [Fact]
    public void Gate_NoRenewalIsAnswered_Closes()
    {
        var a = _world.Add();
        a.Set("1");
        a.Load();
        Assert.Equal("1", a.Serve());

        _world.Clock.Advance(TimeSpan.FromMilliseconds(World.Lease - Drift - TwoTicks));

        Assert.Null(a.Serve());
    }

    [Fact]
    public void Renewal_EveryThird_OneAtATime()
    {
        var a = _world.Add();
        a.Link.Sent.Clear();
        _world.Clock.Advance(TimeSpan.FromMilliseconds(World.Lease / 3));
        _world.Clock.Advance(TimeSpan.FromMilliseconds(World.Lease / 3));
        a.Run();
        Assert.Single(a.Link.Sent);

        a.Settle();
        _world.Pass(World.Lease * 4);

        Assert.True(a.MayServe);
    }

    [Fact]
    public void Renewal_FirstAfterTheBump_DoesNotAcknowledge()
    {
        var (a, b) = TwoOldNodes();
        a.Set("1");
        Assert.True(b.Load());
        a.Remove();
        var sync = a.Tier.SynchronizeAsync(default).AsTask();
        a.Settle();

        _world.Pass(Soon, except: b);

        // The store carries b's renewal out before b has seen the push that lies in its stream.
        _world.Clock.Advance(TimeSpan.FromMilliseconds(World.Lease / 3));
        b.Run();
        Assert.Equal(AuthorityVerb.Renew, b.Link.NextRequest);
        b.Link.ServeAll();
        _world.Pass(Soon, except: b);
        Assert.False(sync.IsCompleted);
        Assert.Equal("1", b.Serve());

        // Now it sees the push, and the renewal after it acknowledges.
        b.Settle();
        Assert.Null(b.Serve());
        Assert.True(_world.Done(new ValueTask<bool>(sync), Soon));
    }

    [Fact]
    public void Synchronize_OthersLive_EndsAtOnceAlsoForThoseThatTrackedNothing()
    {
        var (a, b) = TwoOldNodes();
        var c = _world.Add();
        a.Set("1");
        Assert.True(b.Load());
        a.Remove();
        var sync = a.Tier.SynchronizeAsync(default).AsTask();

        // The bell has called all of them: nobody waits for the next heartbeat.
        Assert.True(_world.Done(new ValueTask<bool>(sync), Soon));
        Assert.Null(b.Serve());
        Assert.True(c.MayServe);
    }

    [Fact]
    public void Synchronize_ManyTimes_TheBellIsHeardEachTime()
    {
        var (a, b) = TwoOldNodes();
        for (var i = 0; i < 5; i++)
        {
            Assert.True(_world.Done((i % 2 == 0 ? a : b).Tier.SynchronizeAsync(default), Soon));
        }
    }

    [Fact]
    public void Synchronize_SilentNode_WaitsALeaseFromTheBumpsAnswer()
    {
        var (a, b) = TwoOldNodes();
        a.Set("1");
        Assert.True(b.Load());
        var removing = a.Tier.RemoveAsync(new[] { CoherentNode.Key }, default).AsTask();
        a.Link.ServeAll();

        // The answer takes a while, in which b renews once more; then b is cut off.
        _world.Clock.Advance(TimeSpan.FromMilliseconds(2_000));
        b.Run();
        b.Link.ServeAll();
        while (b.Link.NextInStream is { } next && next != "push k")
        {
            b.Link.Deliver();
        }

        _world.Settle(except: b);
        Assert.True(removing.IsCompletedSuccessfully);
        var sync = a.Tier.SynchronizeAsync(default).AsTask();
        _world.Settle(except: b);
        Assert.False(sync.IsCompleted);
        _world.Pass(World.Lease + Drift - 5, except: b);
        Assert.False(sync.IsCompleted);
        _world.Pass(10, except: b);

        Assert.True(sync.IsCompletedSuccessfully);
        Assert.Null(b.Serve());
    }

    [Fact]
    public void Synchronize_SilentNodeWhoseClockIsSlow_OutwaitsIt()
    {
        var slow = new FakeClock();
        var a = _world.Add();
        var b = _world.Add(clock: slow);
        a.Set("1");
        _world.GrowOld();
        slow.Advance(TimeSpan.FromMilliseconds(World.Lease));
        b.Settle();
        Assert.True(b.Load());

        // b renews at the last moment before the change, and its clock loses almost 1 %.
        a.Remove();
        var sync = a.Tier.SynchronizeAsync(default).AsTask();
        _world.Settle(except: b);
        for (var i = 0; !sync.IsCompleted; i++)
        {
            Assert.True(i < 2_000);
            slow.Advance(TimeSpan.FromMilliseconds(5 * 0.991));
            _world.Pass(5, except: b);
        }

        Assert.Null(b.Serve());
    }

    [Fact]
    public void Synchronize_DeadNode_IsForgottenOnce()
    {
        var (a, b) = TwoOldNodes();
        Assert.True(_world.Done(a.Tier.SynchronizeAsync(default), World.Lease * 2, except: b));
        _world.Settle(except: b);

        var again = a.Tier.SynchronizeAsync(default).AsTask();
        _world.Settle(except: b);

        Assert.True(again.IsCompletedSuccessfully);
    }

    [Fact]
    public void Synchronize_NodeThatRenewedMeanwhile_IsNotForgotten()
    {
        var (a, b) = TwoOldNodes();
        var sync = a.Tier.SynchronizeAsync(default).AsTask();
        _world.Settle(except: b);
        _world.Pass(World.Lease, except: b);

        // It is carried out, but b has not heard of it and acknowledges nothing.
        b.Run();
        b.Link.ServeAll();
        Assert.True(_world.Done(new ValueTask<bool>(sync), World.Lease, except: b));
        _world.Settle(except: b);

        var again = a.Tier.SynchronizeAsync(default).AsTask();
        _world.Pass(Soon, except: b);
        Assert.False(again.IsCompleted);
        b.Settle();
        Assert.True(_world.Done(new ValueTask<bool>(again), 100));
    }

    [Fact]
    public void Synchronize_RegistryEvicted_WaitsALeaseBecauseItKnowsNobody()
    {
        var (a, b) = TwoOldNodes();
        a.Set("1");
        Assert.True(b.Load());
        Assert.True(_world.Authority.EvictRegistry(World.CacheName));
        a.Remove();
        var sync = a.Tier.SynchronizeAsync(default).AsTask();

        _world.Settle(except: b);
        Assert.False(sync.IsCompleted);
        _world.Pass(World.Lease - 100, except: b);
        Assert.False(sync.IsCompleted);
        _world.Pass(200, except: b);

        Assert.True(sync.IsCompletedSuccessfully);
        Assert.Null(b.Serve());
    }

    [Fact]
    public void Synchronize_AfterReconnect_TrustsTheRegistryAnewOnlyAfterALease()
    {
        var (a, b) = TwoOldNodes();
        a.Link.Cut();
        a.Settle();
        var sync = a.Tier.SynchronizeAsync(default).AsTask();
        _world.Pass(World.Lease - Soon);
        Assert.False(sync.IsCompleted);
        Assert.True(_world.Done(new ValueTask<bool>(sync), Soon * 4));
        Assert.True(b.MayServe);

        _world.GrowOld();
        Assert.True(_world.Done(a.Tier.SynchronizeAsync(default), Soon));
    }

    [Fact]
    public void Renewal_RegistryIsANewOne_DoesNotAcknowledgeWithOldNumbers()
    {
        var (a, b) = TwoOldNodes();
        for (var i = 0; i < 5; i++)
        {
            Assert.True(_world.Done(a.Tier.SynchronizeAsync(default), Soon));
        }

        // b has acknowledged 5. A new registry counts from 0 again, so its first change is the number 1.
        _world.Authority.EvictRegistry(World.CacheName);
        _world.GrowOld();
        _world.GrowOld();
        a.Set("1");
        var sync = a.Tier.SynchronizeAsync(default).AsTask();
        _world.Pass(Soon, except: b);

        Assert.False(sync.IsCompleted);
        b.Settle();
        Assert.True(_world.Done(new ValueTask<bool>(sync), Soon));
    }

    [Fact]
    public void Renewal_TwoNodes_HaveIdentitiesOfTheirOwn()
    {
        var (a, b) = TwoOldNodes();
        var ids = a.Link.Sent.Concat(b.Link.Sent).Where(command => command.Verb == AuthorityVerb.Renew).Select(command => command.Key).Distinct();

        Assert.Equal(2, ids.Count());
    }

    [Fact]
    public void Synchronize_ConnectionLost_IsNotCertain()
    {
        var (a, b) = TwoOldNodes();
        var sync = a.Tier.SynchronizeAsync(default).AsTask();
        _world.Settle(except: b);
        Assert.False(sync.IsCompleted);
        a.Link.Cut();
        var without = a.Tier.SynchronizeAsync(default).AsTask();

        Assert.False(_world.Done(new ValueTask<bool>(sync), Soon, except: b));
        Assert.False(a.Done(without));
    }

    [Fact]
    public void Synchronize_ConnectionLostWhileTheRegistryIsYoung_IsNotCertainEither()
    {
        var a = _world.Add();
        var sync = a.Tier.SynchronizeAsync(default).AsTask();
        _world.Pass(Soon);
        Assert.False(sync.IsCompleted);
        a.Link.Cut();

        Assert.False(_world.Done(new ValueTask<bool>(sync), Soon));
    }

    [Fact]
    public void Synchronize_Cancelled_EndsTheWaitingAlone()
    {
        var (a, b) = TwoOldNodes();
        using var cancelling = new CancellationTokenSource();
        var sync = a.Tier.SynchronizeAsync(cancelling.Token).AsTask();
        _world.Pass(50, except: b);
        cancelling.Cancel();
        _world.Pass(50, except: b);

        Assert.True(sync.IsCanceled);
    }

    [Theory]
    [InlineData(CoherenceLevel.Bounded)]
    [InlineData(CoherenceLevel.Eventual)]
    public void Synchronize_BelowStrict_WaitsForNobody(CoherenceLevel level)
    {
        var world = new World(level);
        var a = world.Add();
        world.Add();
        a.Remove();

        // The look at the registry went along with the removal.
        Assert.True(a.Tier.SynchronizeAsync(default).AsTask().IsCompletedSuccessfully);
        Assert.DoesNotContain(a.Link.Sent, command => command.Verb == AuthorityVerb.Bump);
    }

    [Fact]
    public void Bounded_CutOffNode_ServesNothingALeaseAfterTheChange()
    {
        var world = new World(CoherenceLevel.Bounded);
        var (a, b) = (world.Add(), world.Add());
        a.Set("1");
        Assert.True(b.Load());
        world.Pass(World.Lease / 2);
        a.Remove();
        Assert.Equal("1", b.Serve());

        world.Pass(World.Lease, except: b);

        Assert.Null(b.Serve());
        Assert.DoesNotContain(b.Link.Sent, command => command.Fence == FenceName.Registry);
    }

    [Fact]
    public void Synchronize_BehindARemoval_TakesTheRaisingThatWentAlong()
    {
        var (a, _) = TwoOldNodes();
        a.Link.Sent.Clear();
        Assert.True(a.Remove());
        Assert.True(_world.Done(a.Tier.SynchronizeAsync(default), Soon));

        Assert.Equal([AuthorityVerb.Remove, AuthorityVerb.Bump, AuthorityVerb.MoveFence], a.Link.Sent.Take(3).Select(static command => command.Verb));
        Assert.Single(a.Link.Sent, static command => command.Verb == AuthorityVerb.Bump);
    }

    [Fact]
    public void Synchronize_RaisingWentAlongWithAnEarlierChange_RaisesAnew()
    {
        var (a, _) = TwoOldNodes();
        Assert.True(a.Remove());

        // The second one is answered, and what went along with it is not yet.
        var second = a.Tier.RemoveAsync(new[] { CoherentNode.Key }, default).AsTask();
        a.Run();
        a.Link.ServeAll();
        while (!second.IsCompleted)
        {
            Assert.True(a.Link.Deliver());
            a.Run();
        }

        var raised = a.Link.Sent.Count(static command => command.Verb == AuthorityVerb.Bump);
        var sync = a.Tier.SynchronizeAsync(default).AsTask();
        Assert.False(sync.IsCompleted);
        Assert.Equal(raised + 1, a.Link.Sent.Count(static command => command.Verb == AuthorityVerb.Bump));
        Assert.True(_world.Done(new ValueTask<bool>(sync), Soon));
    }

    private static void GoOnUntilItForgets(CoherentNode node)
    {
        for (var goesOn = true; goesOn;)
        {
            node.Run();
            goesOn = node.Link.NextRequest != AuthorityVerb.Forget && node.Link.Serve() | node.Link.Deliver();
        }
    }

    [Fact]
    public void Forget_NodeWasForgottenByAnotherAndIsBack_LeavesIt()
    {
        var (a, b) = TwoOldNodes();
        var c = _world.Add();
        var (first, second) = (a.Tier.SynchronizeAsync(default).AsTask(), b.Tier.SynchronizeAsync(default).AsTask());

        // The third node renewed once, and is silent. Both writers outwait it, and one of them is held up before it removes it.
        _world.Pass(World.Lease, except: c);
        Assert.False(first.IsCompleted || second.IsCompleted);
        for (var step = 0; a.Link.NextRequest != AuthorityVerb.Forget || b.Link.NextRequest != AuthorityVerb.Forget; step++)
        {
            Assert.True(step < 200, "The writers do not end.");
            _world.Advance(1);
            GoOnUntilItForgets(a);
            GoOnUntilItForgets(b);
        }

        a.Settle();
        // It is back, with as many renewals as before.
        for (var step = 0; !c.MayServe; step++)
        {
            Assert.True(step < 100, "The third node does not come back.");
            c.Run();
            c.Link.Serve();
            c.Link.Deliver();
        }

        b.Settle();
        Assert.True(second.IsCompletedSuccessfully);

        // It is in the registry: who writes now waits for it.
        var third = a.Tier.SynchronizeAsync(default).AsTask();
        _world.Pass(Soon, except: c);
        Assert.False(third.IsCompleted);
        Assert.True(_world.Done(new ValueTask<bool>(third), Soon));
    }

    [Fact]
    public void Clocks_ComeApart_GiveTheConnectionUp()
    {
        var a = _world.Add();
        a.Set("1");
        Assert.True(a.Load());
        _world.Clock.JumpWall(TimeSpan.FromMilliseconds(150));
        _world.Clock.Advance(TimeSpan.FromMilliseconds(World.Lease / 3));
        a.Run();

        Assert.False(a.MayServe);
        Assert.Empty(a.Memory);
        a.Settle();
        Assert.True(a.MayServe);
    }

    [Fact]
    public void Clocks_ComeApartWhileARenewalIsUnderWay_DoNotOpenTheGate()
    {
        var a = _world.Add();
        _world.Clock.Advance(TimeSpan.FromMilliseconds(World.Lease / 3));
        a.Run();
        _world.Clock.JumpWall(TimeSpan.FromSeconds(-3));
        a.Link.ServeAll();
        a.Link.Deliver();

        Assert.False(a.MayServe);
        Assert.False(a.Tier.IsAvailable);
    }

    [Fact]
    public void Clocks_DifferByLittle_AreTolerated()
    {
        var a = _world.Add();
        for (var i = 0; i < 5; i++)
        {
            _world.Clock.JumpWall(TimeSpan.FromMilliseconds(90));
            _world.Pass(World.Lease / 3);
        }

        Assert.True(a.MayServe);
        Assert.DoesNotContain("missed", a.Events);
    }

    [Fact]
    public void Dispose_Node_LeavesTheRegistrySoThatNobodyWaitsForIt()
    {
        var (a, b) = TwoOldNodes();
        b.Done(b.Tier.DisposeAsync());
        Assert.False(b.MayServe);
        Assert.False(b.Tier.IsAvailable);

        var sync = a.Tier.SynchronizeAsync(default).AsTask();
        _world.Settle(except: b);

        Assert.True(sync.IsCompletedSuccessfully);
        b.Done(b.Tier.DisposeAsync());
        Assert.Equal(TierStatus.Unavailable, b.Done(b.Tier.GetAsync(CoherentNode.Key, null, default)).Status);
    }

    [Fact]
    public void Dispose_StoreDoesNotAnswer_EndsAfterItsPatience()
    {
        var a = _world.Add();
        var dispose = a.Tier.DisposeAsync().AsTask();
        a.Run();
        Assert.False(dispose.IsCompleted);
        _world.Clock.Advance(TimeSpan.FromSeconds(1));
        a.Run();

        Assert.True(dispose.IsCompletedSuccessfully);
    }

    private (CoherentNode A, CoherentNode B) TwoOldNodes()
    {
        var nodes = (_world.Add(), _world.Add());
        _world.GrowOld();
        return nodes;
    }
}
