using System.Buffers;
using Larder.Ports;

namespace Larder.Testing;

/// <summary>What keys, bodies, lifetimes and callers a tier must bear.</summary>
public sealed class FormRules : TierRules
{
    private static readonly int[] Sizes = [0, 1, 7, 8, 9, 100, 4_095, 4_096, 16_385, 65_536, 1 << 20];

    internal FormRules(TierContractSettings settings)
        : base(settings)
    {
    }

    private protected override IEnumerable<Func<Task>> Rules =>
        [BodiesMayHaveAnySize, KeysMayHaveAnyAllowedCharacter, ALifetimeMayBeShort, ALongLifetimeIsNotCutShort, CancelledCallsEnd, ManyThreadsMayUseItAtOnce, ItMayBeDisposedTwice, ItHasAName];

    /// <summary>From nothing to a mebibyte, every body comes back as it was.</summary>
    /// <returns>The task.</returns>
    public Task BodiesMayHaveAnySize() => OnAsync(static async stage =>
    {
        foreach (var size in Sizes)
        {
            var write = TierStage.Value(3, size);
            var token = await stage.PutAsync(write).ConfigureAwait(false);
            Expect.Value(await stage.GetAsync(on: stage.Other).ConfigureAwait(false), token, write, $"GetAsync of a body of {size} bytes");
        }
    });

    /// <summary>Every key that a cache lets through is written, read, counted and removed.</summary>
    /// <returns>The task.</returns>
    public Task KeysMayHaveAnyAllowedCharacter() => OnAsync(static async stage =>
    {
        var tokens = new FenceToken[KeySamples.All.Length];
        for (var i = 0; i < tokens.Length; i++)
        {
            tokens[i] = await stage.PutAsync(TierStage.Value((byte)i), KeySamples.All[i]).ConfigureAwait(false);
        }

        for (var i = 0; i < tokens.Length; i++)
        {
            Expect.Value(await stage.GetAsync(KeySamples.All[i]).ConfigureAwait(false), tokens[i], TierStage.Value((byte)i), $"GetAsync of the key number {i} of the samples");
        }

        Expect.True(await stage.Tier.RemoveAsync(KeySamples.All, CancellationToken.None).ConfigureAwait(false), "RemoveAsync of keys with all allowed characters answers true");
        foreach (var key in KeySamples.All)
        {
            Expect.Absent(await stage.GetAsync(key).ConfigureAwait(false), "GetAsync of a removed key");
        }
    });

    /// <summary>A lifetime counts in milliseconds.</summary>
    /// <returns>The task.</returns>
    public Task ALifetimeMayBeShort() => OnAsync(static async stage =>
    {
        var lifetime = TimeSpan.FromMilliseconds(800);
        var token = await stage.PutAsync(TierStage.Value(1, lifetime: lifetime)).ConfigureAwait(false);
        Expect.Value(await stage.GetAsync().ConfigureAwait(false), token, TierStage.Value(1), "GetAsync within a lifetime of 800 ms");
        await stage.PassAsync(lifetime * 1.25).ConfigureAwait(false);
        Expect.Absent(await stage.GetAsync().ConfigureAwait(false), "GetAsync after a lifetime of 800 ms");
        Expect.Absent(await stage.GetAsync(on: stage.Other).ConfigureAwait(false), "The same on another node");
        var next = await stage.LeaseAsync().ConfigureAwait(false);
        await next.ReleaseAsync(dropsOlder: false, CancellationToken.None).ConfigureAwait(false);
    });

    /// <summary>Even the longest lifetime is understood.</summary>
    /// <returns>The task.</returns>
    public Task ALongLifetimeIsNotCutShort() => OnAsync(static async stage =>
    {
        foreach (var lifetime in new[] { TimeSpan.FromDays(3_650), TimeSpan.MaxValue })
        {
            var token = await stage.PutAsync(TierStage.Value(1, lifetime: lifetime)).ConfigureAwait(false);
            Expect.Value(await stage.GetAsync().ConfigureAwait(false), token, TierStage.Value(1), $"GetAsync within a lifetime of {lifetime}");
        }
    });

    /// <summary>A call whose waiting is cancelled ends, with an answer or an <see cref="OperationCanceledException"/>, and the tier works on.</summary>
    /// <returns>The task.</returns>
    public Task CancelledCallsEnd() => OnAsync(static async stage =>
    {
        using var source = new CancellationTokenSource();
        await source.CancelAsync().ConfigureAwait(false);
        var cancelled = source.Token;
        var tier = stage.Tier;
        string[] keys = ["cancelled"];
        Func<Task>[] calls =
        [
            () => tier.GetAsync(keys[0], null, cancelled).AsTask(),
            () => tier.PeekAsync(keys[0], null, cancelled).AsTask(),
            () => tier.GetManyAsync(keys, new TierObservation?[1], cancelled).AsTask(),
            () => tier.SetAsync(keys[0], TierStage.Value(1), FenceToken.Create(), null, cancelled).AsTask(),
            () => tier.ReplaceAsync(keys[0], FenceToken.Create(), TierStage.Value(1), FenceToken.Create(), null, cancelled).AsTask(),
            () => tier.SnapshotAsync(keys[0], TierStage.Long, cancelled).AsTask(),
            () => tier.RemoveAsync(keys, cancelled).AsTask(),
            () => tier.ExpireAsync(keys[0], 5, FenceToken.Create(), cancelled).AsTask(),
            () => tier.IncrementAsync("cancelled number", 1, TierStage.Long, cancelled).AsTask(),
            () => tier.ReadFencesAsync(new[] { FenceName.Cache }, cancelled).AsTask(),
            () => tier.MoveFenceAsync(FenceName.Cache, cancelled).AsTask(),
        ];
        foreach (var call in calls)
        {
            try
            {
                await call().ConfigureAwait(false);
            }
            catch (OperationCanceledException)
            {
                // One of the two ways in which it may end.
            }
        }

        var token = await stage.PutAsync(TierStage.Value(2)).ConfigureAwait(false);
        Expect.Value(await stage.GetAsync().ConfigureAwait(false), token, TierStage.Value(2), "GetAsync after cancelled calls");
    });

    /// <summary>Under many threads every reading is whole: bytes and token belong together.</summary>
    /// <returns>The task.</returns>
    public Task ManyThreadsMayUseItAtOnce() => OnAsync(static async stage =>
    {
        const int Rounds = 40;
        await Racing.AllAsync(8, async thread =>
        {
            var node = thread % 2 == 0 ? stage.Node : stage.Other;
            for (var round = 0; round < Rounds; round++)
            {
                var key = $"shared:{(thread + round) % 3}";
                switch ((thread * 7 + round) % 5)
                {
                    case 0 or 1:
                        var size = 200 + ((thread * Rounds) + round);
                        await node.Tier.SetAsync(key, TierStage.Value((byte)size, size), new FenceToken(1, (ulong)size), null, CancellationToken.None).ConfigureAwait(false);
                        break;
                    case 2:
                        await node.Tier.RemoveAsync(new[] { key }, CancellationToken.None).ConfigureAwait(false);
                        break;
                    default:
                        await CheckWholeAsync(stage, key, node).ConfigureAwait(false);
                        break;
                }
            }

            return true;
        }).ConfigureAwait(false);
    });

    /// <summary>Disposing it again does nothing.</summary>
    /// <returns>The task.</returns>
    public Task ItMayBeDisposedTwice() => OnAsync(static async stage =>
    {
        await stage.PutAsync(TierStage.Value(1)).ConfigureAwait(false);
        await stage.Tier.DisposeAsync().ConfigureAwait(false);
        await stage.Tier.DisposeAsync().ConfigureAwait(false);
    });

    /// <summary>It says what it is called, and answers as something below memory.</summary>
    /// <returns>The task.</returns>
    public Task ItHasAName() => OnAsync(static stage =>
    {
        Expect.True(!string.IsNullOrWhiteSpace(stage.Tier.Name), "the tier has a Name");
        Expect.True(stage.Tier.Kind is CacheTier.Disk or CacheTier.Remote, "the tier's Kind is Disk or Remote");
        return Task.CompletedTask;
    });

    // The size of a body tells which Set it is from, and so does its token.
    private static async Task CheckWholeAsync(TierStage stage, string key, StageNode node)
    {
        using var reading = await stage.GetAsync(key, node).ConfigureAwait(false);
        if (reading.HasValue)
        {
            var body = reading.Body.ToArray();
            Expect.Equal(new FenceToken(1, (ulong)body.Length), reading.Token, "The token next to a body, while many threads write");
            Expect.Bytes(TierStage.Value((byte)body.Length, body.Length).Body.ToArray(), body, "A body, while many threads write");
        }
    }
}
