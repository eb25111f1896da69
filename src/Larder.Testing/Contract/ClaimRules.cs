using Larder.Ports;

namespace Larder.Testing;

/// <summary>Who gets the right to load a key.</summary>
public sealed class ClaimRules : TierRules
{
    internal ClaimRules(TierContractSettings settings)
        : base(settings)
    {
    }

    private protected override IEnumerable<Func<Task>> Rules =>
    [
        AMissingKeyIsLeased, AValueIsAnsweredInsteadOfALease, OneOfManyGetsTheLease, WhoIsBusyLearnsOfTheFill, WhoIsBusyLearnsOfTheRelease, WhoIsBusyLearnsOfARemoval,
        ADisposedLeaseIsReleased, ALeaseRenewsItself, ACancelledClaimLeavesNothingBehind, AnUnusableValueStaysForOthers, OneOfManyGetsToReplaceAnUnusableValue,
        AnUnusableValueThatHasChangedIsAnswered, AReleaseKeepsTheOlderValue, AReleaseMayDropTheOlderValue, AReleaseAfterAFillDoesNothing,
        .. IsShared ? [ALeaseEndsAfterItsNode] : Array.Empty<Func<Task>>(),
        .. CanHold ? [AHoldLetsNobodyStore] : Array.Empty<Func<Task>>(),
    ];

    /// <summary>Of a key without a value the first one that asks gets the lease, and its observation is armed.</summary>
    /// <returns>The task.</returns>
    public Task AMissingKeyIsLeased() => OnAsync(static async stage =>
    {
        var observation = stage.Node.Watch(TierStage.Key);
        var lease = await stage.LeaseAsync(observation: observation).ConfigureAwait(false);
        await using (lease.ConfigureAwait(false))
        {
            Expect.Armed(observation, "ClaimAsync that answers a lease");
        }
    });

    /// <summary>A value that the caller does not know is answered, with its bytes and its token, and the observation is armed.</summary>
    /// <returns>The task.</returns>
    public Task AValueIsAnsweredInsteadOfALease() => OnAsync(static async stage =>
    {
        var write = TierStage.Value(1);
        var token = await stage.PutAsync(write).ConfigureAwait(false);
        var observation = stage.Other.Watch(TierStage.Key);
        var claim = await stage.ClaimAsync(stage.Other, observation: observation).ConfigureAwait(false);
        Expect.Value(claim.Reading, token, write, "ClaimAsync of a key with a value");
        Expect.Armed(observation, "ClaimAsync that answers a value");
    });

    /// <summary>Of all that ask at once, on all nodes, exactly one loads; the others are told whom to wait for.</summary>
    /// <returns>The task.</returns>
    public Task OneOfManyGetsTheLease() => OnAsync(static async stage =>
    {
        var claims = await Racing.AllAsync(12, i => stage.ClaimAsync(i % 2 == 0 ? stage.Node : stage.Other)).ConfigureAwait(false);
        Expect.Equal(1, claims.Count(static claim => claim.Status == TierStatus.Leased), "The number of leases among 12 claims of one key at once");
        foreach (var claim in claims.Where(static claim => claim.Status != TierStatus.Leased))
        {
            _ = Expect.Busy(claim, "ClaimAsync of a key that another one loads");
        }

        await ReleaseAsync(claims.Single(static claim => claim.Status == TierStatus.Leased).Lease!, dropsOlder: false).ConfigureAwait(false);
    });

    /// <summary>Who was told to wait is told when the value is there, and is then answered it.</summary>
    /// <returns>The task.</returns>
    public Task WhoIsBusyLearnsOfTheFill() => OnAsync(static async stage =>
    {
        var lease = await stage.LeaseAsync().ConfigureAwait(false);
        var changed = Expect.Busy(await stage.ClaimAsync(stage.Other).ConfigureAwait(false), "ClaimAsync of a key that another node loads");
        var token = FenceToken.Create();
        await FillAsync(lease, TierStage.Value(3), token).ConfigureAwait(false);
        await stage.WokenAsync(changed, "the key was filled").ConfigureAwait(false);
        Expect.Value((await stage.ClaimAsync(stage.Other).ConfigureAwait(false)).Reading, token, TierStage.Value(3), "ClaimAsync after the fill");
    });

    /// <summary>Who was told to wait is told when the right is given back, and then gets it.</summary>
    /// <returns>The task.</returns>
    public Task WhoIsBusyLearnsOfTheRelease() => OnAsync(static async stage =>
    {
        var lease = await stage.LeaseAsync().ConfigureAwait(false);
        var changed = Expect.Busy(await stage.ClaimAsync(stage.Other).ConfigureAwait(false), "ClaimAsync of a key that another node loads");
        await ReleaseAsync(lease, dropsOlder: false).ConfigureAwait(false);
        await stage.WokenAsync(changed, "the right was given back").ConfigureAwait(false);
        await ReleaseAsync(await stage.LeaseAsync(stage.Other).ConfigureAwait(false), dropsOlder: false).ConfigureAwait(false);
    });

    /// <summary>A removal ends the load of another node, and whoever waits for it may load.</summary>
    /// <returns>The task.</returns>
    public Task WhoIsBusyLearnsOfARemoval() => OnAsync(static async stage =>
    {
        var lease = await stage.LeaseAsync().ConfigureAwait(false);
        var changed = Expect.Busy(await stage.ClaimAsync(stage.Other).ConfigureAwait(false), "ClaimAsync of a key that another node loads");
        Expect.True(await stage.Other.Tier.RemoveAsync(new[] { TierStage.Key }, CancellationToken.None).ConfigureAwait(false), "RemoveAsync answers true");
        await stage.WokenAsync(changed, "the key was removed").ConfigureAwait(false);
        var next = await stage.LeaseAsync(stage.Other).ConfigureAwait(false);
        await ReleaseAsync(lease, dropsOlder: true).ConfigureAwait(false);
        Expect.Equal(StoreOutcome.Stored, await FillAsync(next, TierStage.Value(2), FenceToken.Create()).ConfigureAwait(false), "FillAsync under a lease, after an older lease was released");
    });

    /// <summary>Disposing a lease gives the right back.</summary>
    /// <returns>The task.</returns>
    public Task ADisposedLeaseIsReleased() => OnAsync(static async stage =>
    {
        var lease = await stage.LeaseAsync().ConfigureAwait(false);
        await lease.DisposeAsync().ConfigureAwait(false);
        await lease.DisposeAsync().ConfigureAwait(false);
        await ReleaseAsync(await stage.LeaseAsync(stage.Other).ConfigureAwait(false), dropsOlder: false).ConfigureAwait(false);
    });

    /// <summary>While its node lives the right does not end, however long the load takes.</summary>
    /// <returns>The task.</returns>
    public Task ALeaseRenewsItself() => OnAsync(static async stage =>
    {
        var observation = stage.Node.Watch(TierStage.Key);
        var lease = await stage.LeaseAsync(observation: observation).ConfigureAwait(false);
        await stage.PassAsync(TierStage.Lease * 3).ConfigureAwait(false);
        _ = Expect.Busy(await stage.ClaimAsync(stage.Other).ConfigureAwait(false), "ClaimAsync of a key whose lease is three times as old as its time, on another node");
        Expect.True(!observation.IsVoid, "the renewal leaves the observation valid");
        Expect.Equal(StoreOutcome.Stored, await FillAsync(lease, TierStage.Value(1), FenceToken.Create()).ConfigureAwait(false), "FillAsync under a lease three times as old as its time");
    });

    /// <summary>When its node is gone the right ends after its time, and whoever waits may load.</summary>
    /// <returns>The task.</returns>
    public Task ALeaseEndsAfterItsNode() => OnTwoNodesAsync(static async stage =>
    {
        await stage.LeaseAsync().ConfigureAwait(false);
        var claim = await stage.ClaimAsync(stage.Other).ConfigureAwait(false);
        await stage.KillAsync(stage.Node).ConfigureAwait(false);
        await stage.PassAsync(TierStage.Lease * 1.25).ConfigureAwait(false);
        await stage.WokenAsync(Expect.Busy(claim, "ClaimAsync of a key that another node loads"), "the node that loads is gone").ConfigureAwait(false);
        await ReleaseAsync(await stage.LeaseAsync(stage.Other).ConfigureAwait(false), dropsOlder: false).ConfigureAwait(false);
    });

    /// <summary>Cancelling ends the waiting; a right that is granted nevertheless does not keep others out.</summary>
    /// <returns>The task.</returns>
    public Task ACancelledClaimLeavesNothingBehind() => OnAsync(static async stage =>
    {
        for (var round = 0; round < 3; round++)
        {
            using var source = new CancellationTokenSource();
            if (round == 0)
            {
                await source.CancelAsync().ConfigureAwait(false);
            }

            var claiming = stage.Tier.ClaimAsync(TierStage.Key, FenceToken.None, stage.Node.Watch(TierStage.Key), TierStage.Lease, source.Token).AsTask();
            await source.CancelAsync().ConfigureAwait(false);
            if (await AnswerOrNullAsync(claiming).ConfigureAwait(false) is { Lease: { } granted })
            {
                await ReleaseAsync(granted, dropsOlder: false).ConfigureAwait(false);
            }

            ITierLease? next = null;
            for (var attempt = 0; next is null && attempt < 1_000; attempt++)
            {
                var claim = await stage.ClaimAsync(stage.Other).ConfigureAwait(false);
                next = claim.Lease;
                if (claim.Changed is { } changed)
                {
                    await stage.EndsAsync(changed, "Changed ends once a right that nobody waits for is given back").ConfigureAwait(false);
                }
            }

            Expect.True(next is not null, "the key can be claimed after a cancelled claim, without waiting for its lease to end");
            await ReleaseAsync(next!, dropsOlder: false).ConfigureAwait(false);
        }
    });

    /// <summary>A value that the caller can not use stays for others until the fill, and the fill replaces it.</summary>
    /// <returns>The task.</returns>
    public Task AnUnusableValueStaysForOthers() => OnAsync(static async stage =>
    {
        var old = await stage.PutAsync(TierStage.Value(1)).ConfigureAwait(false);
        var lease = await stage.LeaseAsync(unusable: old).ConfigureAwait(false);
        Expect.Value(await stage.GetAsync(on: stage.Other).ConfigureAwait(false), old, TierStage.Value(1), "GetAsync of a value that another node replaces");
        var token = FenceToken.Create();
        Expect.Equal(StoreOutcome.Stored, await FillAsync(lease, TierStage.Value(2), token).ConfigureAwait(false), "FillAsync over the unusable value");
        Expect.Value(await stage.GetAsync(on: stage.Other).ConfigureAwait(false), token, TierStage.Value(2), "GetAsync after the fill");
    });

    /// <summary>Of all that want to replace the same value at once exactly one may.</summary>
    /// <returns>The task.</returns>
    public Task OneOfManyGetsToReplaceAnUnusableValue() => OnAsync(static async stage =>
    {
        var old = await stage.PutAsync(TierStage.Value(1)).ConfigureAwait(false);
        var claims = await Racing.AllAsync(12, i => stage.ClaimAsync(i % 2 == 0 ? stage.Node : stage.Other, old)).ConfigureAwait(false);
        Expect.Equal(1, claims.Count(static claim => claim.Status == TierStatus.Leased), "The number of leases among 12 claims that name the same unusable value");
        Expect.Equal(11, claims.Count(static claim => claim.Status == TierStatus.Busy), "The number of claims that are told to wait for the one that replaces the value");
        await ReleaseAsync(claims.Single(static claim => claim.Status == TierStatus.Leased).Lease!, dropsOlder: false).ConfigureAwait(false);
        await ReleaseAsync(await stage.LeaseAsync(stage.Other, old).ConfigureAwait(false), dropsOlder: false).ConfigureAwait(false);
    });

    /// <summary>When there is another value than the one that the caller can not use, it is answered.</summary>
    /// <returns>The task.</returns>
    public Task AnUnusableValueThatHasChangedIsAnswered() => OnAsync(static async stage =>
    {
        var old = await stage.PutAsync(TierStage.Value(1)).ConfigureAwait(false);
        var token = await stage.PutAsync(TierStage.Value(2), on: stage.Other).ConfigureAwait(false);
        var claim = await stage.ClaimAsync(unusable: old).ConfigureAwait(false);
        Expect.Value(claim.Reading, token, TierStage.Value(2), "ClaimAsync that names a value which was replaced meanwhile");
    });

    /// <summary>Giving the right back leaves the value that it was to replace.</summary>
    /// <returns>The task.</returns>
    public Task AReleaseKeepsTheOlderValue() => OnAsync(static async stage =>
    {
        var old = await stage.PutAsync(TierStage.Value(1)).ConfigureAwait(false);
        await ReleaseAsync(await stage.LeaseAsync(unusable: old).ConfigureAwait(false), dropsOlder: false).ConfigureAwait(false);
        Expect.Value(await stage.GetAsync().ConfigureAwait(false), old, TierStage.Value(1), "GetAsync after a release that keeps the older value");
    });

    /// <summary>When the source says that there is nothing, the older value goes with the right; a newer one does not.</summary>
    /// <returns>The task.</returns>
    public Task AReleaseMayDropTheOlderValue() => OnAsync(static async stage =>
    {
        var old = await stage.PutAsync(TierStage.Value(1)).ConfigureAwait(false);
        await ReleaseAsync(await stage.LeaseAsync(unusable: old).ConfigureAwait(false), dropsOlder: true).ConfigureAwait(false);
        Expect.Absent(await stage.GetAsync().ConfigureAwait(false), "GetAsync after a release that drops the older value");

        old = await stage.PutAsync(TierStage.Value(1)).ConfigureAwait(false);
        var lease = await stage.LeaseAsync(unusable: old).ConfigureAwait(false);
        var token = await stage.PutAsync(TierStage.Value(2), on: stage.Other).ConfigureAwait(false);
        await ReleaseAsync(lease, dropsOlder: true).ConfigureAwait(false);
        Expect.Value(await stage.GetAsync().ConfigureAwait(false), token, TierStage.Value(2), "GetAsync after a release that drops the older value, when a newer one was set");
    });

    /// <summary>After a fill a release, whichever, does nothing.</summary>
    /// <returns>The task.</returns>
    public Task AReleaseAfterAFillDoesNothing() => OnAsync(static async stage =>
    {
        var lease = await stage.LeaseAsync().ConfigureAwait(false);
        var token = FenceToken.Create();
        await FillAsync(lease, TierStage.Value(1), token).ConfigureAwait(false);
        await ReleaseAsync(lease, dropsOlder: true).ConfigureAwait(false);
        await lease.DisposeAsync().ConfigureAwait(false);
        Expect.Value(await stage.GetAsync(on: stage.Other).ConfigureAwait(false), token, TierStage.Value(1), "GetAsync after a release that came after the fill");
    });

    /// <summary>While a writer holds the key it is absent, may be loaded, but not stored; afterwards it is as free as any.</summary>
    /// <returns>The task.</returns>
    public Task AHoldLetsNobodyStore() => OnAsync(static async stage =>
    {
        var time = TimeSpan.FromSeconds(4);
        await stage.PutAsync(TierStage.Value(1), on: stage.Other).ConfigureAwait(false);
        await stage.HoldAsync(time).ConfigureAwait(false);
        Expect.Equal(TierStatus.OnHold, (await stage.GetAsync(on: stage.Other).ConfigureAwait(false)).Status, "GetAsync of a key on hold");
        Expect.Equal(TierStatus.OnHold, (await stage.ClaimAsync(stage.Other).ConfigureAwait(false)).Status, "ClaimAsync of a key on hold");
        Expect.True((await stage.Other.Tier.SnapshotAsync(TierStage.Key, TierStage.Long, CancellationToken.None).ConfigureAwait(false)).IsNone, "SnapshotAsync of a key on hold answers None");
        await stage.PassAsync(time * 1.1).ConfigureAwait(false);
        var lease = await stage.LeaseAsync(stage.Other).ConfigureAwait(false);
        await stage.HoldAsync(time).ConfigureAwait(false);
        Expect.Equal(StoreOutcome.FencedOff, await FillAsync(lease, TierStage.Value(2), FenceToken.Create()).ConfigureAwait(false), "FillAsync of a key that was put on hold after the claim");
        Expect.True(await stage.Tier.RemoveAsync(new[] { TierStage.Key }, CancellationToken.None).ConfigureAwait(false), "RemoveAsync of a key on hold answers true");
        await ReleaseAsync(await stage.LeaseAsync(stage.Other).ConfigureAwait(false), dropsOlder: false).ConfigureAwait(false);
    });

    private static ValueTask<StoreOutcome> FillAsync(ITierLease lease, TierWrite write, FenceToken token) => lease.FillAsync(write, token, CancellationToken.None);

    private static ValueTask ReleaseAsync(ITierLease lease, bool dropsOlder) => lease.ReleaseAsync(dropsOlder, CancellationToken.None);

    private static async Task<TierClaim?> AnswerOrNullAsync(Task<TierClaim> claiming)
    {
        try
        {
            return await claiming.ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            return null;
        }
    }
}
