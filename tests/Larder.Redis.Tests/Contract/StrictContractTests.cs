using Larder.Testing;

namespace Larder.Redis.Tests.Contract;

/// <summary>The tier on a real server keeps the contract of tiers at Strict.</summary>
public sealed class StrictContractTests
{
    public static TheoryData<ContractRule> Rules => [.. RealContract.Of(CoherenceLevel.Strict, RedisTransport.Tracking)];

    [Theory]
    [MemberData(nameof(Rules), DisableDiscoveryEnumeration = true)]
    public Task RedisAuthority_OnARealServer_KeepsTheContract(ContractRule rule) => rule.Check();
}
