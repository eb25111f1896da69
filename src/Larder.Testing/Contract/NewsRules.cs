using System.Runtime.CompilerServices;
using Larder.Ports;

namespace Larder.Testing;

/// <summary>What a node is told of what others do. For tiers that nodes share.</summary>
public sealed class NewsRules : TierRules
{
    private static readonly string[] Stored = ["filled", "set"];

    internal NewsRules(TierContractSettings settings)
        : base(settings)
    {
    }

    private protected override IEnumerable<Func<Task>> Rules => IsShared
        ? [EveryChangeVoidsWhatWasRead, .. OfMissing, AChangeVoidsARunningLoad, AChangeVoidsWhatWasStored, ManyReadingsAreVoided]
        : [];

    private IEnumerable<Func<Task>> OfMissing => WatchesMissing
        ? [ARemovalVoidsWhatWasMissing, AnExpireVoidsWhatWasMissing, ASetVoidsWhatWasMissing, AnIncrementVoidsWhatWasMissing]
        : [];

    /// <summary>Whatever another node does to a value, an observation that was armed by reading it becomes void.</summary>
    /// <returns>The task.</returns>
    public async Task EveryChangeVoidsWhatWasRead()
    {
        foreach (var (name, change) in Changes.OfAValue)
        {
            await OnTwoNodesAsync(async stage =>
            {
                await stage.PutAsync(TierStage.Value(1), on: stage.Other).ConfigureAwait(false);
                var observation = await stage.KeepAsync(stage.Node).ConfigureAwait(false);
                await change(stage).ConfigureAwait(false);
                await stage.EventuallyAsync(() => observation.IsVoid, $"{name} on one node voids what another one has read").ConfigureAwait(false);
            }).ConfigureAwait(false);
        }
    }

    /// <summary>Keys that are not there count as changed when they are removed.</summary>
    /// <returns>The task.</returns>
    public Task ARemovalVoidsWhatWasMissing() => VoidsWhatWasMissingAsync(
        static stage => stage.Other.Tier.RemoveAsync(new[] { TierStage.Key }, CancellationToken.None).AsTask(), "RemoveAsync of a missing key");

    /// <summary>Keys that are not there count as changed when they are expired.</summary>
    /// <returns>The task.</returns>
    public Task AnExpireVoidsWhatWasMissing() => VoidsWhatWasMissingAsync(
        static stage => stage.Other.Tier.ExpireAsync(TierStage.Key, 5, FenceToken.Create(), CancellationToken.None).AsTask(), "ExpireAsync of a missing key");

    /// <summary>Who has read that nothing is there learns that something came.</summary>
    /// <returns>The task.</returns>
    public Task ASetVoidsWhatWasMissing() => VoidsWhatWasMissingAsync(static stage => stage.PutAsync(TierStage.Value(1), on: stage.Other), "SetAsync");

    /// <summary>Who has read that nothing is there learns that a number came.</summary>
    /// <returns>The task.</returns>
    public Task AnIncrementVoidsWhatWasMissing() => VoidsWhatWasMissingAsync(
        static stage => stage.Other.Tier.IncrementAsync(TierStage.Key, 1, TierStage.Long, CancellationToken.None).AsTask(), "IncrementAsync");

    /// <summary>A load that another node ends learns of it while it runs.</summary>
    /// <returns>The task.</returns>
    public Task AChangeVoidsARunningLoad() => OnTwoNodesAsync(static async stage =>
    {
        var observation = stage.Node.Watch(TierStage.Key);
        await stage.LeaseAsync(observation: observation).ConfigureAwait(false);
        await stage.Other.Tier.RemoveAsync(new[] { TierStage.Key }, CancellationToken.None).ConfigureAwait(false);
        await stage.EventuallyAsync(() => observation.IsVoid, "RemoveAsync on one node voids the running load of another").ConfigureAwait(false);
    });

    /// <summary>What a node has filled or set itself is voided by another node's change as well.</summary>
    /// <returns>The task.</returns>
    public Task AChangeVoidsWhatWasStored() => OnTwoNodesAsync(static async stage =>
    {
        var filled = stage.Node.Watch("filled");
        var claim = await stage.ClaimAsync(observation: filled, key: "filled").ConfigureAwait(false);
        await Expect.Leased(claim, "ClaimAsync").FillAsync(TierStage.Value(1), FenceToken.Create(), CancellationToken.None).ConfigureAwait(false);
        Expect.Armed(filled, "FillAsync");
        var set = stage.Node.Watch("set");
        await stage.Tier.SetAsync("set", TierStage.Value(1), FenceToken.Create(), set, CancellationToken.None).ConfigureAwait(false);
        Expect.Armed(set, "SetAsync");

        await stage.Other.Tier.RemoveAsync(Stored, CancellationToken.None).ConfigureAwait(false);

        await stage.EventuallyAsync(() => filled.IsVoid, "RemoveAsync on one node voids what another one has filled").ConfigureAwait(false);
        await stage.EventuallyAsync(() => set.IsVoid, "RemoveAsync on one node voids what another one has set").ConfigureAwait(false);
    });

    /// <summary>Readings of many keys in one go are voided as those of one.</summary>
    /// <returns>The task.</returns>
    public Task ManyReadingsAreVoided() => OnTwoNodesAsync(static async stage =>
    {
        var keys = Enumerable.Range(0, 10).Select(static number => $"many:{number}").ToArray();
        foreach (var key in keys)
        {
            await stage.PutAsync(TierStage.Value(1), key).ConfigureAwait(false);
        }

        var observations = keys.Select(key => (TierObservation?)stage.Node.Watch(key)).ToArray();
        foreach (var reading in await stage.Tier.GetManyAsync(keys, observations, CancellationToken.None).ConfigureAwait(false))
        {
            reading.Dispose();
        }

        await stage.Other.Tier.RemoveAsync(keys, CancellationToken.None).ConfigureAwait(false);
        await stage.EventuallyAsync(() => observations.All(static observation => observation!.IsVoid), "RemoveAsync of many keys voids what GetManyAsync has read").ConfigureAwait(false);
    });

    private Task VoidsWhatWasMissingAsync(Func<TierStage, Task> change, string name, [CallerMemberName] string rule = "") => OnTwoNodesAsync(async stage =>
    {
        var observation = await stage.KeepAsync(stage.Node).ConfigureAwait(false);
        await change(stage).ConfigureAwait(false);
        await stage.EventuallyAsync(() => observation.IsVoid, $"{name} on one node voids what another one has found missing").ConfigureAwait(false);
    }, rule);
}
