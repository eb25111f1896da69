using Larder.Ports;
using Larder.Tests.Coherence.Kit;

namespace Larder.Tests.Coherence;

/// <summary>What breaks without each rule of writing: sets, removals, refreshes, snapshots, fences.</summary>
public sealed class WriteRulesTests
{
    private readonly World _world = new();

    [Fact]
    public void Set_SecondStep_IsSentOnlyAfterTheFirstWasAnswered()
    {
        var a = _world.Add();
        var set = a.Tier.SetAsync(CoherentNode.Key, CoherentNode.Write("1"), a.Host.NewTestToken(), null, default).AsTask();
        a.Link.ServeAll();
        Assert.DoesNotContain(a.Link.Sent, command => command.Verb == AuthorityVerb.Fill);

        Assert.Equal(StoreOutcome.Stored, a.Done(set));
    }

    [Fact]
    public void Set_CarriedOutAfterALaterRemoval_DoesNotResurrect()
    {
        var (a, b) = (_world.Add(), _world.Add());
        var set = a.Tier.SetAsync(CoherentNode.Key, CoherentNode.Write("1"), a.Host.NewTestToken(), null, default).AsTask();
        a.Link.ServeAll();
        a.Link.DeliverThrough("Force");
        a.Run();
        b.Remove();

        Assert.Equal(StoreOutcome.FencedOff, a.Done(set));
        Assert.Equal(AuthorityKind.Nothing, _world.Kind);
    }

    [Fact]
    public void Set_WithObservation_IsKeptAndToldOfALaterRemoval()
    {
        var (a, b) = (_world.Add(), _world.Add());
        var observation = a.Observe();
        Assert.Equal(StoreOutcome.Stored, a.Set("1", observation));
        Assert.True(a.Keep(observation, "1"));

        b.Remove();
        a.Settle();

        Assert.Null(a.Serve());
    }

    [Fact]
    public void Set_FirstStepAnswered_DropsWhatAReadBroughtBack()
    {
        var a = _world.Add();
        a.Set("1");
        var set = a.Tier.SetAsync(CoherentNode.Key, CoherentNode.Write("2"), a.Host.NewTestToken(), null, default).AsTask();
        a.Memory[CoherentNode.Key] = "1";
        a.Link.ServeAll();

        // On the reader, whatever was announced.
        a.Link.DeliverThrough("Force");

        Assert.Empty(a.Memory);
        a.Done(set);
    }

    [Fact]
    public void Set_DuringALoadOnThisNode_EndsTheLoad()
    {
        var a = _world.Add();
        var (lease, observation) = a.Claim();
        Assert.Equal(StoreOutcome.Stored, a.Set("2"));

        Assert.True(observation.IsVoid);
        Assert.Equal(StoreOutcome.FencedOff, a.Fill(lease, "1"));
    }

    [Fact]
    public void Remove_Answered_DropsWhatAReadBroughtBack()
    {
        var a = _world.Add();
        a.Set("1");
        var remove = a.Tier.RemoveAsync(new[] { CoherentNode.Key }, default).AsTask();
        a.Memory[CoherentNode.Key] = "1";
        a.Link.ServeAll();
        a.Link.DeliverThrough("Remove");

        Assert.Empty(a.Memory);
        Assert.True(a.Done(remove));
    }

    [Theory]
    [InlineData("Expire")]
    [InlineData("Hold")]
    [InlineData("Increment")]
    public void AnyChange_Answered_DropsWhatAReadBroughtBack(string verb)
    {
        var a = _world.Add();
        var call = verb switch
        {
            "Expire" => a.Tier.ExpireAsync(CoherentNode.Key, 0, a.Host.NewTestToken(), default).AsTask(),
            "Hold" => a.Tier.HoldAsync(CoherentNode.Key, TimeSpan.FromSeconds(1), default).AsTask(),
            _ => (Task)a.Tier.IncrementAsync(CoherentNode.Key, 1, TimeSpan.FromSeconds(1), default).AsTask(),
        };
        for (var i = 0; i < 10 && !a.Link.Stream.Contains(verb); i++)
        {
            a.Link.ServeAll();
            if (!a.Link.Stream.Contains(verb))
            {
                a.Link.Deliver();
                a.Run();
            }
        }

        a.Memory[CoherentNode.Key] = "1";
        a.Events.Clear();
        a.Link.DeliverThrough(verb);

        Assert.Contains("key " + CoherentNode.Key, a.Events);
        Assert.Empty(a.Memory);
        a.Settle();
        Assert.True(call.IsCompletedSuccessfully);
    }

    [Fact]
    public void Remove_MissingKey_IsAnnouncedToWhoTracksIt()
    {
        var (a, b) = (_world.Add(), _world.Add());
        var observation = a.Observe();
        a.Done(a.Tier.GetAsync(CoherentNode.Key, observation, default)).Dispose();
        Assert.True(observation.AllowsKeeping);

        b.Remove();
        a.Settle();

        Assert.True(observation.IsVoid);
    }

    [Fact]
    public void Remove_OfSeveral_IsOnePipeline()
    {
        var a = _world.Add();
        a.Set("1");
        var remove = a.Tier.RemoveAsync(new[] { CoherentNode.Key, "x", "y" }, default).AsTask();
        Assert.Equal(3, a.Link.Sent.Count(command => command.Verb == AuthorityVerb.Remove));

        Assert.True(a.Done(remove));
        Assert.Equal(AuthorityKind.Nothing, _world.Kind);
        Assert.True(a.Done(a.Tier.RemoveAsync(ReadOnlyMemory<string>.Empty, default)));
    }

    [Fact]
    public void Refresh_ValueIsStillThere_IsReplacedKeptAndToldOfALaterRemoval()
    {
        var (a, b) = (_world.Add(), _world.Add());
        b.Set("1");
        var (lease, observation) = a.Claim(_world.Token);
        Assert.True(observation.AllowsKeeping);
        using (var stale = b.Done(b.Tier.GetAsync(CoherentNode.Key, null, default)))
        {
            Assert.Equal("1", CoherentNode.Text(stale));
        }

        Assert.Equal(StoreOutcome.Stored, a.Fill(lease, "2"));
        Assert.True(a.Keep(observation, "2"));
        b.Remove();
        a.Settle();
        Assert.Null(a.Serve());
    }

    [Fact]
    public void Refresh_ValueWasReplacedMeanwhile_IsFencedOff()
    {
        var (a, b) = (_world.Add(), _world.Add());
        b.Set("1");
        var (lease, observation) = a.Claim(_world.Token);
        b.Set("2");

        Assert.Equal(StoreOutcome.FencedOff, a.Fill(lease, "1b"));
        Assert.False(a.Keep(observation, "1b"));
    }

    [Fact]
    public void Refresh_ReplacedBetweenTheRightAndTheLook_AnswersTheOtherValueAndGivesTheRightBack()
    {
        var (a, b) = (_world.Add(), _world.Add());
        b.Set("1");
        var stale = _world.Token;
        var claim = a.Tier.ClaimAsync(CoherentNode.Key, stale, a.Observe(), TimeSpan.FromSeconds(1), default).AsTask();
        Assert.True(a.Link.Serve());
        b.Set("2");

        using var found = a.Done(claim);

        Assert.Equal(TierStatus.Done, found.Status);
        Assert.Equal("2", CoherentNode.Text(found.Reading));
        Assert.False(_world.Authority.EvictRefreshLease(World.CacheName, CoherentNode.Key));
    }

    [Fact]
    public void Refresh_NothingThereAnyMore_IsAnOrdinaryLoad()
    {
        var (a, b) = (_world.Add(), _world.Add());
        b.Set("1");
        var stale = _world.Token;
        b.Remove();

        var (lease, observation) = a.Claim(stale);

        Assert.Equal(AuthorityKind.Lease, _world.Kind);
        Assert.Equal(StoreOutcome.Stored, a.Fill(lease, "2"));
        Assert.True(a.Keep(observation, "2"));
        Assert.False(_world.Authority.EvictRefreshLease(World.CacheName, CoherentNode.Key));
    }

    [Fact]
    public void Refresh_AnotherNodeDoesIt_IsBusyUntilItIsDone()
    {
        var (a, b) = (_world.Add(), _world.Add());
        b.Set("1");
        var stale = _world.Token;
        var (lease, _) = a.Claim(stale);
        var claim = b.Done(b.Tier.ClaimAsync(CoherentNode.Key, stale, b.Observe(), TimeSpan.FromSeconds(1), default));
        Assert.Equal(TierStatus.Busy, claim.Status);

        a.Fill(lease, "2");
        b.Settle();

        Assert.True(claim.Changed!.IsCompletedSuccessfully);
        Assert.False(_world.Authority.EvictRefreshLease(World.CacheName, CoherentNode.Key));
    }

    [Fact]
    public void Refresh_LongerThanItsTime_KeepsOthersAway()
    {
        var (a, b) = (_world.Add(), _world.Add());
        b.Set("1");
        var stale = _world.Token;
        var (lease, observation) = a.Claim(stale);

        _world.Pass(World.LoadLease * 3);

        Assert.Equal(TierStatus.Busy, b.Done(b.Tier.ClaimAsync(CoherentNode.Key, stale, b.Observe(), TimeSpan.FromSeconds(1), default)).Status);
        Assert.Equal(StoreOutcome.Stored, a.Fill(lease, "2"));
        Assert.True(observation.AllowsKeeping);
    }

    [Theory]
    [InlineData(true, AuthorityKind.Nothing)]
    [InlineData(false, AuthorityKind.Value)]
    public void Refresh_Released_DropsTheOlderValueOnlyWhenTold(bool dropsOlder, AuthorityKind left)
    {
        var a = _world.Add();
        a.Set("1");
        var (lease, observation) = a.Claim(_world.Token);

        a.Done(lease.ReleaseAsync(dropsOlder, default));

        Assert.False(observation.AllowsKeeping);
        Assert.Equal(left, _world.Kind);
        Assert.False(_world.Authority.EvictRefreshLease(World.CacheName, CoherentNode.Key));
    }

    [Fact]
    public void Snapshot_OfNothing_IsATokenThatARemovalTakesAway()
    {
        var (a, b) = (_world.Add(), _world.Add());
        var snapshot = a.Done(a.Tier.SnapshotAsync(CoherentNode.Key, TimeSpan.FromMinutes(1), default));
        Assert.False(snapshot.IsNone);
        Assert.Equal(snapshot, b.Done(b.Tier.SnapshotAsync(CoherentNode.Key, TimeSpan.FromMinutes(1), default)));

        b.Remove();

        Assert.Equal(StoreOutcome.FencedOff, Replace(a, snapshot, null));
    }

    [Fact]
    public void Snapshot_MakesNobodyWait()
    {
        var (a, b) = (_world.Add(), _world.Add());
        var snapshot = a.Done(a.Tier.SnapshotAsync(CoherentNode.Key, TimeSpan.FromMinutes(1), default));

        Assert.NotNull(b.Claim().Lease);
        Assert.Equal(StoreOutcome.FencedOff, Replace(a, snapshot, null));
    }

    [Fact]
    public void Snapshot_OnHold_IsNone()
    {
        var a = _world.Add();
        a.Done(a.Tier.HoldAsync(CoherentNode.Key, TimeSpan.FromMinutes(1), default));

        Assert.True(a.Done(a.Tier.SnapshotAsync(CoherentNode.Key, TimeSpan.FromMinutes(1), default)).IsNone);
        Assert.Equal(StoreOutcome.FencedOff, Replace(a, FenceToken.None, null));
    }

    [Fact]
    public void Replace_TokenIsStillThere_IsKept()
    {
        var (a, b) = (_world.Add(), _world.Add());
        var observation = a.Observe();
        var snapshot = a.Done(a.Tier.SnapshotAsync(CoherentNode.Key, TimeSpan.FromMinutes(1), default));

        Assert.Equal(StoreOutcome.Stored, Replace(a, snapshot, observation));
        Assert.True(a.Keep(observation, "9"));
        b.Remove();
        a.Settle();
        Assert.Null(a.Serve());
    }

    [Fact]
    public void MoveFence_Answered_EmptiesTheCellOnTheReader()
    {
        var a = _world.Add();
        var move = a.Tier.MoveFenceAsync(FenceName.OfTag("t"), default).AsTask();
        a.Link.ServeAll();
        a.Events.Clear();
        a.Link.DeliverThrough("MoveFence");

        Assert.Equal(["fence Tag"], a.Events);
        Assert.True(a.Done(move));
    }

    [Fact]
    public void ReadFences_MovedByAnother_IsTold()
    {
        var (a, b) = (_world.Add(), _world.Add());
        FenceName[] names = [FenceName.AnyTag, FenceName.OfTag("t"), FenceName.Cache];
        var before = a.Done(a.Tier.ReadFencesAsync(names, default))!;
        Assert.Equal(3, before.Distinct().Count());
        a.Events.Clear();

        Assert.True(b.Done(b.Tier.MoveFenceAsync(FenceName.OfTag("t"), default)));
        a.Settle();

        Assert.Equal(["fence Tag"], a.Events);
        var after = a.Done(a.Tier.ReadFencesAsync(names, default))!;
        Assert.Equal([before[0], before[2]], [after[0], after[2]]);
        Assert.NotEqual(before[1], after[1]);
    }

    [Fact]
    public void ReadFences_OneIsMissing_IsMadeAnewAtRandom()
    {
        var a = _world.Add();
        var before = a.Done(a.Tier.ReadFencesAsync(new[] { FenceName.Cache }, default))!;
        _world.Authority.Evict(World.CacheName, FenceName.Cache);
        a.Settle();

        Assert.NotEqual(before[0], a.Done(a.Tier.ReadFencesAsync(new[] { FenceName.Cache }, default))![0]);
        Assert.Empty(a.Done(a.Tier.ReadFencesAsync(ReadOnlyMemory<FenceName>.Empty, default))!);
    }

    [Fact]
    public void Commands_OfAllKinds_NeverSendATokenTwice()
    {
        var (a, b) = (_world.Add(), _world.Add());
        for (var i = 0; i < 3; i++)
        {
            var (lease, _) = a.Claim();
            a.Fill(lease, "1");
            var (refresh, _) = a.Claim(_world.Token);
            _world.Pass(World.LoadLease);
            a.Fill(refresh, "2");
            b.Set("3");
            b.Done(b.Tier.MoveFenceAsync(FenceName.AnyTag, default));
            b.Remove();
            a.Done(a.Tier.SnapshotAsync(CoherentNode.Key, TimeSpan.FromMinutes(1), default));
            a.Remove();
        }

        var tokens = a.Link.Sent.Concat(b.Link.Sent).Select(command => command.Token).Where(token => !token.IsNone).ToArray();
        Assert.True(tokens.Length > 30);
        Assert.Equal(tokens.Length, tokens.Distinct().Count());
    }

    private static StoreOutcome Replace(CoherentNode node, FenceToken expected, TierObservation? observation) =>
        node.Done(node.Tier.ReplaceAsync(CoherentNode.Key, expected, CoherentNode.Write("9"), node.Host.NewTestToken(), observation, default));
}
