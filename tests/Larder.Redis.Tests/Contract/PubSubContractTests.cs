using Larder.Testing;

namespace Larder.Redis.Tests.Contract;

/// <summary>The tier keeps the contract of tiers without tracking, by messages.</summary>
public sealed class PubSubContractTests
{
    private const int Tries = 5;

    public static TheoryData<ContractRule> Rules => [.. RealContract.Of(CoherenceLevel.Eventual, RedisTransport.PubSub)];

    /// <summary>
    /// A message about a change that a node has read already may come after the reading, and voids it for nothing. The rules that take an observation for valid at once have more than one try for that.
    /// </summary>
    [Theory]
    [MemberData(nameof(Rules), DisableDiscoveryEnumeration = true)]
    public async Task RedisAuthority_OnARealServer_KeepsTheContract(ContractRule rule)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                await rule.Check();
                return;
            }
            catch (TierContractException) when (attempt < Tries)
            {
                // Once more, on a fresh store.
            }
        }
    }
}
