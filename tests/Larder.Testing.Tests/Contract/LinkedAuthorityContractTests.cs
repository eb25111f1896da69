using System.Runtime.CompilerServices;
using Larder.Coherence;

namespace Larder.Testing.Tests.Contract;

/// <summary>The protocol over links keeps the contract of tiers, whatever the level and whichever way the answers come.</summary>
public sealed class LinkedAuthorityContractTests
{
    public static TheoryData<ContractRule> Rules =>
    [
        .. Over(CoherenceLevel.Strict, "strict"),
        .. Over(CoherenceLevel.Bounded, "bounded", onThreadPool: true),
        .. Over(CoherenceLevel.Eventual, "eventual", announcesInOrder: false),
    ];

    [Theory]
    [MemberData(nameof(Rules), DisableDiscoveryEnumeration = true)]
    public Task LinkedAuthority_OverMemory_KeepsTheContract(ContractRule rule) => rule.Check();

    private static IEnumerable<ContractRule> Over(CoherenceLevel level, string name, bool announcesInOrder = true, bool onThreadPool = false)
    {
        var stores = new ConditionalWeakTable<ITier, MemoryAuthority>();
        var links = new ConditionalWeakTable<ITier, MemoryLink>();
        var contract = new TierContract(time => Make(new MemoryAuthority(time)))
        {
            MakeAnother = (tier, _) => Make(Store(tier)),
            Kill = tier => links.TryGetValue(tier, out var link) ? link.DisposeAsync() : ValueTask.CompletedTask,
            Hold = async (tier, key, time) => Assert.True(await ((LinkedAuthority)tier).HoldAsync(key, time, CancellationToken.None)),
        };
        return contract.All.Select(rule => rule with { Name = $"{name}: {rule.Name}" });

        MemoryAuthority Store(ITier tier) => stores.TryGetValue(tier, out var store) ? store : throw new InvalidOperationException("The tier is not one of these.");

        LinkedAuthority Make(MemoryAuthority store)
        {
            var link = store.Connect(announcesInOrder, onThreadPool);
            var tier = new LinkedAuthority(link, new LinkedAuthorityOptions { Level = level });
            stores.Add(tier, store);
            links.Add(tier, link);
            return tier;
        }
    }
}
