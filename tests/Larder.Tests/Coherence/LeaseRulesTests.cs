using Larder.Ports;
using Larder.Tests.Coherence.Kit;

namespace Larder.Tests.Coherence;

/// <summary>The right to load: its renewal, its loss, and those who wait for it.</summary>
public sealed class LeaseRulesTests
{
    private const long Third = World.LoadLease / 3;

    private readonly World _world = new();

    [Fact]
    public void Renewal_EveryThird_KeepsTheRightForLongerThanItsTime()
    {
        var a = _world.Add();
        var (lease, observation) = a.Claim();

        _world.Pass(World.LoadLease * 3);

        Assert.True(observation.AllowsKeeping);
        Assert.True(observation.AllowsJoining);
        Assert.Equal(StoreOutcome.Stored, a.Fill(lease, "1"));
        Assert.True(a.Keep(observation, "1"));
    }

    [Fact]
    public void Renewal_OwnPushInItsWindow_HoldsJoinersUpAndVoidsNothing()
    {
        var a = _world.Add();
        var (_, observation) = a.Claim();
        _world.Clock.Advance(TimeSpan.FromMilliseconds(Third));
        a.Link.ServeAll();
        a.Link.DeliverThrough("push k");

        Assert.False(observation.AllowsJoining);
        Assert.True(observation.IsUndecided);
        Assert.False(observation.IsVoid);
        a.Link.DeliverThrough("TrackedPeek");
        Assert.True(observation.AllowsJoining);
    }

    [Fact]
    public void Renewal_VoidedMeanwhileByATag_StaysVoidWhateverTheLookSays()
    {
        var a = _world.Add();
        var (_, observation) = a.Claim();
        _world.Clock.Advance(TimeSpan.FromMilliseconds(Third));
        observation.Void();

        a.Settle();

        Assert.False(observation.AllowsJoining);
        Assert.False(observation.AllowsKeeping);
    }

    [Fact]
    public void Renewal_Answered_IsToldOfALaterRemoval()
    {
        var (a, b) = (_world.Add(), _world.Add());
        var (_, observation) = a.Claim();
        _world.Clock.Advance(TimeSpan.FromMilliseconds(Third));
        a.Settle();

        b.Remove();
        a.Settle();

        Assert.True(observation.IsVoid);
    }

    [Fact]
    public void Renewal_FindsAnotherToken_LosesTheRightAndSendsNoFill()
    {
        var (a, b) = (_world.Add(), _world.Add());
        var (lease, observation) = a.Claim();
        _world.Clock.Advance(TimeSpan.FromMilliseconds(Third));
        b.Set("2");
        a.Settle();
        a.Link.Sent.Clear();

        Assert.True(observation.IsVoid);
        Assert.Equal(StoreOutcome.FencedOff, a.Fill(lease, "1"));
        Assert.DoesNotContain(a.Link.Sent, command => command.Verb == AuthorityVerb.Fill);
    }

    [Fact]
    public void Renewal_RemovedInItsWindow_IsVoid()
    {
        var (a, b) = (_world.Add(), _world.Add());
        var (_, observation) = a.Claim();
        _world.Clock.Advance(TimeSpan.FromMilliseconds(Third));
        Assert.True(a.Link.Serve());
        b.Remove();

        a.Settle();

        Assert.True(observation.IsVoid);
        Assert.False(observation.AllowsJoining);
    }

    [Fact]
    public void Renewal_FillWasSent_SendsNoMore()
    {
        var a = _world.Add();
        var (lease, _) = a.Claim();
        _ = lease.FillAsync(CoherentNode.Write("1"), a.Host.NewTestToken(), default).AsTask();

        _world.Clock.Advance(TimeSpan.FromMilliseconds(World.LoadLease));

        Assert.DoesNotContain(a.Link.Sent, command => command.Verb == AuthorityVerb.Keep);
    }

    [Fact]
    public void Renewal_Unanswered_IsNotSentTwice()
    {
        var a = _world.Add();
        a.Claim();

        _world.Clock.Advance(TimeSpan.FromMilliseconds(World.LoadLease * 2));

        Assert.Single(a.Link.Sent, command => command.Verb == AuthorityVerb.Keep);
    }

    [Fact]
    public void Renewal_OutstandingWhenFilled_LeavesTheValueButNotTheJoiners()
    {
        var a = _world.Add();
        var (lease, observation) = a.Claim();
        _world.Clock.Advance(TimeSpan.FromMilliseconds(Third));
        var fill = lease.FillAsync(CoherentNode.Write("1"), a.Host.NewTestToken(), default).AsTask();
        a.Link.ServeAll();
        a.Link.DeliverThrough("push k");
        a.Link.DeliverThrough("TrackedPeek");

        // The look belongs to the renewal; it is not the fill's, and is ignored.
        Assert.False(observation.AllowsJoining);
        Assert.Equal(StoreOutcome.Stored, a.Done(fill));
        Assert.True(observation.AllowsKeeping);
        Assert.False(observation.AllowsJoining);
    }

    [Fact]
    public void Claim_AnotherNodeLoads_IsBusyUntilThePush()
    {
        var (a, b) = (_world.Add(), _world.Add());
        var (lease, _) = a.Claim();
        var claim = b.Done(b.Tier.ClaimAsync(CoherentNode.Key, default, b.Observe(), TimeSpan.FromSeconds(1), default));
        Assert.Equal(TierStatus.Busy, claim.Status);
        Assert.False(claim.Changed!.IsCompleted);

        a.Fill(lease, "1");
        b.Settle();

        Assert.True(claim.Changed.IsCompletedSuccessfully);
        using var again = b.Done(b.Tier.ClaimAsync(CoherentNode.Key, default, b.Observe(), TimeSpan.FromSeconds(1), default));
        Assert.Equal("1", CoherentNode.Text(again.Reading));
    }

    [Fact]
    public void Claim_LoaderDies_IsWorthTryingWhenItsTimeIsOver()
    {
        var (a, b) = (_world.Add(), _world.Add());
        a.Claim();
        var claim = b.Done(b.Tier.ClaimAsync(CoherentNode.Key, default, b.Observe(), TimeSpan.FromSeconds(1), default));

        _world.Pass(World.LoadLease, except: a);

        Assert.True(claim.Changed!.IsCompletedSuccessfully);
        Assert.NotNull(b.Claim().Lease);
    }

    [Fact]
    public void Claim_ThreeWait_AllAreTold()
    {
        var (a, b) = (_world.Add(), _world.Add());
        var (lease, _) = a.Claim();
        var claims = Enumerable.Range(0, 3)
            .Select(_ => b.Done(b.Tier.ClaimAsync(CoherentNode.Key, default, b.Observe(), TimeSpan.FromSeconds(1), default)))
            .ToArray();

        a.Done(lease.ReleaseAsync(dropsOlder: false, default));
        b.Settle();

        Assert.All(claims, claim => Assert.True(claim.Changed!.IsCompletedSuccessfully));
    }

    [Fact]
    public void Claim_ConnectionLostWhileBusy_IsTold()
    {
        var (a, b) = (_world.Add(), _world.Add());
        a.Claim();
        var claim = b.Done(b.Tier.ClaimAsync(CoherentNode.Key, default, b.Observe(), TimeSpan.FromSeconds(1), default));

        b.Link.Cut();
        b.Run();

        Assert.True(claim.Changed!.IsCompletedSuccessfully);
    }

    [Fact]
    public void Claim_OnHold_IsLoadedUnstoredAndJoinedUntilTheHoldEnds()
    {
        var (a, b) = (_world.Add(), _world.Add());
        Assert.True(b.Done(b.Tier.HoldAsync(CoherentNode.Key, TimeSpan.FromMinutes(1), default)));
        var observation = a.Observe();
        var claim = a.Done(a.Tier.ClaimAsync(CoherentNode.Key, default, observation, TimeSpan.FromSeconds(1), default));
        Assert.Equal(TierStatus.OnHold, claim.Status);
        Assert.True(observation.AllowsJoining);

        b.Remove();
        a.Settle();

        Assert.False(observation.AllowsJoining);
    }

    [Fact]
    public void Hold_DuringALoad_FencesItOff()
    {
        var (a, b) = (_world.Add(), _world.Add());
        var (lease, observation) = a.Claim();
        b.Done(b.Tier.HoldAsync(CoherentNode.Key, TimeSpan.FromMinutes(1), default));

        Assert.Equal(StoreOutcome.FencedOff, a.Fill(lease, "1"));
        Assert.False(a.Keep(observation, "1"));
    }

    [Fact]
    public void Release_Held_LetsTheNextOneLoadAtOnce()
    {
        var (a, b) = (_world.Add(), _world.Add());
        var (lease, observation) = a.Claim();

        a.Done(lease.ReleaseAsync(dropsOlder: true, default));

        Assert.False(observation.AllowsKeeping);
        Assert.Equal(AuthorityKind.Nothing, _world.Kind);
        Assert.NotNull(b.Claim().Lease);
    }

    [Fact]
    public void Release_AfterTheFill_DoesNothing()
    {
        var a = _world.Add();
        var (lease, _) = a.Claim();
        a.Fill(lease, "1");

        a.Done(lease.ReleaseAsync(dropsOlder: true, default));
        a.Done(lease.DisposeAsync());

        Assert.Equal(AuthorityKind.Value, _world.Kind);
    }

    [Fact]
    public void Release_LeaseOfAnotherMeanwhile_LeavesItAlone()
    {
        var (a, b) = (_world.Add(), _world.Add());
        var (lease, _) = a.Claim();
        b.Remove();
        b.Claim();

        a.Done(lease.ReleaseAsync(dropsOlder: true, default));

        Assert.Equal(AuthorityKind.Lease, _world.Kind);
    }

    [Fact]
    public void Expire_DuringALoad_FencesItOff()
    {
        var (a, b) = (_world.Add(), _world.Add());
        var (lease, _) = a.Claim();
        Assert.True(b.Done(b.Tier.ExpireAsync(CoherentNode.Key, 0, b.Host.NewTestToken(), default)));

        Assert.Equal(StoreOutcome.FencedOff, a.Fill(lease, "1"));
    }

    [Fact]
    public void Expire_OfAValue_ChangesItsTokenAndIsSeenByOthers()
    {
        var (a, b) = (_world.Add(), _world.Add());
        b.Set("1");
        var before = _world.Token;
        Assert.True(a.Load());
        b.Done(b.Tier.ExpireAsync(CoherentNode.Key, 0, b.Host.NewTestToken(), default));
        a.Settle();

        Assert.Null(a.Serve());
        Assert.NotEqual(before, _world.Token);
        Assert.Equal(
            StoreOutcome.FencedOff,
            a.Done(a.Tier.ReplaceAsync(CoherentNode.Key, before, CoherentNode.Write("2"), a.Host.NewTestToken(), null, default)));
    }
}
