using System.Runtime.CompilerServices;
using Larder.Ports;

namespace Larder.Testing;

/// <summary>What a snapshot is good for: to find out later whether the key has changed.</summary>
public sealed class SnapshotRules : TierRules
{
    internal SnapshotRules(TierContractSettings settings)
        : base(settings)
    {
    }

    private protected override IEnumerable<Func<Task>> Rules =>
    [
        OfAValueItIsItsToken, OfAMissingKeyItIsAToken, OfAMissingKeyItMakesNobodyWait, OfAMissingKeyItCanBeReplaced, OfAMissingKeyARemovalFencesItOff, OfAMissingKeyALoadFencesItOff,
        OfAMissingKeyAnExpireFencesItOff, OfAMissingKeyItEnds, OfAValueEveryChangeFencesItOff,
    ];

    /// <summary>The snapshot of a value is its token.</summary>
    /// <returns>The task.</returns>
    public Task OfAValueItIsItsToken() => OnAsync(static async stage =>
    {
        var token = await stage.PutAsync(TierStage.Value(1)).ConfigureAwait(false);
        Expect.Equal(token, await SnapshotAsync(stage.Other).ConfigureAwait(false), "SnapshotAsync of a value");
        Expect.Value(await stage.GetAsync().ConfigureAwait(false), token, TierStage.Value(1), "GetAsync after SnapshotAsync");
    });

    /// <summary>The snapshot of a missing key is a token too, the same as long as nothing happens.</summary>
    /// <returns>The task.</returns>
    public Task OfAMissingKeyItIsAToken() => OnAsync(static async stage =>
    {
        var token = await SnapshotAsync(stage.Node).ConfigureAwait(false);
        Expect.True(!token.IsNone, "SnapshotAsync of a missing key answers a token");
        Expect.Equal(token, await SnapshotAsync(stage.Other).ConfigureAwait(false), "SnapshotAsync of a missing key for the second time");
        Expect.Absent(await stage.GetAsync().ConfigureAwait(false), "GetAsync of a missing key after SnapshotAsync");
    });

    /// <summary>A planted token keeps nobody from loading.</summary>
    /// <returns>The task.</returns>
    public Task OfAMissingKeyItMakesNobodyWait() => OnAsync(static async stage =>
    {
        await SnapshotAsync(stage.Node).ConfigureAwait(false);
        var lease = await stage.LeaseAsync(stage.Other).ConfigureAwait(false);
        Expect.Equal(StoreOutcome.Stored, await lease.FillAsync(TierStage.Value(1), FenceToken.Create(), CancellationToken.None).ConfigureAwait(false), "FillAsync of a key that was snapshotted while it was missing");
    });

    /// <summary>As long as nothing happens a value can be stored over the planted token, once.</summary>
    /// <returns>The task.</returns>
    public Task OfAMissingKeyItCanBeReplaced() => OnAsync(static async stage =>
    {
        var token = await SnapshotAsync(stage.Node).ConfigureAwait(false);
        Expect.Equal(StoreOutcome.Stored, await ReplaceAsync(stage.Other, token).ConfigureAwait(false), "ReplaceAsync over the snapshot of a missing key");
        Expect.Equal(StoreOutcome.FencedOff, await ReplaceAsync(stage.Node, token).ConfigureAwait(false), "The same for the second time");
    });

    /// <summary>A removal changes a key that is not there.</summary>
    /// <returns>The task.</returns>
    public Task OfAMissingKeyARemovalFencesItOff() => FencedOffAsync(
        static stage => stage.Other.Tier.RemoveAsync(new[] { TierStage.Key }, CancellationToken.None).AsTask(), isMissing: true);

    /// <summary>A load that was stored meanwhile fences the snapshot off.</summary>
    /// <returns>The task.</returns>
    public Task OfAMissingKeyALoadFencesItOff() => FencedOffAsync(
        static async stage =>
        {
            var lease = await stage.LeaseAsync(stage.Other).ConfigureAwait(false);
            await lease.FillAsync(TierStage.Value(5), FenceToken.Create(), CancellationToken.None).ConfigureAwait(false);
        },
        isMissing: true);

    /// <summary>An Expire changes a key that is not there.</summary>
    /// <returns>The task.</returns>
    public Task OfAMissingKeyAnExpireFencesItOff() => FencedOffAsync(
        static stage => stage.Other.Tier.ExpireAsync(TierStage.Key, 5, FenceToken.Create(), CancellationToken.None).AsTask(), isMissing: true);

    /// <summary>A planted token is forgotten after its lifetime, and what is forgotten never counts again.</summary>
    /// <returns>The task.</returns>
    public Task OfAMissingKeyItEnds() => OnAsync(static async stage =>
    {
        var lifetime = TimeSpan.FromSeconds(2);
        var token = await stage.Tier.SnapshotAsync(TierStage.Key, lifetime, CancellationToken.None).ConfigureAwait(false);
        await stage.PassAsync(lifetime * 1.25).ConfigureAwait(false);
        Expect.Equal(StoreOutcome.FencedOff, await ReplaceAsync(stage.Node, token).ConfigureAwait(false), "ReplaceAsync over a planted token after its lifetime");
        Expect.Different(token, await SnapshotAsync(stage.Node).ConfigureAwait(false), "SnapshotAsync before and after the lifetime of a planted token");
    });

    /// <summary>Set, Replace, Remove, Expire and a fill each give the key another token.</summary>
    /// <returns>The task.</returns>
    public async Task OfAValueEveryChangeFencesItOff()
    {
        foreach (var (_, change) in Changes.OfAValue)
        {
            await FencedOffAsync(change, isMissing: false).ConfigureAwait(false);
        }
    }

    private Task FencedOffAsync(Func<TierStage, Task> change, bool isMissing, [CallerMemberName] string rule = "") => OnAsync(async stage =>
    {
        if (!isMissing)
        {
            await stage.PutAsync(TierStage.Value(1)).ConfigureAwait(false);
        }

        var token = await SnapshotAsync(stage.Node).ConfigureAwait(false);
        await change(stage).ConfigureAwait(false);
        Expect.Equal(StoreOutcome.FencedOff, await ReplaceAsync(stage.Node, token).ConfigureAwait(false), "ReplaceAsync over a snapshot, after the key has changed");
    }, rule);

    private static ValueTask<FenceToken> SnapshotAsync(StageNode node) => node.Tier.SnapshotAsync(TierStage.Key, TierStage.Long, CancellationToken.None);

    private static ValueTask<StoreOutcome> ReplaceAsync(StageNode node, FenceToken expected) =>
        node.Tier.ReplaceAsync(TierStage.Key, expected, TierStage.Value(7), FenceToken.Create(), null, CancellationToken.None);
}
