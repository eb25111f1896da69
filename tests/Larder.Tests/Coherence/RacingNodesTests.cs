using Larder.Coherence;
using Larder.Ports;
using Larder.Tests.Coherence.Kit;
using Larder.Tests.Support;

namespace Larder.Tests.Coherence;

/// <summary>Two nodes with many threads and the real scheduler, over connections that break: no call hangs or throws, and nothing is left behind.</summary>
public sealed class RacingNodesTests
{
    private const int Threads = 4;
    private const int Calls = 300;
    private const string Key = "k";

    [Theory]
    [InlineData(CoherenceLevel.Bounded)]
    [InlineData(CoherenceLevel.Eventual)]
    public async Task ManyThreads_ConnectionsBreak_EveryCallEnds(CoherenceLevel level)
    {
        var authority = new MemoryAuthority();
        var links = new[] { authority.Connect(true, onThreadPool: true), authority.Connect(true, onThreadPool: true) };
        var listeners = new[] { new QuietListener(), new QuietListener() };
        var tiers = new LinkedAuthority[2];
        for (var i = 0; i < tiers.Length; i++)
        {
            tiers[i] = new LinkedAuthority(links[i], new LinkedAuthorityOptions { Level = level, WriteLeaseTime = TimeSpan.FromMilliseconds(50) });
            tiers[i].Attach(new TierHost("racing", listeners[i]));
        }

        await Bounded.Until(() => Array.TrueForAll(tiers, tier => tier.IsAvailable));
        var workers = Enumerable.Range(0, Threads * tiers.Length).Select(number => Task.Run(async () =>
        {
            var random = new Random(number);
            var node = number % tiers.Length;
            for (var call = 0; call < Calls; call++)
            {
                await CallAsync(tiers[node], listeners[node], random);
                if (random.Next(100) == 0)
                {
                    links[node].Cut();
                }
            }
        }));
        await Task.WhenAll(workers).Soon();

        // The last break may still be on its way.
        await AnswersAsync(tiers[0]);
        await AnswersAsync(tiers[1]);
        var observation = listeners[1].Observe(Key);
        Assert.Equal(TierStatus.Absent, (await tiers[1].GetAsync(Key, observation, default).Soon()).Status);
        Assert.True(await tiers[0].RemoveAsync(new[] { Key }, default).Soon());
        await Bounded.Until(() => observation.IsVoid);
        foreach (var tier in tiers)
        {
            await tier.DisposeAsync().Soon();
        }
    }

    private static async Task AnswersAsync(LinkedAuthority tier)
    {
        const int tries = 100;
        for (var i = 0; i < tries; i++)
        {
            if (await tier.RemoveAsync(new[] { Key }, default).Soon())
            {
                return;
            }

            await Bounded.Until(() => tier.IsAvailable);
        }

        Assert.Fail("The tier does not answer any more.");
    }

    private static async Task CallAsync(LinkedAuthority tier, QuietListener listener, Random random)
    {
        using var cancelling = new CancellationTokenSource();
        if (random.Next(8) == 0)
        {
            cancelling.CancelAfter(random.Next(2));
        }

        try
        {
            await CallAsync(tier, listener, random, cancelling.Token);
        }
        catch (OperationCanceledException) when (cancelling.IsCancellationRequested)
        {
        }
    }

    private static async Task CallAsync(LinkedAuthority tier, QuietListener listener, Random random, CancellationToken token)
    {
        var observation = listener.Observe(Key);
        switch (random.Next(7))
        {
            case 0:
                (await tier.GetAsync(Key, observation, token)).Dispose();
                break;
            case 1:
                await tier.RemoveAsync(new[] { Key }, token);
                break;
            case 2:
                await tier.SetAsync(Key, CoherentNode.Write("1"), FenceToken.Create(), observation, token);
                break;
            case 3:
                var snapshot = await tier.SnapshotAsync(Key, TimeSpan.FromSeconds(1), token);
                await tier.ReplaceAsync(Key, snapshot, CoherentNode.Write("2"), FenceToken.Create(), observation, token);
                break;
            case 4:
                await tier.ReadFencesAsync(new[] { FenceName.Cache, FenceName.AnyTag }, token);
                await tier.MoveFenceAsync(FenceName.AnyTag, token);
                break;
            default:
                await LoadAsync(tier, observation, random, token);
                break;
        }
    }

    private static async Task LoadAsync(LinkedAuthority tier, TierObservation observation, Random random, CancellationToken token)
    {
        // So short that renewals race with fills.
        using var claim = await tier.ClaimAsync(Key, default, observation, TimeSpan.FromMilliseconds(30), token);
        if (claim.Status == TierStatus.Busy)
        {
            await claim.Changed!;
        }

        if (claim.Lease is { } lease)
        {
            await using (lease)
            {
                await Task.Yield();
                if (random.Next(4) != 0)
                {
                    await lease.FillAsync(CoherentNode.Write("3"), FenceToken.Create(), token);
                }
            }
        }
    }
}
