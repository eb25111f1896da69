using Larder.Ports;

namespace Larder.Testing;

/// <summary>How numbers are added to.</summary>
public sealed class NumberRules : TierRules
{
    internal NumberRules(TierContractSettings settings)
        : base(settings)
    {
    }

    private protected override IEnumerable<Func<Task>> Rules =>
    [
        AMissingNumberCountsAsZero, NumbersAreAdded, AnOverflowChangesNothing, AValueIsNotANumber, ANumberIsNoValue, ASetReplacesANumber, ARemovedNumberBeginsAnew, ManyIncrementsAreAllCounted,
        AnExistingNumberKeepsItsTime, AMovedCacheFenceEndsNumbers, OtherFencesLeaveNumbers, ANumberAfterAMovedFenceHasItsOwnTime,
    ];

    /// <summary>A missing number counts as zero; adding zero makes it.</summary>
    /// <returns>The task.</returns>
    public Task AMissingNumberCountsAsZero() => OnAsync(static async stage =>
    {
        await AddAsync(stage.Node, 0, 0).ConfigureAwait(false);
        await AddAsync(stage.Node, 41, 41, "other").ConfigureAwait(false);
    });

    /// <summary>The sum is exact over the whole range of 64 bits, whoever adds.</summary>
    /// <returns>The task.</returns>
    public Task NumbersAreAdded() => OnAsync(static async stage =>
    {
        await AddAsync(stage.Node, 9_007_199_254_740_993, 9_007_199_254_740_993).ConfigureAwait(false);
        await AddAsync(stage.Other, 2, 9_007_199_254_740_995).ConfigureAwait(false);
        await AddAsync(stage.Node, -9_007_199_254_740_996, -1).ConfigureAwait(false);
        await AddAsync(stage.Other, long.MinValue + 1, long.MinValue).ConfigureAwait(false);
        await AddAsync(stage.Node, long.MaxValue, -1).ConfigureAwait(false);
        await AddAsync(stage.Node, 1, 0).ConfigureAwait(false);
        await AddAsync(stage.Node, long.MaxValue, long.MaxValue).ConfigureAwait(false);
    });

    /// <summary>A sum outside of 64 bits is refused and changes nothing, at both ends.</summary>
    /// <returns>The task.</returns>
    public Task AnOverflowChangesNothing() => OnAsync(static async stage =>
    {
        await AddAsync(stage.Node, long.MaxValue - 1, long.MaxValue - 1).ConfigureAwait(false);
        Expect.Equal(IncrementOutcome.Overflow, (await IncrementAsync(stage.Other, 2).ConfigureAwait(false)).Outcome, "IncrementAsync beyond the largest number");
        await AddAsync(stage.Node, 1, long.MaxValue).ConfigureAwait(false);
        await AddAsync(stage.Node, long.MinValue, -1).ConfigureAwait(false);
        await AddAsync(stage.Node, long.MinValue + 1, long.MinValue).ConfigureAwait(false);
        Expect.Equal(IncrementOutcome.Overflow, (await IncrementAsync(stage.Other, -1).ConfigureAwait(false)).Outcome, "IncrementAsync beyond the smallest number");
        await AddAsync(stage.Node, 0, long.MinValue).ConfigureAwait(false);
    });

    /// <summary>A value is refused, and stays.</summary>
    /// <returns>The task.</returns>
    public Task AValueIsNotANumber() => OnAsync(static async stage =>
    {
        var token = await stage.PutAsync(TierStage.Value(1)).ConfigureAwait(false);
        Expect.Equal(IncrementOutcome.NotANumber, (await IncrementAsync(stage.Other, 1).ConfigureAwait(false)).Outcome, "IncrementAsync of a value");
        Expect.Value(await stage.GetAsync().ConfigureAwait(false), token, TierStage.Value(1), "GetAsync after IncrementAsync of a value");
    });

    /// <summary>Readers of values do not see numbers.</summary>
    /// <returns>The task.</returns>
    public Task ANumberIsNoValue() => OnAsync(static async stage =>
    {
        await AddAsync(stage.Node, 5, 5).ConfigureAwait(false);
        Expect.Absent(await stage.GetAsync(on: stage.Other).ConfigureAwait(false), "GetAsync of a number");
    });

    /// <summary>A Set replaces a number.</summary>
    /// <returns>The task.</returns>
    public Task ASetReplacesANumber() => OnAsync(static async stage =>
    {
        await AddAsync(stage.Node, 5, 5).ConfigureAwait(false);
        var token = await stage.PutAsync(TierStage.Value(1), on: stage.Other).ConfigureAwait(false);
        Expect.Value(await stage.GetAsync().ConfigureAwait(false), token, TierStage.Value(1), "GetAsync after SetAsync over a number");
        Expect.Equal(IncrementOutcome.NotANumber, (await IncrementAsync(stage.Node, 1).ConfigureAwait(false)).Outcome, "IncrementAsync after SetAsync over a number");
    });

    /// <summary>A removed number begins at zero.</summary>
    /// <returns>The task.</returns>
    public Task ARemovedNumberBeginsAnew() => OnAsync(static async stage =>
    {
        await AddAsync(stage.Node, 5, 5).ConfigureAwait(false);
        await stage.Other.Tier.RemoveAsync(new[] { TierStage.Key }, CancellationToken.None).ConfigureAwait(false);
        await AddAsync(stage.Node, 7, 7).ConfigureAwait(false);
    });

    /// <summary>None of many increments at once is lost, and no two of them answer the same number.</summary>
    /// <returns>The task.</returns>
    public Task ManyIncrementsAreAllCounted() => OnAsync(static async stage =>
    {
        const int Count = 64;
        var readings = await Racing.AllAsync(Count, i => IncrementAsync(i % 2 == 0 ? stage.Node : stage.Other, 1)).ConfigureAwait(false);
        Expect.Equal(Count, readings.Select(static reading => reading.Value).Distinct().Count(), $"How many different numbers {Count} increments at once have answered");
        await AddAsync(stage.Node, 0, Count).ConfigureAwait(false);
    });

    /// <summary>A number lives as long as it was made for; adding to it does not prolong it.</summary>
    /// <returns>The task.</returns>
    public Task AnExistingNumberKeepsItsTime() => OnAsync(static async stage =>
    {
        var lifetime = TimeSpan.FromSeconds(4);
        await stage.Tier.IncrementAsync(TierStage.Key, 5, lifetime, CancellationToken.None).ConfigureAwait(false);
        await stage.PassAsync(lifetime / 2).ConfigureAwait(false);
        await AddAsync(stage.Node, 1, 6).ConfigureAwait(false);
        await stage.PassAsync(lifetime * 0.75).ConfigureAwait(false);
        await AddAsync(stage.Node, 1, 1).ConfigureAwait(false);
    });

    /// <summary>When the fence of the whole cache moves, numbers begin at zero, for everybody, and go on from there.</summary>
    /// <returns>The task.</returns>
    public Task AMovedCacheFenceEndsNumbers() => OnAsync(static async stage =>
    {
        await AddAsync(stage.Node, 5, 5).ConfigureAwait(false);
        await AddAsync(stage.Other, 1, 6).ConfigureAwait(false);
        await MoveAsync(stage.Node, FenceName.Cache).ConfigureAwait(false);
        await AddAsync(stage.Other, 7, 7).ConfigureAwait(false);
        await AddAsync(stage.Node, 1, 8).ConfigureAwait(false);
        await MoveAsync(stage.Other, FenceName.Cache).ConfigureAwait(false);
        await MoveAsync(stage.Node, FenceName.Cache).ConfigureAwait(false);
        await AddAsync(stage.Other, 0, 0).ConfigureAwait(false);
        await AddAsync(stage.Node, 3, 3).ConfigureAwait(false);
    });

    /// <summary>The fences of tags have nothing to do with numbers.</summary>
    /// <returns>The task.</returns>
    public Task OtherFencesLeaveNumbers() => OnAsync(static async stage =>
    {
        await AddAsync(stage.Node, 5, 5).ConfigureAwait(false);
        await MoveAsync(stage.Other, FenceName.AnyTag).ConfigureAwait(false);
        await MoveAsync(stage.Other, FenceName.OfTag("tag")).ConfigureAwait(false);
        await AddAsync(stage.Node, 1, 6).ConfigureAwait(false);
    });

    /// <summary>A number that begins anew after the cache's fence has moved lives as long as it was made for then.</summary>
    /// <returns>The task.</returns>
    public Task ANumberAfterAMovedFenceHasItsOwnTime() => OnAsync(static async stage =>
    {
        await stage.Tier.IncrementAsync(TierStage.Key, 5, TimeSpan.FromSeconds(4), CancellationToken.None).ConfigureAwait(false);
        await MoveAsync(stage.Node, FenceName.Cache).ConfigureAwait(false);
        await AddAsync(stage.Node, 1, 1).ConfigureAwait(false);
        await stage.PassAsync(TimeSpan.FromSeconds(8)).ConfigureAwait(false);
        await AddAsync(stage.Node, 1, 2).ConfigureAwait(false);
    });

    private static async Task MoveAsync(StageNode node, FenceName fence) =>
        Expect.Equal(true, await node.Tier.MoveFenceAsync(fence, CancellationToken.None).ConfigureAwait(false), "What MoveFenceAsync answers");

    private static async Task AddAsync(StageNode node, long delta, long expected, string key = TierStage.Key)
    {
        var reading = await node.Tier.IncrementAsync(key, delta, TierStage.Long, CancellationToken.None).ConfigureAwait(false);
        Expect.Equal(IncrementOutcome.Done, reading.Outcome, $"IncrementAsync by {delta}");
        Expect.Equal(expected, reading.Value, $"The number after IncrementAsync by {delta}");
    }

    private static ValueTask<IncrementReading> IncrementAsync(StageNode node, long delta) =>
        node.Tier.IncrementAsync(TierStage.Key, delta, TierStage.Long, CancellationToken.None);
}
