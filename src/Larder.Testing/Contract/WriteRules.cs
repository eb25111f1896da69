using System.Buffers;
using Larder.Ports;

namespace Larder.Testing;

/// <summary>What becomes of a Set and of a Replace.</summary>
public sealed class WriteRules : TierRules
{
    internal WriteRules(TierContractSettings settings)
        : base(settings)
    {
    }

    private protected override IEnumerable<Func<Task>> Rules =>
    [
        ASetReplacesWhateverIsThere, ASetArmsItsObservation, ASetOverALeaseWakesThoseWhoWait, ManySetsLeaveOneOfThem, TheBytesAreTheCallers, BytesInPiecesAreStoredWhole,
        AReplaceNeedsTheToken, AReplaceArmsItsObservation, AReplaceOfAMissingKeyIsFencedOff, AReplaceAfterARemovalIsFencedOff, OneOfManyReplacesWins,
    ];

    /// <summary>Nothing, a value, or a running load: a Set replaces it.</summary>
    /// <returns>The task.</returns>
    public Task ASetReplacesWhateverIsThere() => OnAsync(static async stage =>
    {
        await stage.PutAsync(TierStage.Value(1, size: 500)).ConfigureAwait(false);
        var second = await stage.PutAsync(TierStage.Value(2, size: 50), on: stage.Other).ConfigureAwait(false);
        Expect.Value(await stage.GetAsync().ConfigureAwait(false), second, TierStage.Value(2, size: 50), "GetAsync after a second Set");
        await stage.Tier.RemoveAsync(new[] { TierStage.Key }, CancellationToken.None).ConfigureAwait(false);
        await stage.LeaseAsync().ConfigureAwait(false);
        var third = await stage.PutAsync(TierStage.Value(3), on: stage.Other).ConfigureAwait(false);
        Expect.Value(await stage.GetAsync().ConfigureAwait(false), third, TierStage.Value(3), "GetAsync after a Set over a running load");
    });

    /// <summary>When the value is stored its observation is armed, so that memory may keep it.</summary>
    /// <returns>The task.</returns>
    public Task ASetArmsItsObservation() => OnAsync(static async stage =>
    {
        var observation = stage.Node.Watch(TierStage.Key);
        var outcome = await stage.Tier.SetAsync(TierStage.Key, TierStage.Value(1), FenceToken.Create(), observation, CancellationToken.None).ConfigureAwait(false);
        Expect.Equal(StoreOutcome.Stored, outcome, "SetAsync by the only writer");
        Expect.Armed(observation, "SetAsync");
    });

    /// <summary>Whoever waits for a load learns that the value is there.</summary>
    /// <returns>The task.</returns>
    public Task ASetOverALeaseWakesThoseWhoWait() => OnAsync(static async stage =>
    {
        await stage.LeaseAsync().ConfigureAwait(false);
        var changed = Expect.Busy(await stage.ClaimAsync(stage.Other).ConfigureAwait(false), "ClaimAsync of a key that another node loads");
        await stage.PutAsync(TierStage.Value(1)).ConfigureAwait(false);
        await stage.WokenAsync(changed, "the key was set").ConfigureAwait(false);
    });

    /// <summary>Of many Sets at once one value remains, whole, with its own token, and it is one of those that were stored.</summary>
    /// <returns>The task.</returns>
    public Task ManySetsLeaveOneOfThem() => OnAsync(static async stage =>
    {
        var tokens = Enumerable.Range(0, 16).Select(static _ => FenceToken.Create()).ToArray();
        var outcomes = await Racing.AllAsync(tokens.Length, i => (i % 2 == 0 ? stage.Node : stage.Other).Tier.SetAsync(
            TierStage.Key, TierStage.Value((byte)i, size: 100 + i), tokens[i], null, CancellationToken.None)).ConfigureAwait(false);
        using var reading = await stage.GetAsync().ConfigureAwait(false);
        var winner = Array.IndexOf(tokens, reading.Token);
        Expect.True(winner >= 0, "after many Sets the key carries the token of one of them");
        Expect.Equal(StoreOutcome.Stored, outcomes[winner], "The outcome of the Set whose value remains");
        Expect.Bytes(TierStage.Value((byte)winner, size: 100 + winner).Body.ToArray(), reading.Body.ToArray(), "The bytes next to that token");
    });

    /// <summary>The body belongs to the caller, who may use its memory again once the call has ended.</summary>
    /// <returns>The task.</returns>
    public Task TheBytesAreTheCallers() => OnAsync(static async stage =>
    {
        var bytes = TierStage.Value(1).Body.ToArray();
        var token = await stage.PutAsync(new TierWrite(new ReadOnlySequence<byte>(bytes), TierStage.Long)).ConfigureAwait(false);
        bytes.AsSpan().Clear();
        Expect.Value(await stage.GetAsync().ConfigureAwait(false), token, TierStage.Value(1), "GetAsync after the caller has used the memory of the body again");
    });

    /// <summary>A body may consist of several pieces of memory.</summary>
    /// <returns>The task.</returns>
    public Task BytesInPiecesAreStoredWhole() => OnAsync(static async stage =>
    {
        var whole = TierStage.Value(1, size: 1_000);
        var token = await stage.PutAsync(new TierWrite(Pieces.Of(whole.Body.ToArray(), 7), TierStage.Long)).ConfigureAwait(false);
        Expect.Value(await stage.GetAsync().ConfigureAwait(false), token, whole, "GetAsync of a body that was given in pieces");
    });

    /// <summary>A Replace stores if the key still carries the token, and otherwise changes nothing.</summary>
    /// <returns>The task.</returns>
    public Task AReplaceNeedsTheToken() => OnAsync(static async stage =>
    {
        var first = await stage.PutAsync(TierStage.Value(1)).ConfigureAwait(false);
        var second = FenceToken.Create();
        Expect.Equal(StoreOutcome.Stored, await ReplaceAsync(stage.Other, first, TierStage.Value(2), second).ConfigureAwait(false), "ReplaceAsync over the token that is there");
        Expect.Equal(StoreOutcome.FencedOff, await ReplaceAsync(stage.Node, first, TierStage.Value(3), FenceToken.Create()).ConfigureAwait(false), "ReplaceAsync over a token that was replaced");
        Expect.Value(await stage.GetAsync().ConfigureAwait(false), second, TierStage.Value(2), "GetAsync after a Replace that was fenced off");
    });

    /// <summary>When the value is stored its observation is armed.</summary>
    /// <returns>The task.</returns>
    public Task AReplaceArmsItsObservation() => OnAsync(static async stage =>
    {
        var first = await stage.PutAsync(TierStage.Value(1)).ConfigureAwait(false);
        var observation = stage.Node.Watch(TierStage.Key);
        var outcome = await stage.Tier.ReplaceAsync(TierStage.Key, first, TierStage.Value(2), FenceToken.Create(), observation, CancellationToken.None).ConfigureAwait(false);
        Expect.Equal(StoreOutcome.Stored, outcome, "ReplaceAsync over the token that is there");
        Expect.Armed(observation, "ReplaceAsync");
    });

    /// <summary>A missing key carries no token, so nothing can be replaced.</summary>
    /// <returns>The task.</returns>
    public Task AReplaceOfAMissingKeyIsFencedOff() => OnAsync(static async stage =>
    {
        Expect.Equal(StoreOutcome.FencedOff, await ReplaceAsync(stage.Node, FenceToken.Create(), TierStage.Value(1), FenceToken.Create()).ConfigureAwait(false), "ReplaceAsync of a missing key");
        Expect.Absent(await stage.GetAsync().ConfigureAwait(false), "GetAsync after a Replace that was fenced off");
    });

    /// <summary>A removal takes the token away, for good.</summary>
    /// <returns>The task.</returns>
    public Task AReplaceAfterARemovalIsFencedOff() => OnAsync(static async stage =>
    {
        var token = await stage.PutAsync(TierStage.Value(1)).ConfigureAwait(false);
        await stage.Other.Tier.RemoveAsync(new[] { TierStage.Key }, CancellationToken.None).ConfigureAwait(false);
        Expect.Equal(StoreOutcome.FencedOff, await ReplaceAsync(stage.Node, token, TierStage.Value(2), FenceToken.Create()).ConfigureAwait(false), "ReplaceAsync over the token of a value that was removed");
        await stage.PutAsync(TierStage.Value(3)).ConfigureAwait(false);
        Expect.Equal(StoreOutcome.FencedOff, await ReplaceAsync(stage.Node, token, TierStage.Value(2), FenceToken.Create()).ConfigureAwait(false), "The same after the key was set again");
    });

    /// <summary>Of all that replace the same token at once exactly one stores.</summary>
    /// <returns>The task.</returns>
    public Task OneOfManyReplacesWins() => OnAsync(static async stage =>
    {
        var first = await stage.PutAsync(TierStage.Value(1)).ConfigureAwait(false);
        var tokens = Enumerable.Range(0, 12).Select(static _ => FenceToken.Create()).ToArray();
        var outcomes = await Racing.AllAsync(tokens.Length, i => ReplaceAsync(i % 2 == 0 ? stage.Node : stage.Other, first, TierStage.Value((byte)i), tokens[i])).ConfigureAwait(false);
        Expect.Equal(1, outcomes.Count(static outcome => outcome == StoreOutcome.Stored), "How many of 12 ReplaceAsync over the same token have stored");
        var winner = Array.IndexOf(outcomes, StoreOutcome.Stored);
        Expect.Value(await stage.GetAsync().ConfigureAwait(false), tokens[winner], TierStage.Value((byte)winner), "GetAsync after them");
    });

    private static ValueTask<StoreOutcome> ReplaceAsync(StageNode node, FenceToken expected, TierWrite write, FenceToken token) =>
        node.Tier.ReplaceAsync(TierStage.Key, expected, write, token, null, CancellationToken.None);
}
