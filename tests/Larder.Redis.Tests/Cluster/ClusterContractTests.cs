using Larder.Redis.Tests.Contract;
using Larder.Redis.Tests.Kit;
using Larder.Testing;

namespace Larder.Redis.Tests.Cluster;

/// <summary>The tier on a real cluster keeps the contract of tiers at each level.</summary>
public sealed class ClusterContractTests(SharedCluster cluster) : IClassFixture<SharedCluster>
{
    public static TheoryData<ContractRule> Rules => [.. RealContract.OnACluster(CoherenceLevel.Strict), .. RealContract.OnACluster(CoherenceLevel.Eventual)];

    [Theory]
    [MemberData(nameof(Rules), DisableDiscoveryEnumeration = true)]
    public Task RedisAuthority_OnARealCluster_KeepsTheContract(ContractRule rule)
    {
        Assert.NotNull(cluster);
        return rule.Check();
    }
}
