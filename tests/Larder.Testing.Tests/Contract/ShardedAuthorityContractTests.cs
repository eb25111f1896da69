using System.Runtime.CompilerServices;
using Larder.Coherence;

namespace Larder.Testing.Tests.Contract;

/// <summary>The protocol over a cluster keeps the contract of tiers, whatever the level and whichever way the answers come.</summary>
public sealed class ShardedAuthorityContractTests
{
    public static TheoryData<ContractRule> Rules =>
    [
        .. Over(CoherenceLevel.Strict, "strict", onThreadPool: false),
        .. Over(CoherenceLevel.Bounded, "bounded", onThreadPool: true),
        .. Over(CoherenceLevel.Eventual, "eventual", onThreadPool: true),
    ];

    [Theory]
    [MemberData(nameof(Rules), DisableDiscoveryEnumeration = true)]
    public Task ShardedAuthority_OverACluster_KeepsTheContract(ContractRule rule) => rule.Check();

    private static IEnumerable<ContractRule> Over(CoherenceLevel level, string name, bool onThreadPool)
    {
        var stores = new ConditionalWeakTable<ITier, MemoryCluster>();
        var ways = new ConditionalWeakTable<ITier, MemoryShards>();
        // Whole ranges on each node, so that no key is a stray.
        var contract = new TierContract(time => Make(new MemoryCluster(time, nodes: 4)))
        {
            WatchesMissing = false,
            MakeAnother = (tier, _) => Make(Store(tier)),
            Kill = tier => ways.TryGetValue(tier, out var shards) ? shards.DisposeAsync() : ValueTask.CompletedTask,
            Hold = async (tier, key, time) => Assert.True(await ((ShardedAuthority)tier).HoldAsync(key, time, CancellationToken.None)),
        };
        return contract.All.Select(rule => rule with { Name = $"{name}: {rule.Name}" });

        MemoryCluster Store(ITier tier) => stores.TryGetValue(tier, out var store) ? store : throw new InvalidOperationException("The tier is not one of these.");

        ShardedAuthority Make(MemoryCluster store)
        {
            var shards = store.Connect(onThreadPool);
            var tier = new ShardedAuthority(shards, new LinkedAuthorityOptions { Level = level });
            stores.Add(tier, store);
            ways.Add(tier, shards);
            return tier;
        }
    }
}
