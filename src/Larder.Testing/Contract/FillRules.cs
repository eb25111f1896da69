using System.Runtime.CompilerServices;
using Larder.Ports;

namespace Larder.Testing;

/// <summary>What may become of a load: it is stored if nothing has happened to the key, and otherwise not.</summary>
public sealed class FillRules : TierRules
{
    internal FillRules(TierContractSettings settings)
        : base(settings)
    {
    }

    private protected override IEnumerable<Func<Task>> Rules =>
    [
        AFillStoresAndArms, ARemovalFencesOff, ASetFencesOff, AnExpireFencesOff, AnIncrementFencesOff, AReplacementFencesOff, AClearedKeyThatIsSetAgainFencesOff,
        ARemovalFencesOffARefresh, ASetFencesOffARefresh, AnExpireFencesOffARefresh, AReleasedLeaseIsFencedOff, AFilledValueHasItsLifetime,
    ];

    /// <summary>The fill stores bytes and token, and before it answers the claim's observation is armed for the new value.</summary>
    /// <returns>The task.</returns>
    public Task AFillStoresAndArms() => OnAsync(static async stage =>
    {
        var observation = stage.Node.Watch(TierStage.Key);
        var lease = await stage.LeaseAsync(observation: observation).ConfigureAwait(false);
        var token = FenceToken.Create();
        Expect.Equal(StoreOutcome.Stored, await lease.FillAsync(TierStage.Value(1), token, CancellationToken.None).ConfigureAwait(false), "FillAsync of a key that nobody has changed");
        Expect.Armed(observation, "FillAsync");
        Expect.Value(await stage.GetAsync(on: stage.Other).ConfigureAwait(false), token, TierStage.Value(1), "GetAsync after the fill");
    });

    /// <summary>A removal that comes after the claim ends the load.</summary>
    /// <returns>The task.</returns>
    public Task ARemovalFencesOff() => FenceOffAsync(
        static stage => stage.Other.Tier.RemoveAsync(new[] { TierStage.Key }, CancellationToken.None).AsTask(), isAbsent: true);

    /// <summary>A Set that comes after the claim ends the load, and its value stays.</summary>
    /// <returns>The task.</returns>
    public Task ASetFencesOff() => FenceOffAsync(static stage => stage.PutAsync(TierStage.Value(9), on: stage.Other), isAbsent: false);

    /// <summary>An Expire that comes after the claim ends the load, although there is no value yet.</summary>
    /// <returns>The task.</returns>
    public Task AnExpireFencesOff() => FenceOffAsync(
        static stage => stage.Other.Tier.ExpireAsync(TierStage.Key, 5, FenceToken.Create(), CancellationToken.None).AsTask(), isAbsent: true);

    /// <summary>A number that is made after the claim ends the load, and stays.</summary>
    /// <returns>The task.</returns>
    public Task AnIncrementFencesOff() => FenceOffAsync(
        static stage => stage.Other.Tier.IncrementAsync(TierStage.Key, 1, TierStage.Long, CancellationToken.None).AsTask(), isAbsent: true);

    /// <summary>A Replace over a token that was snapshotted during the load ends it, and its value stays.</summary>
    /// <returns>The task.</returns>
    public Task AReplacementFencesOff() => FenceOffAsync(
        static async stage =>
        {
            var token = await stage.Other.Tier.SnapshotAsync(TierStage.Key, TierStage.Long, CancellationToken.None).ConfigureAwait(false);
            Expect.True(!token.IsNone, "SnapshotAsync of a key that is being loaded answers a token");
            var outcome = await stage.Other.Tier.ReplaceAsync(TierStage.Key, token, TierStage.Value(9), FenceToken.Create(), null, CancellationToken.None).ConfigureAwait(false);
            Expect.Equal(StoreOutcome.Stored, outcome, "ReplaceAsync over the token of a running load");
        },
        isAbsent: false);

    /// <summary>A removal fences off for good, also when the key has a value again.</summary>
    /// <returns>The task.</returns>
    public Task AClearedKeyThatIsSetAgainFencesOff() => FenceOffAsync(
        static async stage =>
        {
            await stage.Other.Tier.RemoveAsync(new[] { TierStage.Key }, CancellationToken.None).ConfigureAwait(false);
            var next = await stage.LeaseAsync(stage.Other).ConfigureAwait(false);
            Expect.Equal(StoreOutcome.Stored, await next.FillAsync(TierStage.Value(9), FenceToken.Create(), CancellationToken.None).ConfigureAwait(false), "FillAsync of the load that began after the removal");
        },
        isAbsent: false);

    /// <summary>A removal ends a load that was to replace an unusable value.</summary>
    /// <returns>The task.</returns>
    public Task ARemovalFencesOffARefresh() => FenceOffAsync(
        static stage => stage.Other.Tier.RemoveAsync(new[] { TierStage.Key }, CancellationToken.None).AsTask(), isAbsent: true, hasOlder: true);

    /// <summary>A Set ends a load that was to replace an unusable value.</summary>
    /// <returns>The task.</returns>
    public Task ASetFencesOffARefresh() => FenceOffAsync(static stage => stage.PutAsync(TierStage.Value(9), on: stage.Other), isAbsent: false, hasOlder: true);

    /// <summary>An Expire ends a load that was to replace an unusable value; the expired value stays.</summary>
    /// <returns>The task.</returns>
    public Task AnExpireFencesOffARefresh() => FenceOffAsync(
        static stage => stage.Other.Tier.ExpireAsync(TierStage.Key, 5, FenceToken.Create(), CancellationToken.None).AsTask(), isAbsent: false, hasOlder: true);

    /// <summary>A lease that was given back stores nothing.</summary>
    /// <returns>The task.</returns>
    public Task AReleasedLeaseIsFencedOff() => OnAsync(static async stage =>
    {
        var lease = await stage.LeaseAsync().ConfigureAwait(false);
        await lease.ReleaseAsync(dropsOlder: false, CancellationToken.None).ConfigureAwait(false);
        var next = await stage.LeaseAsync(stage.Other).ConfigureAwait(false);
        Expect.True(await lease.FillAsync(TierStage.Value(1), FenceToken.Create(), CancellationToken.None).ConfigureAwait(false) != StoreOutcome.Stored, "FillAsync under a lease that was given back does not store");
        Expect.Equal(StoreOutcome.Stored, await next.FillAsync(TierStage.Value(2), FenceToken.Create(), CancellationToken.None).ConfigureAwait(false), "FillAsync under the next lease");
    });

    /// <summary>A filled value is forgotten after its own lifetime, not after that of the lease.</summary>
    /// <returns>The task.</returns>
    public Task AFilledValueHasItsLifetime() => OnAsync(static async stage =>
    {
        var lease = await stage.LeaseAsync().ConfigureAwait(false);
        await lease.FillAsync(TierStage.Value(1, lifetime: TierStage.Lease * 3), FenceToken.Create(), CancellationToken.None).ConfigureAwait(false);
        await stage.PassAsync(TierStage.Lease * 2).ConfigureAwait(false);
        using var reading = await stage.GetAsync().ConfigureAwait(false);
        Expect.Equal(TierStatus.Done, reading.Status, "GetAsync of a filled value after the time of its lease, within its lifetime");
        await stage.PassAsync(TierStage.Lease * 1.5).ConfigureAwait(false);
        Expect.Absent(await stage.GetAsync().ConfigureAwait(false), "GetAsync of a filled value after its lifetime");
    });

    // Claim; let something happen to the key; then the fill is too late, whatever is there now.
    private Task FenceOffAsync(Func<TierStage, Task> happening, bool isAbsent, bool hasOlder = false, [CallerMemberName] string rule = "") => OnAsync(async stage =>
    {
        var older = hasOlder ? await stage.PutAsync(TierStage.Value(1)).ConfigureAwait(false) : FenceToken.None;
        var observation = stage.Node.Watch(TierStage.Key);
        var lease = await stage.LeaseAsync(unusable: older, observation: observation).ConfigureAwait(false);
        await happening(stage).ConfigureAwait(false);
        var late = FenceToken.Create();
        var outcome = await lease.FillAsync(TierStage.Value(2), late, CancellationToken.None).ConfigureAwait(false);
        Expect.Equal(StoreOutcome.FencedOff, outcome, "FillAsync of a key that was changed after the claim");
        using var reading = await stage.GetAsync(on: stage.Other).ConfigureAwait(false);
        Expect.Equal(isAbsent ? TierStatus.Absent : TierStatus.Done, reading.Status, "GetAsync after a fill that was fenced off");
        Expect.True(reading.Token != late, "what was fenced off is not there");
    }, rule);
}
