using Larder.Ports;

namespace Larder.Testing;

/// <summary>What removing and expiring do.</summary>
public sealed class RemovalRules : TierRules
{
    private static readonly string[] Missing = ["missing", "also missing", "missing"];

    internal RemovalRules(TierContractSettings settings)
        : base(settings)
    {
    }

    private protected override IEnumerable<Func<Task>> Rules =>
    [
        RemovedKeysAreAbsent, MissingKeysAreRemovedToo, NoKeysAreRemovedToo, AnExpireMovesTheEndOfFreshness, AnExpireNeverMovesItUp, AnExpireOfAMissingKeyIsDone, AnExpireKeepsTheLifetime,
        AnExpireOfAShortBodyIsDone,
    ];

    /// <summary>Removed keys are absent on every node; others stay.</summary>
    /// <returns>The task.</returns>
    public Task RemovedKeysAreAbsent() => OnAsync(static async stage =>
    {
        string[] keys = ["one", "two", "three", "stays"];
        foreach (var key in keys)
        {
            await stage.PutAsync(TierStage.Value(1), key).ConfigureAwait(false);
        }

        Expect.True(await stage.Tier.RemoveAsync(keys.AsMemory(0, 3), CancellationToken.None).ConfigureAwait(false), "RemoveAsync answers true");
        foreach (var key in keys.Take(3))
        {
            Expect.Absent(await stage.GetAsync(key, stage.Other).ConfigureAwait(false), "GetAsync of a removed key");
        }

        using var reading = await stage.GetAsync("stays", stage.Other).ConfigureAwait(false);
        Expect.Equal(TierStatus.Done, reading.Status, "GetAsync of a key that was not removed");
    });

    /// <summary>Removing what is not there is done, as often as one likes.</summary>
    /// <returns>The task.</returns>
    public Task MissingKeysAreRemovedToo() => OnAsync(static async stage =>
    {
        for (var round = 0; round < 2; round++)
        {
            Expect.True(await stage.Tier.RemoveAsync(Missing, CancellationToken.None).ConfigureAwait(false), "RemoveAsync of missing keys answers true");
        }
    });

    /// <summary>Removing nothing is done.</summary>
    /// <returns>The task.</returns>
    public Task NoKeysAreRemovedToo() => OnAsync(static async stage =>
        Expect.True(await stage.Tier.RemoveAsync(Array.Empty<string>(), CancellationToken.None).ConfigureAwait(false), "RemoveAsync without keys answers true"));

    /// <summary>An Expire replaces the first eight bytes, leaves the others, and gives the value a fresh token, in one step.</summary>
    /// <returns>The task.</returns>
    public Task AnExpireMovesTheEndOfFreshness() => OnAsync(static async stage =>
    {
        var token = await ExpireAsync(stage, present: 5_000, asked: 3_000).ConfigureAwait(false);
        Expect.Value(await stage.GetAsync().ConfigureAwait(false), token, TierStage.Value(1, freshUntil: 3_000), "GetAsync after ExpireAsync");
    });

    /// <summary>What ends sooner already stays as it is, but for its token.</summary>
    /// <returns>The task.</returns>
    public Task AnExpireNeverMovesItUp() => OnAsync(static async stage =>
    {
        var token = await ExpireAsync(stage, present: 2_000, asked: 3_000).ConfigureAwait(false);
        Expect.Value(await stage.GetAsync().ConfigureAwait(false), token, TierStage.Value(1, freshUntil: 2_000), "GetAsync after ExpireAsync of a value that was over before");
    });

    /// <summary>When nothing is there an Expire is done, and makes nothing.</summary>
    /// <returns>The task.</returns>
    public Task AnExpireOfAMissingKeyIsDone() => OnAsync(static async stage =>
    {
        Expect.True(await stage.Tier.ExpireAsync(TierStage.Key, 5, FenceToken.Create(), CancellationToken.None).ConfigureAwait(false), "ExpireAsync of a missing key answers true");
        Expect.Absent(await stage.GetAsync().ConfigureAwait(false), "GetAsync after ExpireAsync of a missing key");
    });

    /// <summary>An expired value is forgotten when it would have been forgotten without.</summary>
    /// <returns>The task.</returns>
    public Task AnExpireKeepsTheLifetime() => OnAsync(static async stage =>
    {
        var lifetime = TimeSpan.FromSeconds(4);
        await stage.PutAsync(TierStage.Value(1, lifetime: lifetime)).ConfigureAwait(false);
        await stage.Tier.ExpireAsync(TierStage.Key, 5, FenceToken.Create(), CancellationToken.None).ConfigureAwait(false);
        await stage.PassAsync(lifetime / 2).ConfigureAwait(false);
        using var reading = await stage.GetAsync().ConfigureAwait(false);
        Expect.Equal(TierStatus.Done, reading.Status, "GetAsync of an expired value within its lifetime");
        await stage.PassAsync(lifetime * 0.75).ConfigureAwait(false);
        Expect.Absent(await stage.GetAsync().ConfigureAwait(false), "GetAsync of an expired value after its lifetime");
    });

    /// <summary>A body that is shorter than eight bytes, which no cache writes, does no harm.</summary>
    /// <returns>The task.</returns>
    public Task AnExpireOfAShortBodyIsDone() => OnAsync(static async stage =>
    {
        for (var size = 0; size < TierWrite.FreshUntilSize; size += 3)
        {
            await stage.PutAsync(TierStage.Value(1, size)).ConfigureAwait(false);
            Expect.True(await stage.Tier.ExpireAsync(TierStage.Key, 5, FenceToken.Create(), CancellationToken.None).ConfigureAwait(false), $"ExpireAsync of a body of {size} bytes answers true");
            using var reading = await stage.GetAsync().ConfigureAwait(false);
            Expect.True(reading.Status != TierStatus.Unavailable, "GetAsync answers after ExpireAsync of a short body");
        }
    });

    private static async Task<FenceToken> ExpireAsync(TierStage stage, long present, long asked)
    {
        await stage.PutAsync(TierStage.Value(1, freshUntil: present)).ConfigureAwait(false);
        var token = FenceToken.Create();
        Expect.True(await stage.Other.Tier.ExpireAsync(TierStage.Key, asked, token, CancellationToken.None).ConfigureAwait(false), "ExpireAsync answers true");
        return token;
    }
}
