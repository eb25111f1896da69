using Larder.Ports;
using Larder.Tests.Coherence.Kit;

namespace Larder.Tests.Coherence;

/// <summary>A connection that ends, in the middle of everything: nothing of it counts afterwards, and nothing moves to the next one.</summary>
public sealed class DisconnectTests
{
    /// <summary>Every call, with what it answers when the connection is lost.</summary>
    public static TheoryData<string> Calls => [.. AllCalls.Keys];

    private static readonly Dictionary<string, Func<CoherentNode, TierObservation, CancellationToken, Task<object>>> AllCalls = new()
    {
        ["get"] = async (node, observation, token) => (await node.Tier.GetAsync(CoherentNode.Key, observation, token)).Status,
        ["peek"] = async (node, observation, token) => (await node.Tier.PeekAsync(CoherentNode.Key, observation, token)).Status,
        ["get many"] = async (node, observation, token) =>
            (await node.Tier.GetManyAsync(new[] { CoherentNode.Key, "x" }, new[] { observation, null }, token))[0].Status,
        ["claim"] = async (node, observation, token) =>
            (await node.Tier.ClaimAsync(CoherentNode.Key, default, observation, TimeSpan.FromSeconds(1), token)).Status,
        ["refresh"] = async (node, observation, token) =>
            (await node.Tier.ClaimAsync(CoherentNode.Key, Some(node), observation, TimeSpan.FromSeconds(1), token)).Status,
        ["set"] = async (node, observation, token) =>
            await node.Tier.SetAsync(CoherentNode.Key, CoherentNode.Write("2"), Some(node), observation, token),
        ["replace"] = async (node, observation, token) =>
            await node.Tier.ReplaceAsync(CoherentNode.Key, Some(node), CoherentNode.Write("2"), Some(node), observation, token),
        ["snapshot"] = async (node, _, token) => await node.Tier.SnapshotAsync(CoherentNode.Key, TimeSpan.FromSeconds(1), token),
        ["remove"] = async (node, _, token) => await node.Tier.RemoveAsync(new[] { CoherentNode.Key, "x" }, token),
        ["expire"] = async (node, _, token) => await node.Tier.ExpireAsync(CoherentNode.Key, 0, Some(node), token),
        ["hold"] = async (node, _, token) => await node.Tier.HoldAsync(CoherentNode.Key, TimeSpan.FromSeconds(1), token),
        ["increment"] = async (node, _, token) => (await node.Tier.IncrementAsync(CoherentNode.Key, 1, TimeSpan.FromSeconds(1), token)).Outcome,
        ["read fences"] = async (node, _, token) => await node.Tier.ReadFencesAsync(new[] { FenceName.Cache, FenceName.AnyTag }, token) ?? (object)false,
        ["move fence"] = async (node, _, token) => await node.Tier.MoveFenceAsync(FenceName.Cache, token),
        ["synchronize"] = async (node, _, token) => await node.Tier.SynchronizeAsync(token),
    };

    private readonly World _world = new();

    [Theory]
    [MemberData(nameof(Calls))]
    public void AnyCall_ConnectionLostBeforeTheStoreHasIt_IsUnavailable(string call) => LoseDuring(call, static _ => { });

    [Theory]
    [MemberData(nameof(Calls))]
    public void AnyCall_ConnectionLostAfterTheStoreHadIt_IsUnavailable(string call) => LoseDuring(call, static node => node.Link.ServeAll());

    [Theory]
    [MemberData(nameof(Calls))]
    public void AnyCall_Refused_GivesTheConnectionUp(string call)
    {
        var node = _world.Add();
        var task = AllCalls[call](node, node.Observe(), default);
        node.Link.Refuse();
        node.Link.Deliver();

        Assert.False(node.MayServe);
        Assert.False(node.Tier.IsAvailable);
        Assert.Contains("missed", node.Events);
        node.Run();
        AssertUnavailable(task);
    }

    [Theory]
    [MemberData(nameof(Calls))]
    public void AnyCall_WithoutAConnection_IsUnavailableAtOnce(string call)
    {
        var node = _world.Add();
        node.Link.Cut();
        var task = AllCalls[call](node, node.Observe(), default);
        node.Run();

        AssertUnavailable(task);
    }

    [Theory]
    [MemberData(nameof(Calls))]
    public void AnyCall_Cancelled_EndsTheWaitingAlone(string call)
    {
        var node = _world.Add();
        using var cancelling = new CancellationTokenSource();
        var task = AllCalls[call](node, node.Observe(), cancelling.Token);
        cancelling.Cancel();
        node.Run();
        Assert.True(task.IsCanceled);

        // What comes later finds nobody, and harms nothing.
        node.Settle();
        Assert.True(node.MayServe);
        Assert.True(node.Tier.IsAvailable);
    }

    [Fact]
    public void Disconnect_Always_ClosesTheGateAndDropsEverythingAtOnce()
    {
        var (a, b) = (_world.Add(), _world.Add());
        b.Set("1");
        Assert.True(a.Load());
        a.Link.Cut();

        Assert.False(a.MayServe);
        Assert.Empty(a.Memory);
        Assert.Single(a.Events, "missed");
        Assert.Contains("not connected", a.Tier.Description);
        a.Settle();
        Assert.True(a.MayServe);
        Assert.Contains("is connected", a.Tier.Description);
        Assert.Equal([40, 41, 40], a.Logs.Records.Select(record => record.Id.Id));
    }

    [Fact]
    public void Disconnect_LateContinuation_KeepsNothing()
    {
        var (a, b) = (_world.Add(), _world.Add());
        b.Set("1");
        var observation = a.Observe();
        var get = a.Tier.GetAsync(CoherentNode.Key, observation, default).AsTask();
        a.Link.ServeAll();
        a.Link.DeliverThrough("TrackedRead");
        a.Link.Cut();
        a.Settle();
        Assert.True(a.MayServe);

        using var reading = a.Done(get);
        Assert.False(a.Keep(observation, CoherentNode.Text(reading)));
    }

    [Fact]
    public void Disconnect_WhileTheReaderHoldsARenewalsAnswer_DoesNotOpenTheGate()
    {
        var a = _world.Add();
        _world.Clock.Advance(TimeSpan.FromMilliseconds(World.Lease / 3));
        a.Run();
        a.Link.ServeAll();
        var answer = a.Link.Take();
        a.Link.Cut();
        answer();

        Assert.False(a.MayServe);
    }

    [Fact]
    public void Disconnect_DuringALoad_StoresTheValueOnTheNextConnectionButKeepsNothing()
    {
        var (a, b) = (_world.Add(), _world.Add());
        var (lease, observation) = a.Claim();
        a.Link.Cut();
        a.Settle();
        _world.Pass(World.LoadLease * 2);

        Assert.Equal(StoreOutcome.Stored, a.Fill(lease, "1"));
        Assert.False(a.Keep(observation, "1"));
        Assert.True(b.Load());
    }

    [Fact]
    public void Disconnect_FillIsAnsweredButNotTheLook_IsStoredAndKeepsNothing()
    {
        var a = _world.Add();
        var (lease, observation) = a.Claim();
        var fill = lease.FillAsync(CoherentNode.Write("1"), a.Host.NewTestToken(), default).AsTask();
        a.Link.ServeAll();
        a.Link.DeliverThrough("Fill");
        a.Link.Cut();

        Assert.Equal(StoreOutcome.Stored, a.Done(fill));
        Assert.False(a.Keep(observation, "1"));
    }

    [Fact]
    public void Set_ConnectionLostBetweenItsSteps_SendsNoSecondStepElsewhere()
    {
        var a = _world.Add();
        var set = a.Tier.SetAsync(CoherentNode.Key, CoherentNode.Write("1"), a.Host.NewTestToken(), null, default).AsTask();
        a.Link.ServeAll();
        a.Link.DeliverThrough("Force");
        a.Link.Cut();

        Assert.Equal(StoreOutcome.Unavailable, a.Done(set));
        Assert.DoesNotContain(a.Link.Sent, command => command.Verb == AuthorityVerb.Fill);
    }

    [Fact]
    public void Claim_CancelledAfterTheStoreGrantedIt_IsReleased()
    {
        var a = _world.Add();
        using var cancelling = new CancellationTokenSource();
        var claim = a.Tier.ClaimAsync(CoherentNode.Key, default, a.Observe(), TimeSpan.FromMinutes(1), cancelling.Token).AsTask();
        a.Link.ServeAll();
        cancelling.Cancel();
        a.Run();
        Assert.True(claim.IsCanceled);
        Assert.Equal(AuthorityKind.Lease, _world.Kind);

        a.Settle();

        Assert.Equal(AuthorityKind.Nothing, _world.Kind);
    }

    [Fact]
    public void Refresh_CancelledAfterTheStoreGrantedIt_IsReleased()
    {
        var a = _world.Add();
        a.Set("1");
        using var cancelling = new CancellationTokenSource();
        _ = a.Tier.ClaimAsync(CoherentNode.Key, _world.Token, a.Observe(), TimeSpan.FromMinutes(1), cancelling.Token).AsTask();
        a.Link.ServeAll();
        cancelling.Cancel();
        a.Settle();

        Assert.Equal(AuthorityKind.Value, _world.Kind);
        Assert.False(_world.Authority.EvictRefreshLease(World.CacheName, CoherentNode.Key));
    }

    [Fact]
    public void Set_CancelledBetweenItsSteps_TakesItsLeaseAway()
    {
        var a = _world.Add();
        using var cancelling = new CancellationTokenSource();
        var set = a.Tier.SetAsync(CoherentNode.Key, CoherentNode.Write("1"), a.Host.NewTestToken(), null, cancelling.Token).AsTask();
        a.Link.ServeAll();
        cancelling.Cancel();
        a.Settle();

        Assert.True(set.IsCanceled);
        Assert.Equal(AuthorityKind.Nothing, _world.Kind);
    }

    [Fact]
    public void Fill_CancelledWhileUnderWay_TakesTheBodyAlong()
    {
        var a = _world.Add();
        var (lease, _) = a.Claim();
        using var cancelling = new CancellationTokenSource();
        var bytes = new byte[TierWrite.FreshUntilSize + 1];
        bytes[^1] = (byte)'1';
        var write = new TierWrite(new System.Buffers.ReadOnlySequence<byte>(bytes), TimeSpan.FromHours(1));
        var fill = lease.FillAsync(write, a.Host.NewTestToken(), cancelling.Token).AsTask();
        cancelling.Cancel();
        a.Run();
        Assert.True(fill.IsCanceled);
        Array.Clear(bytes);

        a.Settle();

        Assert.Equal((byte)'1', _world.Authority.BodyOf(World.CacheName, CoherentNode.Key).Span[^1]);
    }

    [Fact]
    public void Eventual_Reconnected_DropsWhatWasKeptMeanwhile()
    {
        var world = new World(CoherenceLevel.Eventual);
        var a = world.Add();
        a.Link.Cut();
        a.Memory[CoherentNode.Key] = "kept while nobody told of changes";
        Assert.True(a.MayServe);

        a.Settle();

        Assert.Empty(a.Memory);
        Assert.True(a.MayServe);
        Assert.DoesNotContain(a.Link.Sent, command => command.Verb == AuthorityVerb.Renew);
    }

    private static FenceToken Some(CoherentNode node) => node.Host.NewTestToken();

    private static void AssertUnavailable(Task<object> task)
    {
        Assert.True(task.IsCompletedSuccessfully);
        Assert.Contains(task.Result, new object[] { TierStatus.Unavailable, StoreOutcome.Unavailable, IncrementOutcome.Unavailable, FenceToken.None, false });
    }

    private void LoseDuring(string call, Action<CoherentNode> before)
    {
        var node = _world.Add();
        var observation = node.Observe();
        var task = AllCalls[call](node, observation, default);
        before(node);
        node.Link.Cut();
        node.Run();

        AssertUnavailable(task);
        Assert.False(observation.AllowsKeeping);
        Assert.False(node.MayServe);
        node.Settle();
        Assert.True(node.MayServe);
    }
}
