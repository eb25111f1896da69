namespace Larder.Testing.Tests.Contract;

public sealed class CopyTierContractTests
{
    private static readonly CopyTierContract Contract = new(_ => new MemoryCopyTier());

    private static readonly CopyTierContract UnderNoFaults = new(_ => new FaultyCopyTier(new MemoryCopyTier()));

    public static TheoryData<ContractRule> Rules => [.. Contract.All, .. UnderNoFaults.All];

    [Theory]
    [MemberData(nameof(Rules), DisableDiscoveryEnumeration = true)]
    public Task MemoryCopyTier_KeepsTheContract(ContractRule rule) => rule.Check();
}
