using Larder.Coherence;
using Larder.Ports;
using Larder.Tests.Support;

namespace Larder.Tests.Promise;

/// <summary>
/// Real threads on three caches over one authority whose answers and announcements come on threads of the pool: whoever reads must get at least the version that a removal had
/// completed for when the read began, on whatever node.
/// </summary>
[Collection(nameof(AloneCollection))]
public sealed class SharedRacingThreadsTests
{
    private const int Keys = 3;
    private const int ReadersPerNode = 3;
    private static readonly TimeSpan Lasts = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan Lease = TimeSpan.FromMilliseconds(400);
    private readonly int[] _versions = new int[Keys];
    private readonly int[] _floors = new int[Keys];
    private long _reads;
    private long _removals;

    [Fact]
    public Task AStrictRemoval_OnOneNode_IsSeenByReadersOnAll()
    {
        var authority = new MemoryAuthority();
        return RaceAsync(options => new LinkedAuthority(authority.Connect(announcesInOrder: true, onThreadPool: true), options), static _ => Task.CompletedTask);
    }

    [Fact]
    public Task AStrictRemoval_OnAClusterWhoseSlotsMove_IsSeenByReadersOnAll()
    {
        var cluster = new MemoryCluster(nodes: 3, ranges: 4, slotsOfRange: 2);
        return RaceAsync(options => new ShardedAuthority(cluster.Connect(onThreadPool: true), options), async stop =>
        {
            var chance = new Random(7);
            while (!stop.IsCancellationRequested)
            {
                // Mostly slots of keys; the home of a range costs everybody their memory.
                var slot = chance.Next(8) == 0 ? chance.Next(cluster.Slots) : cluster.SlotOf($"k{chance.Next(Keys)}");
                cluster.Move(slot, chance.Next(cluster.Nodes));
                await Task.Delay(chance.Next(20), CancellationToken.None);
            }
        });
    }

    private async Task RaceAsync(Func<LinkedAuthorityOptions, ITier> connect, Func<CancellationToken, Task> disturb)
    {
        var nodes = Enumerable.Range(0, 3).Select(_ => LarderCache.Create(options =>
        {
            options.Authority = connect(new LinkedAuthorityOptions { Level = CoherenceLevel.Strict, LeaseTime = Lease, WriteLeaseTime = Lease });
            // What a lost connection has left behind keeps others waiting for as long.
            options.LoadLease = Lease;
            options.Defaults.StaleFor = TimeSpan.FromMinutes(1);
            options.Defaults.FallbackFor = TimeSpan.FromMinutes(1);
        })).ToArray();
        using var stop = new CancellationTokenSource(Lasts);
        try
        {
            var work = nodes.SelectMany((node, index) => Enumerable.Range(0, ReadersPerNode).Select(reader => Task.Run(() => ReadAsync(node, (index * 31) + reader, stop.Token)))).ToList();
            work.AddRange(nodes.Select((node, index) => Task.Run(() => RemoveAsync(node, index, stop.Token))));
            work.Add(Task.Run(() => disturb(stop.Token)));
            await Task.WhenAll(work).WaitAsync(Bounded.Patience);
        }
        finally
        {
            foreach (var node in nodes)
            {
                await node.DisposeAsync();
            }
        }

        Assert.True(_reads > 1_000 && _removals > 3, $"Only {_reads} reads and {_removals} removals.");
    }

    private async Task ReadAsync(ICache node, int seed, CancellationToken stop)
    {
        var chance = new Random(seed);
        while (!stop.IsCancellationRequested)
        {
            var key = chance.Next(Keys);
            var least = Volatile.Read(ref _floors[key]);
            var answer = await node.ResolveAsync(
                $"k{key}",
                (This: this, Key: key),
                static async (s, _) =>
                {
                    var version = Volatile.Read(ref s.This._versions[s.Key]);
                    await Task.Yield();
                    return version;
                },
                tags: ["all"],
                cancellationToken: CancellationToken.None);
            Assert.True(answer.Value >= least, $"k{key} was answered with version {answer.Value} ({answer.Status}, {answer.Tier}), {least} was the least.");
            Interlocked.Increment(ref _reads);
            if (chance.Next(64) == 0)
            {
                await Task.Yield();
            }
        }
    }

    private async Task RemoveAsync(ICache node, int seed, CancellationToken stop)
    {
        var chance = new Random(1_000 + seed);
        while (!stop.IsCancellationRequested)
        {
            var all = chance.Next(3) == 0;
            var first = all ? 0 : chance.Next(Keys);
            var last = all ? Keys - 1 : first;
            var written = new int[Keys];
            for (var key = first; key <= last; key++)
            {
                written[key] = Interlocked.Increment(ref _versions[key]);
            }

            try
            {
                var outcome = !all ? await node.RemoveAsync($"k{first}", CancellationToken.None)
                    : chance.Next(2) == 0 ? await node.RemoveByTagAsync("all", CancellationToken.None)
                    : await node.ClearAsync(CancellationToken.None);
                Assert.Equal(RemovalOutcome.Done, outcome);
            }
            catch (TierUnavailableException)
            {
                // A machine that stalls for a lease makes the node doubt its connection. Then nothing is promised.
                continue;
            }

            for (var key = first; key <= last; key++)
            {
                Raise(ref _floors[key], written[key]);
            }

            Interlocked.Increment(ref _removals);
        }
    }

    private static void Raise(ref int floor, int version)
    {
        var present = Volatile.Read(ref floor);
        while (present < version)
        {
            present = Interlocked.CompareExchange(ref floor, version, present) is var seen && seen == present ? version : seen;
        }
    }
}
