using Larder.Ports;

namespace Larder.Testing;

/// <summary>Every way in which another node changes the value of the key.</summary>
internal static class Changes
{
    internal static readonly (string Name, Func<TierStage, Task> Change)[] OfAValue =
    [
        ("SetAsync", static stage => stage.PutAsync(TierStage.Value(5), on: stage.Other)),
        ("ReplaceAsync", static async stage =>
        {
            var token = await stage.Other.Tier.SnapshotAsync(TierStage.Key, TierStage.Long, CancellationToken.None).ConfigureAwait(false);
            var outcome = await stage.Other.Tier.ReplaceAsync(TierStage.Key, token, TierStage.Value(5), FenceToken.Create(), null, CancellationToken.None).ConfigureAwait(false);
            Expect.Equal(StoreOutcome.Stored, outcome, "ReplaceAsync over the token that is there");
        }),
        ("FillAsync", static async stage =>
        {
            var token = await stage.Other.Tier.SnapshotAsync(TierStage.Key, TierStage.Long, CancellationToken.None).ConfigureAwait(false);
            var lease = await stage.LeaseAsync(stage.Other, token).ConfigureAwait(false);
            Expect.Equal(StoreOutcome.Stored, await lease.FillAsync(TierStage.Value(5), FenceToken.Create(), CancellationToken.None).ConfigureAwait(false), "FillAsync over the unusable value");
        }),
        ("RemoveAsync", static stage => stage.Other.Tier.RemoveAsync(new[] { TierStage.Key }, CancellationToken.None).AsTask()),
        ("ExpireAsync", static stage => stage.Other.Tier.ExpireAsync(TierStage.Key, 5, FenceToken.Create(), CancellationToken.None).AsTask()),
    ];
}
